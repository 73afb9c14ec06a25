"""A program that uses every public name. It is read by a type checker in strict mode, and not run."""

from pathlib import Path

import corridor


def look_around() -> None:
    print(corridor.__version__, corridor.scenario_names()[:3])
    for name, lever in corridor.LEVERS.items():
        print(name, lever.label, lever.unit)
    for name, indicator in corridor.INDICATORS.items():
        print(name, indicator.label, indicator.unit, indicator.kind)
    geography = corridor.load_geography()
    print([place.label for place in geography.places], sorted(corridor.load_outlines()))
    print(corridor.search_evidence("Panama"), corridor.load_skill(), corridor.load_observed().columns)


def read_scenarios() -> list[corridor.Scenario]:
    history: corridor.Scenario = corridor.load_scenario("history")
    try:
        mine = corridor.parse_scenario("name: mine\nextends: history\n", "mine.yaml")
    except corridor.InputError as error:
        print([(each.file, each.line, each.column, each.message) for each in error.problems])
        raise
    except corridor.CorridorError as error:
        print(str(error))
        raise
    print(history.timeline.start, mine.parent, corridor.resolve(mine).scenario.name)
    return [history, mine]


def run(scenarios: list[corridor.Scenario], folder: Path) -> corridor.Comparison:
    alone: corridor.Results = corridor.run_ensemble(scenarios[0], replicates=2, people_per_agent=1000)
    both = corridor.run_ensembles(scenarios, replicates=2, progress=lambda done, total: print(done / total))
    kept = corridor.run_kept(scenarios, folder / "kept", replicates=2, limit_bytes=10**9)
    print([each.scenario for each in kept])
    periods, values = alone.series("deaths", place="all")
    print(periods, values.mean(axis=0).tolist(), alone.values.shape, alone.cells[0].indicator)
    print(alone.fates is None, alone.deals is None, alone.manifest["run"]["seed"])
    year: corridor.Window = corridor.Window.named("2023")
    comparison = corridor.compare(both, baseline="history", window=year.name)
    shared: corridor.SharedPeriods = corridor.shared_periods(both[1], both[0])
    observed = corridor.observed_values([("deaths", "all", "all", "all")], shared.years)
    print(shared.years, shared.left_out, observed.shape, corridor.find_retired("lever", "mexico.contention"))
    print(comparison.table().head(), comparison.ranking("deaths"), comparison.notes, comparison.fates())
    (folder / "table.csv").write_bytes(corridor.csv_bytes(alone.table()))
    print(corridor.write_results(both, folder), corridor.reproduce(folder / "history" / "manifest.json"))
    (folder / "report.html").write_bytes(corridor.make_report(both))
    return comparison


def observe(results: corridor.Results, file: Path) -> corridor.ObservedScores:
    series: corridor.ObservedSeries = corridor.import_observed(file, vintage="2024-01-26", locale="es")
    same = corridor.parse_observed(file.read_bytes(), name=series.name, publisher="CBP monthly tables")
    print(corridor.write_observed(series, file.parent), sorted(corridor.observed_files(same)))
    print([each["name"] for each in corridor.list_observed(file.parent)], series.notes, series.rows[0].value)
    scored = corridor.score_observed(results, corridor.read_observed(series.name, file.parent))
    print(scored.scores.head(), scored.months.head(), scored.notes)
    return scored


def score_frozen(series: corridor.ObservedSeries) -> corridor.BlindScores:
    record: corridor.BlindRecord = corridor.read_blind_record(corridor.blind_names()[-1])
    scored = corridor.score_blind(record, series)
    print(record.name, record.seal, record.periods, record.table.head(), record.manifest["known_to"])
    print(scored.scores.head(), scored.months.head(), scored.notes, corridor.load_blind_scores().columns)
    return scored


def step() -> None:
    simulation = corridor.Simulation("history", seed=1, people_per_agent=1000)
    simulation.step()
    print(simulation.today, simulation.seed, simulation.run().periods)


def draw(results: corridor.Results) -> None:
    rows = corridor.fan_rows(corridor.projected_summary(results), "deaths")
    print(corridor.projection_table(results).columns, sorted(corridor.result_files(results)))
    observed = corridor.observed_points("encounters_usbp")
    chart = corridor.fan_chart(rows, title=corridor.INDICATORS["deaths"].label, observed=observed)
    chart.properties(width=600)


def bargain() -> None:
    space: corridor.DealSpace = corridor.explore_deals("negotiated-2022")
    print(sorted(space.files()))
    talks = corridor.run_ensemble("negotiated-2022", replicates=2)
    print(
        [issue.label for issue in corridor.ISSUES.values()],
        [deal.label for deal in corridor.SIDE_DEALS.values()],
    )
    print(corridor.INTERESTS["mexico"], corridor.load_parameters()["crossing_rate"].status)
    print(corridor.deal_rows(corridor.Results.read("results/negotiated-2022").table()))
    print(
        corridor.deal_chart(corridor.Results.read("results/negotiated-2022").table(), title="Deals"),
        talks.deals,
    )
