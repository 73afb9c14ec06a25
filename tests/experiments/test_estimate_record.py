"""What is declared is known, a trial looks at no later month, and what is written into the package is made again."""

import json
import re

import numpy as np
import pytest
from ruamel.yaml import YAML

from corridor.cli import main
from corridor.experiments.estimation.estimate import estimate
from corridor.experiments.estimation.priors import load_declared
from corridor.experiments.estimation.record import (
    ACCEPTED,
    FORMER,
    SOURCE,
    record_bytes,
    record_of,
    with_shared,
    with_source,
    with_values_of,
)
from corridor.experiments.estimation.trial import Setting, history_of, known_parameters, run_once
from corridor.foundations.errors import InputError
from corridor.inputs.parameters.accepted import accepted_count, fit_record, values_of_draw
from corridor.inputs.parameters.parameter_set import load_parameters
from corridor.inputs.reading.data_files import DATA_FOLDER
from corridor.outputs.observations import last_published
from corridor.outputs.rows import ALL, Cell
from tests.copies import copy_repository, run_there

SHORT = Setting("2021-06", replicates=1, people_per_agent=5000)
CELLS = [Cell("encounters_usbp", ALL, ALL, ALL)]
TOY = ("--until", "2021-06", "--members", "4", "--people-per-agent", "5000", "--workers", "1")


def packaged(file):
    return (DATA_FOLDER / file).read_text(encoding="utf-8")


def test_centres_lie_within_the_ranges_of_their_parameters():
    parameters = load_parameters()
    for rate in load_declared().rates:
        for key, centre in rate.centre.items():
            low, high = parameters[rate.id].bounds_of(key)
            assert low <= centre <= high, (rate.id, key)
        assert rate.source


def test_events_and_breaks_lie_within_the_data():
    declared = load_declared()
    for event in declared.events.values():
        assert "2021-01" <= event.before[0] <= event.before[1] < event.after[1] <= last_published()
        assert not event.month or event.before[0] <= event.month <= event.after[1]
    assert {each.event.id for each in declared.breaks.values()} <= set(declared.events)
    assert len(declared.mechanisms) == 6
    assert history_of("circles").mean_field and not history_of("two_clocks").mean_field
    assert len(declared.breaks) == 7
    assert [event.id for event in declared.breaks["funds-2024-01"].beside] == ["mexicans-2024-01"]


def test_the_ratio_of_an_event_is_that_of_its_months():
    event = load_declared().events["four-nationalities-2023-01"]
    months = ["2022-12", "2023-01", "2023-02", "2023-03"]
    cells = [*CELLS, *event.cells]
    values = np.array([[9e9] * 4, [500.0, 0, 100, 300], [1400.0, 0, 0, 200]])
    assert event.ratio(values, cells, months) == pytest.approx((300 + 100) / (1900 + 100))


def test_parameters_known_at_a_month_hold_no_fitted_value_from_after_it():
    last = np.datetime64("2022-07-01").astype("datetime64[D]").astype(object).toordinal()
    for id, parameter in known_parameters("2022-06", "").parameters.items():
        if parameter.status == "fitted" and parameter.dated:
            for key, knots in parameter.knots.items():
                assert all(day < last or len(knots) == 1 for day, _ in knots), (id, key)


def test_a_trial_is_the_run_of_history_up_to_its_month():
    short = run_once({}, SHORT, CELLS, 0)
    later = run_once({}, SHORT, CELLS, 0, last="2021-12")
    assert short.shape[1] == 6
    assert np.array_equal(short, later[:, :6])


@pytest.mark.parametrize("off", list(load_declared().mechanisms))
def test_a_mechanism_that_is_switched_off_changes_history(off):
    usual = run_once({}, Setting("2023-12", "", 1, 2000), CELLS, 0)
    without = run_once({}, Setting("2023-12", off, 1, 2000), CELLS, 0)
    assert not np.array_equal(usual, without)
    assert (
        history_of(off) is not history_of("")
        or known_parameters("2023-12", off).hash != load_parameters().hash
    )


