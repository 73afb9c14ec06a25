"""Nothing of a link is dropped in silence: unknown keys, misspelt names and bad values are told, with the nearest."""

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.test_explore import ENTRY
from tests.patience import PATIENCE

LEVER = "l=panama.darien_gat:0.5"
CASES = [
    ("strat=2023-03-01", "strat", "start"),
    ("fundng=0.5", "fundng", "funding"),
    ("scenario=histroy", "histroy", "history"),
    ("show=encounters_usb", "encounters", "encounters_usbp"),
    ("of=nationality:Venezula", "Venezula", ""),
    ("hold=fundin", "fundin", "funding"),
    ("l=panama.darien_gat:0.5", "gat", "panama.darien_gate"),
    ("l=us.removal_flights_weekly@Venezula:3", "Venezula", "Venezuela"),
    ("t=panama.darien_gat:step:2023-01-01::1", "gat", "panama.darien_gate"),
    ("lang=spanish", "spanish", ""),
    ("start=2023-13-01", "start", ""),
    ("year=2023", "year", ""),
]


def warnings(query, path=""):
    page = AppTest.from_file(str(ENTRY / "main.py"), default_timeout=PATIENCE)
    for pair in query.split("&"):
        key, _, value = pair.partition("=")
        page.query_params[key] = value
    page.query_params.setdefault("replicates", "2")
    page.run()
    assert not page.exception
    return [each.value.replace("\u2060\\", "") for each in page.warning]


def test_what_a_link_asks_for_and_cannot_be_had_is_told_with_the_nearest_name():
    """One page for all of them: keys that can stand together."""
    together = dict(case[0].split("=", 1) for case in CASES if case[0] not in (CASES[6][0],))
    said = warnings("&".join(f"{key}={value}" for key, value in together.items()))
    for query, name, near in CASES:
        if query == CASES[6][0]:
            continue
        told = [each for each in said if name in each]
        assert told, (query, said)
        assert not near or any(f"did you mean `{near}`?" in each for each in told), (query, told)
    assert len(said) == len(together)


def test_a_good_link_says_nothing():
    assert warnings("start=2023-03-01&funding=0.5&l=panama.darien_gate:0.5&of=all&lang=es&embed=true") == []


@pytest.mark.parametrize("module", ["compare", "governments", "map"])
def test_pages_with_keys_of_their_own_name_the_nearest(module):
    function = {
        "compare": render_compare, "governments": render_governments, "map": render_map,
    }[module]  # fmt: skip
    page = AppTest.from_function(function, default_timeout=PATIENCE)
    given = {
        "compare": {"compare": "darien-gat", "show": "encounters_usb", "harm": "deths"},
        "governments": {"from": "![x](http://a.b)", "table": "fundin"},
        "map": {"view": "scenaro", "circles": "nothing"},
    }[module]
    for key, value in {**given, "replicates": "2"}.items():
        page.query_params[key] = value
    page.run()
    said = [each.value.replace("\u2060\\", "") for each in page.warning]
    for key in given:
        assert any(f"`{key}`" in each for each in said), (key, said)
    assert sum("did you mean" in each for each in said) >= 1


def render_compare():
    from corridor_app.pages import compare

    compare.REPLICATES = 2
    compare.show()


def render_governments():
    from corridor_app.pages import governments

    governments.show()


def render_map():
    from corridor_app.pages import map as places

    places.show()
