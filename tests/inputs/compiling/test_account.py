"""What `validate` says that each intervention does, and what `run` says of one without `for:`."""

from corridor import LEVERS, load_scenario, parse_scenario, scenario_names
from corridor.inputs.compiling.account import account_of, unsaid_members

FILE = """\
name: x
extends: history
interventions:
  - {id: pledge, lever: mexico.return_acceptance_monthly, start: 2023-08-01, end: 2023-10-31, to: 90000}
  - id: pool
    lever: mexico.return_acceptance_monthly
    for: [Cuba, Haiti]
    pooled: true
    start: 2023-09-01
    announced: 2023-08-01
    cancelled: 2023-08-15
    to: unlimited
  - {id: money, lever: mexico.enforcement_funding, profile: series, values: {2023-05-01: 0.5, 2023-07-01: 1}}
  - {id: gate, lever: panama.darien_gate, profile: ramp, start: 2023-05-01, end: 2023-06-01, to: 0.9}
"""


def test_validate_says_what_each_intervention_does_when_for_whom_and_instead_of_what(run_command, tmp_path):
    (tmp_path / "x.yaml").write_text(FILE)
    code, out, _ = run_command("validate", tmp_path / "x.yaml")
    members = len(LEVERS["mexico.return_acceptance_monthly"].members)
    together = f"90,000 each, {90_000 * members:,} for all {members} together"
    funding = LEVERS["mexico.enforcement_funding"]
    pledge = "Places that Mexico pledges for people returned from the US"
    assert code == 0
    assert [line.strip() for line in out.splitlines()[1:]] == [
        f"pledge: {pledge} (mexico.return_acceptance_monthly, places a month)",
        "90,000 from 2023-08-01 to 2023-10-31, instead of 0 to unlimited in history; then again as in history",
        f"applies to: every nationality; {together}",
        f"pool: {pledge} (mexico.return_acceptance_monthly, places a month)",
        "unlimited from 2023-09-01 to the end of the run, instead of 30,000 in history",
        "applies to: Cuba, Haiti; one cap shared by 2",
        "announced on 2023-08-01, called off on 2023-08-15: it never takes effect",
        f"money: {funding.label} (mexico.enforcement_funding, {funding.unit})",
        "0.5 from 2023-05-01, 1 from 2023-07-01, to the end of the run, instead of 0 to 1 in history",
        f"gate: {LEVERS['panama.darien_gate'].label} (panama.darien_gate, share of people who enter)",
        "0.9 little by little from 2023-05-01 to 2023-06-01, instead of 0 in history; then again as in history",
    ]


def test_run_says_of_an_intervention_without_for_that_it_applies_to_everybody():
    (note,) = unsaid_members(parse_scenario(FILE))
    assert note.startswith("pledge says no `for:` and applies to: every nationality; 90,000 each")


def test_every_intervention_of_every_shipped_scenario_has_an_account():
    for name in scenario_names():
        scenario = load_scenario(name)
        lines = account_of(scenario)
        assert len([line for line in lines if not line.startswith(" ")]) == len(scenario.interventions)