def three_digits(value):
    if isinstance(value, dict):
        return {key: three_digits(part) for key, part in value.items()}
    return float(f"{value:.3g}")


def test_packaged_values_are_those_of_the_packaged_record():
    """What `corridor estimate --again --write` would write is there already."""
    packaged_values = load_parameters()
    assert packaged_values.with_values(three_digits(fit_record()["values"])).hash == packaged_values.hash


def test_an_estimate_writes_what_a_nationality_owns_into_its_file_and_what_it_shares_into_the_parameters():
    months = {f"2021-{month:02}-01": 1234.56 / month for month in range(1, 13)}
    values = {
        "latent_demand": {"Cuba": months},
        "stop_chance": {"Cuba": {"2020-10-01": 0.12345, "2021-04-01": 0.2}},
        "departure_response": {"Cuba": 4.2, "default": 3.1},
    }
    before = packaged("nationalities/cuba.yaml")
    after = with_values_of(before, "Cuba", values)
    changed = [line.strip() for line in after.splitlines() if line not in before.splitlines()]
    assert len(changed) == 3 and len(after.splitlines()) == len(before.splitlines())
    response, stops, demand = changed
    assert response.startswith("departure_response: {value: 4.2, status: fitted, source: " + SOURCE)
    assert "alternatives: [{value: 8," in response, "every other word stays"
    assert stops.startswith("stop_chance: {dated: {2020-10-01: 0.123, 2021-04-01: 0.2}, status: fitted")
    assert SOURCE in stops and "UPMRIP Mexico" in stops
    assert demand == (
        "latent_demand: {dated: {"
        + ", ".join(f"{day}: {float(f'{value:.3g}'):g}" for day, value in months.items())
        + f"}}, status: fitted, source: {SOURCE}; CBP monthly tables}}"
    )
    assert with_values_of(after, "Cuba", values) == after
    text = with_shared(packaged("parameters.yaml"), {"departure_response": values["departure_response"]})
    entry = text.split("\ndeparture_response:")[1].split("\n\n")[0]
    assert "  shared: 3.1\n" in entry and "4.2" not in entry.split("range")[0]
    assert f"  source: {SOURCE}\n" in entry
    YAML(typ="safe").load(text)


def test_an_assumed_rate_is_fitted_once_it_is_written_and_keeps_its_source():
    text = 'rate:\n  value: 1e-05\n  status: assumed\n  source: "somebody: said so"\nother:\n  value: 2\n'
    assert with_shared(text, {"rate": 0.012345}) == (
        f'rate:\n  value: 0.0123\n  status: fitted\n  source: "{SOURCE}; somebody: said so"\nother:\n  value: 2\n'
    )


def test_one_value_for_all_days_gives_way_to_dated_ones():
    text = "parameters:\n  stop_chance: {value: 0.3, status: assumed, source: somebody}\n"
    assert with_values_of(text, "Peru", {"stop_chance": {"Peru": {"2020-10-01": 0.25}}}) == (
        "parameters:\n  stop_chance: {dated: {2020-10-01: 0.25}, status: fitted, "
        f"source: {SOURCE}; somebody}}\n"
    )


def test_a_file_without_a_place_for_a_value_is_refused():
    with pytest.raises(InputError, match="no place for a value of 'latent_demand'"):
        with_values_of("name: Cuba\n", "Cuba", {"latent_demand": {"Cuba": {"2021-01-01": 1.0}}}, "cuba.yaml")


def test_the_source_takes_the_place_of_the_former_or_stands_beside_it():
    text = f"- {{id: a, says: x}}\n- {{id: {FORMER}, says: y}}\n- {{id: b, says: z}}\n"
    alone, beside = (with_source(text, keep_former=keep) for keep in (False, True))
    assert [entry["id"] for entry in YAML(typ="safe").load(alone)] == ["a", SOURCE, "b"]
    assert [entry["id"] for entry in YAML(typ="safe").load(beside)] == ["a", FORMER, SOURCE, "b"]
    assert with_source(alone, keep_former=False) == alone


