"""A program that uses every public name. It is read by a type checker in strict mode, and not run."""

from pathlib import Path

import model


def look_around() -> None:
    print(model.__version__, model.scenario_names()[:3])
    for name, lever in model.LEVERS.items():
        print(name, lever.label, lever.unit)
    for name, indicator in model.INDICATORS.items():
        print(name, indicator.label, indicator.unit, indicator.kind)
    geography = model.load_geography()
    print([place.label for place in geography.places], sorted(model.load_outlines()))
    print(model.search_evidence("Panama"), model.load_skill(), model.load_observed().columns)


def read_scenarios() -> list[model.Scenario]:
    history: model.Scenario = model.load_scenario("history")
    try:
        mine = model.parse_scenario("name: mine\nextends: history\n", "mine.yaml")
    except model.InputError as error:
        print([(each.file, each.line, each.column, each.message) for each in error.problems])
        raise
    except model.CorridorError as error:
        print(str(error))
        raise
    print(history.timeline.start, mine.parent, model.resolve(mine).scenario.name)
    return [history, mine]


def run(scenarios: list[model.Scenario], folder: Path) -> model.Comparison:
    alone: model.Results = model.run_ensemble(scenarios[0], replicates=2, people_per_agent=1000)
    both = model.run_ensembles(scenarios, replicates=2, progress=lambda done, total: print(done / total))
    kept = model.run_kept(scenarios, folder / "kept", replicates=2, limit_bytes=10**9)
    print([each.scenario for each in kept])
    periods, values = alone.series("deaths", place="all")
    print(periods, values.mean(axis=0).tolist(), alone.values.shape, alone.cells[0].indicator)
    print(alone.fates is None, alone.deals is None, alone.manifest["run"]["seed"])
    comparison = model.compare(both, baseline="history")
    print(comparison.table().head(), comparison.ranking("deaths"), comparison.notes, comparison.fates())
    (folder / "table.csv").write_bytes(model.csv_bytes(alone.table()))
    print(model.write_results(both, folder), model.reproduce(folder / "history" / "manifest.json"))
    (folder / "report.html").write_bytes(model.make_report(both))
    return comparison


def draw(results: model.Results) -> None:
    rows = model.fan_rows(results.summary(), "deaths")
    observed = model.observed_points("encounters_usbp")
    chart = model.fan_chart(rows, title=model.INDICATORS["deaths"].label, observed=observed)
    chart.properties(width=600)


def bargain() -> None:
    space: model.DealSpace = model.explore_deals("negotiated-2022")
    print(sorted(space.files()))
    talks = model.run_ensemble("negotiated-2022", replicates=2)
    print(
        [issue.label for issue in model.ISSUES.values()], [deal.label for deal in model.SIDE_DEALS.values()]
    )
    print(model.INTERESTS["mexico"], model.load_parameters()["crossing_rate"].status)
    print(model.deal_rows(model.Results.read("results/negotiated-2022").table()))
    print(model.deal_chart(model.Results.read("results/negotiated-2022").table(), title="Deals"), talks.deals)
