"""Fates: kept by a run, written and read, and the split of a difference by what becomes of the same parties."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from corridor import InputError, Results, compare, reproduce, run_ensembles, write_results
from corridor.experiments.fates import CLASSES, split_by_fate
from corridor.outputs.fates import COLUMNS, FATES, UNDER_WAY, read_fates
from corridor.outputs.tables import frame


@pytest.fixture(scope="module")
def runs():
    return run_ensembles(
        ["history", "returns-60000"], replicates=2, people_per_agent=1000, workers=1, fates=True
    )


def counts(split: pa.Table, nationality="all") -> dict[str, float]:
    rows = frame(split)
    rows = rows[rows["nationality"] == nationality]
    return dict(zip(rows["class"], rows["mean"], strict=True))


def test_every_party_of_either_run_is_in_one_class(runs):
    history, returns = runs
    split = counts(split_by_fate(history, returns))
    assert tuple(split) == CLASSES
    ends = min(each.timeline.end for each in runs)  # who departs later is in neither
    keys = ("draw", "replicate", "key", "people")
    common = [each.fates.filter(pc.field("departed") <= ends).select(keys) for each in runs]
    parties = pa.concat_tables(common).group_by(list(keys)).aggregate([])
    assert sum(split.values()) == pytest.approx(pc.sum(parties["people"]).as_py() / 2)
    assert split["deterred"] > 0 and split["unchanged"] > 0.9 * sum(split.values())
    by_nation = frame(split_by_fate(history, returns))
    others = by_nation[by_nation["nationality"] != "all"].groupby("class", observed=True)["mean"].sum()
    assert dict(others) == pytest.approx(split)


def test_a_scenario_against_itself_changes_nobody(runs):
    split = counts(split_by_fate(runs[0], runs[0]))
    assert {name for name, people in split.items() if people} == {"unchanged"}


def test_more_departures_in_the_baseline_are_people_deterred(runs):
    history, returns = runs
    split = counts(split_by_fate(history, returns))
    table = compare([history, returns]).table()
    rows = table[
        (table["indicator"] == "departures") & (table[["place", "nationality", "party"]] == "all").all(axis=1)
    ]
    change = rows.loc[rows["period"].astype(str).str.len() == 4, "difference_mean"].sum()
    assert split["induced"] - split["deterred"] == pytest.approx(change, abs=1)


def party(key, fate="released", route="darien", city="reynosa", day="2022-03-01", people=3):
    return {
        "draw": 0,
        "replicate": 0,
        "key": key,
        "nationality": "Venezuela",
        "party": "single_adult",
        "people": people,
        "died": 0,
        "departed": date(2022, 1, 1),
        "route": route,
        "city": city,
        "stops": 0,
        "fate": fate,
        "place": "reynosa",
        "day": date.fromisoformat(day),
    }


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("deterred", party(1), None),
        ("induced", None, party(1)),
        ("stranded", party(1), party(1, UNDER_WAY)),
        ("lawful_instead", party(1), party(1, "lawfully_admitted")),
        ("returned_instead", party(1), party(1, "third_country")),
        ("returned_instead", party(1, UNDER_WAY), party(1, "returned_home")),
        ("other_end", party(1), party(1, "evaded")),
        ("other_end", party(1, UNDER_WAY), party(1)),
        ("rerouted", party(1), party(1, route="land")),
        ("rerouted", party(1), party(1, city="tijuana", day="2023-03-01")),
        ("delayed", party(1), party(1, day="2022-04-01")),
        ("unchanged", party(1), party(1, day="2022-03-31")),
        ("unchanged", party(1), party(1, day="2022-01-15")),
    ],
)
def test_each_class_is_what_its_name_says(make_results, runs, name, before, after):
    whole = party(9)
    pair = []
    for scenario, row in (("history", before), ("other", after)):
        result = make_results(scenario, replicates=1)
        fates = pa.Table.from_pylist([each for each in (row, whole) if each], schema=runs[0].fates.schema)
        pair.append(Results(**{**vars(result), "fates": fates}))
    split = counts(split_by_fate(*pair), "Venezuela")
    expected = {"unchanged": 3.0}
    expected[name] = expected.get(name, 0.0) + 3.0
    assert {key: people for key, people in split.items() if people} == expected


def test_fates_say_how_often_mexico_stopped_each_party(runs):
    table = frame(runs[0].fates)
    stops = table["stops"]
    assert stops.min() == 0 and stops.max() >= 3
    assert not stops[table["nationality"] == "Mexico"].any()
    assert stops[table["nationality"] == "Venezuela"].mean() > 0.2
    returned = table[(table["fate"] == "returned_home") & (table["place"] == "returned_by_mexico")]
    assert len(returned) and (returned["stops"] >= 1).all(), "whom Mexico returned it has stopped"


def test_results_without_fates_are_refused_with_the_way_out(make_results, runs):
    with pytest.raises(InputError, match="history kept none; run again with --fates"):
        split_by_fate(make_results(), runs[1])


def test_fates_are_written_read_and_made_again(runs, tmp_path):
    write_results(runs, tmp_path)
    again = Results.read(tmp_path / "returns-60000")
    assert again.fates is not None
    assert tuple(again.fates.column_names) == COLUMNS
    assert again.fates.equals(runs[1].fates)
    split = (tmp_path / "fates.csv").read_text().splitlines()
    assert split[0] == "scenario,baseline,class,nationality,pairs,mean,p025,p10,p50,p90,p975,unit"
    assert reproduce(tmp_path / "returns-60000" / "manifest.json", workers=1).equal
    (tmp_path / "returns-60000" / FATES).write_bytes(b"PAR1")
    assert reproduce(tmp_path / "returns-60000" / "manifest.json", workers=1).differences == (
        "fates.parquet: differs",
    )
    with pytest.raises(InputError, match="cannot be read"):
        read_fates(FATES, b"PAR1")