def test_a_record_keeps_members_chosen_evenly_and_is_small_with_seventeen_nationalities_to_june_2024():
    found = estimate("2021-06", members=6, people_per_agent=5000, workers=1)
    record = record_of(found, accepted=3)
    chosen = [found.unknowns.values(found.members[:, member]) for member in (0, 2, 5)]
    rates = [each["crossing_rate"] for each in record["accepted"]]
    assert rates == [float(f"{each['crossing_rate']:.5g}") for each in chosen]
    load_parameters(record["accepted"][2])
    assert json.loads(record_bytes(record)) == record
    months = np.arange(np.datetime64("2020-07"), np.datetime64("2024-08"))
    large = {
        **record["values"],
        "latent_demand": {
            f"a nationality {n}": {f"{month}-01": 1234.5 for month in months} for n in range(17)
        },
        "stop_chance": {
            f"a nationality {n}": {f"{month}-01": 0.12345 for month in months[3::6]} for n in range(17)
        },
    }
    assert len(record_bytes({**record, "values": large, "accepted": [large] * ACCEPTED})) < 600_000


def test_what_is_written_into_the_package_is_made_again_to_the_byte(tmp_path):
    """On a copy of the repository: written, read by every command, and made again from its record."""
    folder = copy_repository(tmp_path)
    data = folder / "model" / "corridor" / "data"
    done = run_there(folder, "corridor", "estimate", *TOY, "--write", "--out", "one")
    assert done.returncode == 0, done.stderr
    record = (data / "fit.json").read_bytes()
    assert (folder / "one" / "fit.json").read_bytes() == record
    demand = json.loads(record)["values"]["latent_demand"]["Haiti"]
    line = re.search(
        r"latent_demand: .*", (data / "nationalities" / "haiti.yaml").read_text(encoding="utf-8")
    )
    assert line and line.group().count("-01: ") == len(demand) == 13
    files = {file: file.read_bytes() for file in data.rglob("*.yaml")}
    again = run_there(folder, "corridor", "estimate", "--again", "--write", "--workers", "1", "--out", "two")
    assert again.returncode == 0, again.stderr
    assert (folder / "two" / "fit.json").read_bytes() == (data / "fit.json").read_bytes() == record
    assert {file: file.read_bytes() for file in data.rglob("*.yaml")} == files
    checked = run_there(
        folder, "python", "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider",
        "tests/inputs/registries/test_sources.py", "-k", "cited_by_something or packaged_fit",
    )  # fmt: skip
    assert checked.returncode == 0 and "2 passed" in checked.stdout, checked.stdout
    drawn = run_there(
        folder, "corridor", "run", "history", "--replicates", "1", "--draws", "2", "--people-per-agent", "5000",
        "--no-baseline", "--out", "run",
    )  # fmt: skip
    assert drawn.returncode == 0, drawn.stderr


def test_the_command_that_is_no_more_says_what_to_write(capsys):
    for words in (["calibrate"], ["calibrate", "--steps", "7"], ["calibrate", "--help"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
        assert "write `corridor estimate --write`" in capsys.readouterr().err


def test_draws_are_accepted_sets_and_one_too_many_is_refused():
    from corridor import run_ensemble

    assert accepted_count() >= 20
    load_parameters(values_of_draw(1))
    results = run_ensemble("history", replicates=2, people_per_agent=5000, draws=1, workers=1)
    assert list(zip(results.draws.tolist(), results.replicates.tolist(), strict=True)) == [
        (0, 0),
        (0, 1),
        (1, 0),
        (1, 1),
    ]
    central = run_ensemble("history", replicates=2, people_per_agent=5000, workers=1)
    assert np.array_equal(results.values[:2], central.values, equal_nan=True)
    assert not np.array_equal(results.values[2:], central.values, equal_nan=True)
    with pytest.raises(InputError, match="too many"):
        values_of_draw(accepted_count() + 1)
