"""What is wrong with a scenario file is said at its place, with what was expected, and all of it at once.

In the texts below « marks the place of the problem.
"""

import textwrap

from tests.for_all import for_all

STEP = "{id: a, lever: mexico.guard_deployed, start: 2023-06-01, to: 10000}"

ONE_PROBLEM = {
    "a misspelt lever": (
        "interventions: [{id: a, lever: «mexico.slowdwon, start: 2023-06-01, to: 1}]",
        "unknown lever 'mexico.slowdwon'; did you mean 'mexico.slowdown'?",
    ),
    "a value above the range": (
        "interventions: [{id: a, lever: mexico.enforcement_funding, start: 2023-06-01, to: «2.5}]",
        "2.5 is out of range: mexico.enforcement_funding takes 0 to 2 (share of INM's monthly need that is paid)",
    ),
    "a value below the range": (
        "interventions: [{id: a, lever: mexico.guard_deployed, start: 2023-06-01, to: «-1}]",
        "-1 is out of range: mexico.guard_deployed takes 0 to 100,000 (troops)",
    ),
    "a value of a series out of range": (
        "interventions: [{id: a, lever: us.asylum_bar, profile: series, values: {2023-06-01: 1, 2023-07-01: «3}}]",
        "3 is out of range: us.asylum_bar takes 0 to 1 (0 none, 1 everyone without an appointment is barred)",
    ),
    "unlimited where the registry forbids it": (
        "interventions: [{id: a, lever: us.cbp_one_daily, start: 2023-06-01, to: «unlimited}]",
        "us.cbp_one_daily cannot be unlimited; its range is 0 to 10,000 (appointments a day)",
    ),
    "a value that is not a number": (
        "interventions: [{id: a, lever: us.cbp_one_daily, start: 2023-06-01, to: «many}]",
        "expected a number or the word unlimited, not 'many'",
    ),
    "truth where a number belongs": (
        "interventions: [{id: a, lever: us.title_42, start: 2023-06-01, to: «true}]",
        "us.title_42 is on or off: write 1 for on, 0 for off, not true",
    ),
    "not a number": (
        "interventions: [{id: a, lever: us.asylum_bar, start: 2023-06-01, to: «.nan}]",
        ".nan is not a finite number",
    ),
    "a number too large for any range": (
        f"interventions: [{{id: a, lever: us.asylum_bar, start: 2023-06-01, to: «1{'0' * 400}}}]",
        "the number is too large",
    ),
    "a date that does not exist": (
        "interventions: [{id: a, lever: us.title_42, start: «2023-02-30, to: 1}]",
        "2023-02-30 is not a date: day is out of range for month",
    ),
    "a date written otherwise": (
        "interventions: [{id: a, lever: us.title_42, start: «1 June 2023, to: 1}]",
        "expected a date written YYYY-MM-DD, not '1 June 2023'",
    ),
    "a date of a series that does not exist": (
        "interventions: [{id: a, lever: us.title_42, profile: series, values: {«2023-13-01: 1}}]",
        "2023-13-01 is not a date: month must be in 1..12",
    ),
    "an end before its start": (
        "interventions: [{id: a, lever: us.title_42, start: 2023-06-01, end: «2023-05-01, to: 1}]",
        "ends on 2023-05-01, before it starts on 2023-06-01",
    ),
    "a start before the run": (
        "interventions: [{id: a, lever: us.title_42, start: «2022-06-01, to: 1}]",
        "2022-06-01 is outside the run, 2023-01-01 to 2023-12-31",
    ),
    "a start after the run": (
        "interventions: [{id: a, lever: us.title_42, start: «2024-06-01, to: 1}]",
        "2024-06-01 is outside the run, 2023-01-01 to 2023-12-31",
    ),
    "a series that begins outside the run": (
        "interventions: [{id: a, lever: us.title_42, profile: series, values: {«2024-06-01: 1}}]",
        "2024-06-01 is outside the run, 2023-01-01 to 2023-12-31",
    ),
    "an announcement after the start": (
        "interventions: [{id: a, lever: us.title_42, announced: «2023-07-01, start: 2023-06-01, to: 1}]",
        "announced on 2023-07-01, after it starts on 2023-06-01",
    ),
    "a cancellation of what was not announced": (
        "interventions: [{id: a, lever: us.title_42, start: 2023-06-01, cancelled: «2023-05-01, to: 1}]",
        "only what was announced can be cancelled: `announced` is missing",
    ),
    "a cancellation before the announcement": (
        "interventions: [{id: a, lever: us.title_42, announced: 2023-05-02, start: 2023-06-01, "
        "cancelled: «2023-05-01, to: 1}]",
        "cancelled on 2023-05-01, before it was announced on 2023-05-02",
    ),
    "a cancellation after the start": (
        "interventions: [{id: a, lever: us.title_42, announced: 2023-05-02, start: 2023-06-01, "
        "cancelled: «2023-06-02, to: 1}]",
        "cancelled on 2023-06-02, after it starts on 2023-06-01; give it an `end` instead",
    ),
    "a ramp without an end": (
        "interventions: [{id: a, lever: us.asylum_bar, profile: «ramp, start: 2023-06-01, to: 1}]",
        "a ramp needs `end`",
    ),
    "a pulse without an end": (
        "interventions: [{id: a, lever: us.asylum_bar, profile: «pulse, start: 2023-06-01, to: 1}]",
        "a pulse needs `end`",
    ),
    "a ramp of one day": (
        "interventions: [{id: a, lever: us.asylum_bar, profile: ramp, start: 2023-06-01, end: «2023-06-01, to: 1}]",
        "a ramp needs an end after its start",
    ),
    "a ramp to unlimited": (
        "interventions: [{id: a, lever: mexico.return_acceptance_monthly, for: Cuba, profile: ramp, "
        "start: 2023-06-01, end: 2023-07-01, to: «unlimited}]",
        "a ramp cannot arrive at unlimited; use a step",
    ),
    "a ramp from unlimited": (
        "interventions: [{id: a, lever: mexico.return_acceptance_monthly, for: Mexico, profile: «ramp, "
        "start: 2023-06-01, end: 2023-07-01, to: 10}]",
        "a ramp cannot start from unlimited, the value of mexico.return_acceptance_monthly on 2023-06-01",
    ),
    "a step without a value": (
        "interventions: [«{id: a, lever: us.asylum_bar, start: 2023-06-01}]",
        "a step needs `to`",
    ),
    "a step without a start": (
        "interventions: [«{id: a, lever: us.asylum_bar, to: 1}]",
        "a step needs `start`",
    ),
    "a step with the values of a series": (
        "interventions: [{id: a, lever: us.asylum_bar, start: 2023-06-01, to: 1, «values: {2023-06-01: 1}}]",
        "a step takes no `values`",
    ),
    "a series with a single value beside it": (
        "interventions: [{id: a, lever: us.asylum_bar, profile: series, values: {2023-06-01: 1}, «to: 1}]",
        "a series takes no `to`",
    ),
    "a series without values": (
        "interventions: [{id: a, lever: us.asylum_bar, profile: series, values: «{}}]",
        "a series needs at least one dated value",
    ),
    "a date of a series before its start": (
        "interventions: [{id: a, lever: us.asylum_bar, profile: series, start: 2023-06-01, "
        "values: {«2023-05-01: 1, 2023-07-01: 0}}]",
        "2023-05-01 is outside the intervention, from 2023-06-01 to the end of the run",
    ),
    "a date of a series after its end": (
        "interventions: [{id: a, lever: us.asylum_bar, profile: series, end: 2023-06-30, "
        "values: {2023-06-01: 1, «2023-07-01: 0}}]",
        "2023-07-01 is outside the intervention, from its first date to 2023-06-30",
    ),
    "a profile that does not exist": (
        "interventions: [{id: a, lever: us.asylum_bar, profile: «slope, start: 2023-06-01, to: 1}]",
        "expected 'step', 'ramp', 'pulse' or 'series', not 'slope'",
    ),
    "an unknown nationality": (
        "interventions: [{id: a, lever: us.mpp_share, for: «Venezeula, start: 2023-06-01, to: 1}]",
        "unknown nationality 'Venezeula'; did you mean 'Venezuela'?",
    ),
    "an unknown nationality in a list": (
        "interventions: [{id: a, lever: us.mpp_share, for: [Cuba, «Xanadu], start: 2023-06-01, to: 1}]",
        "unknown nationality 'Xanadu'; expected one of Venezuela, Cuba, Nicaragua, Haiti, Colombia, Ecuador, "
        "Peru, Mexico, Guatemala, Honduras, El Salvador, Other, China, India, Brazil, West Africa, "
        "Eastern Europe and Central Asia",
    ),
    "an unknown travel party": (
        "interventions: [{id: a, lever: us.title_42_share, for: «Cuba/family, start: 2023-06-01, to: 1}]",
        "unknown nationality/party 'Cuba/family'; did you mean 'Cuba/family_unit'?",
    ),
    "an unknown place": (
        "interventions: [{id: a, lever: mexico.shelter_places, for: «cuidad_juarez, start: 2023-06-01, to: 1}]",
        "unknown city 'cuidad_juarez'; did you mean 'ciudad_juarez'?",
    ),
    "a member named twice": (
        "interventions: [{id: a, lever: us.title_42_share, for: [Cuba, «Cuba/family_unit], start: 2023-06-01, to: 1}]",
        "'Cuba/family_unit' is named twice",
    ),
    "members of a lever that has none": (
        "interventions: [{id: a, lever: us.title_42, «for: Cuba, start: 2023-06-01, to: 1}]",
        "us.title_42 has one value and takes no `for:`",
    ),
    "a list that names nobody": (
        "interventions: [{id: a, lever: us.mpp_share, for: «[], start: 2023-06-01, to: 1}]",
        "`for:` names nobody; leave it out to move every member",
    ),
    "a pool of what cannot be shared": (
        "interventions: [{id: a, lever: us.mpp_share, for: [Cuba, Haiti], pooled: «true, start: 2023-06-01, to: 1}]",
        "us.mpp_share cannot be pooled: it is not a shared cap",
    ),
    "a pool of one": (
        "interventions: [{id: a, lever: us.parole_monthly_cap, for: Cuba, pooled: «true, start: 2023-06-01, to: 1}]",
        "a pool needs at least two members in `for:`",
    ),
    "a ramp of a pool": (
        "interventions: [{id: a, lever: us.parole_monthly_cap, for: [Cuba, Haiti], pooled: «true, profile: ramp, "
        "start: 2023-06-01, end: 2023-07-01, to: 1}]",
        "a pooled cap moves by step, pulse or series, not by ramp",
    ),
    "an unknown field of an intervention": (
        "interventions: [{id: a, lever: us.title_42, start: 2023-06-01, «untill: 2023-07-01, to: 1}]",
        "unknown field 'untill'",
    ),
    "a misspelt field of an intervention": (
        "interventions: [{id: a, lever: us.title_42, start: 2023-06-01, to: 1, «anounced: 2023-05-01}]",
        "unknown field 'anounced'; did you mean 'announced'?",
    ),
    "a misspelt section": (
        f"«intervention: [{STEP}]",
        "unknown field 'intervention'; did you mean 'interventions'?",
    ),
    "a misspelt field of the run": (
        "run: {«replicate: 3}",
        "unknown field 'replicate'; did you mean 'replicates'?",
    ),
    "a missing field": (
        "interventions: [«{lever: us.title_42, start: 2023-06-01, to: 1}]",
        "the field 'id' is missing",
    ),
    "a list where a mapping belongs": ("run: «[3]", "expected a mapping, not [3]"),
    "a mapping where a list belongs": ("shocks: «{a: 1}", "expected a list, not {'a': 1}"),
    "a number where names belong": (
        "interventions: [{id: a, lever: us.mpp_share, for: «3, start: 2023-06-01, to: 1}]",
        "expected a name or a list of names, not 3",
    ),
    "text where a whole number belongs": (
        "run: {seed: «'3'}",
        "expected a whole number from 0 to 4,294,967,295, not '3'",
    ),
    "a number of replicates that is none": (
        "run: {replicates: «0}",
        "expected a whole number from 1 to 100,000, not 0",
    ),
    "an id that is not a name": (
        "interventions: [{id: «My idea, lever: us.title_42, start: 2023-06-01, to: 1}]",
        "'My idea' is not a name: lower-case letters, digits, - and _ only",
    ),
    "an id used twice": (
        f"interventions: [{STEP}]\nshocks: [{{id: «a, kind: demand, start: 2023-06-01, size: 2}}]",
        "duplicate id 'a' (first at line 3)",
    ),
    "an id taken by a parent": (
        "shocks: [{id: «guard-2023, kind: demand, start: 2023-06-01, size: 2}]",
        "the id 'guard-2023' is taken in 'root'; choose another, or `remove: [guard-2023]` first",
    ),
    "a removal of what is not there": (
        "remove: [«guard-2032]",
        "no entry 'guard-2032' in 'root'; did you mean 'guard-2023'?",
    ),
    "a removal done twice": ("remove: [fire, «fire]", "'fire' is removed twice"),
    "two movements that begin together": (
        f"interventions:\n  - {STEP}\n"
        "  - {id: b, lever: mexico.guard_deployed, start: «2023-06-01, to: 20000}",
        "moves mexico.guard_deployed from 2023-06-01, as does 'a'",
    ),
    "two movements of one member that begin together": (
        "interventions:\n"
        "  - {id: a, lever: us.title_42_share, for: Cuba, start: 2023-06-01, to: 1}\n"
        "  - {id: b, lever: us.title_42_share, for: [Haiti, Cuba/family_unit], start: «2023-06-01, to: 0}",
        "moves us.title_42_share for Cuba/family_unit from 2023-06-01, as does 'a'",
    ),
    "a period more than 24 months past the parent's": (
        "period: {end: «2026-01-01}",
        "2026-01-01 is more than 24 months after the end of 'root': 2025-12-31 at most",
    ),
    "a period that ends before anything is reported": (
        "period: {end: «2023-01-15}",
        "ends on 2023-01-15, before the first reported day 2023-02-01",
    ),
    "a period that starts anew": (
        "period: {«start: 2023-02-01}",
        "only a scenario that extends none sets `start`",
    ),
    "a baseline that does not exist": ("baseline: «rooot", "unknown scenario 'rooot'; did you mean 'root'?"),
    "an unknown shock": (
        "shocks: [{id: s, kind: «caravann, start: 2023-06-01, size: 2}]",
        "unknown kind of shock 'caravann'; did you mean 'caravan'?",
    ),
    "a shock out of range": (
        "shocks: [{id: s, kind: capacity_loss, start: 2023-06-01, size: «1.5, for: inm}]",
        "1.5 is out of range: capacity_loss takes 0 to 1 (share of capacity lost)",
    ),
    "a shock without a place": (
        "shocks: [«{id: s, kind: caravan, start: 2023-06-01, size: 500}]",
        "caravan needs a `place:`, one of tapachula",
    ),
    "a shock at an unknown place": (
        "shocks: [{id: s, kind: group_arrival, start: 2023-06-01, size: 500, place: «reinosa}]",
        "unknown place 'reinosa'; did you mean 'reynosa'?",
    ),
    "a shock with a place it does not take": (
        "shocks: [{id: s, kind: demand, start: 2023-06-01, size: 2, «place: tapachula}]",
        "demand takes no `place:`",
    ),
    "a shock of unknown people": (
        "shocks: [{id: s, kind: demand, start: 2023-06-01, size: 2, for: [«Venezuala]}]",
        "unknown nationality 'Venezuala'; did you mean 'Venezuela'?",
    ),
    "a shock with members it does not take": (
        "shocks: [{id: s, kind: caravan, start: 2023-06-01, size: 2, place: tapachula, «for: Cuba}]",
        "caravan takes no `for:`",
    ),
    "a night with an end": (
        "shocks: [{id: s, kind: caravan, start: 2023-06-01, «end: 2023-06-03, size: 2, place: tapachula}]",
        "caravan happens on one night and takes no `end`",
    ),
    "a shock that ends before it starts": (
        "shocks: [{id: s, kind: demand, start: 2023-06-01, end: «2023-05-03, size: 2}]",
        "ends on 2023-05-03, before it starts on 2023-06-01",
    ),
    "a shock outside the run": (
        "shocks: [{id: s, kind: demand, start: «2024-06-01, size: 2}]",
        "2024-06-01 is outside the run, 2023-01-01 to 2023-12-31",
    ),
    "an override of an unknown parameter": ("overrides: {crossing_rat: «0.5}", "crossing_rat"),
    "an override out of range": ("overrides: {crossing_rate: «-5}", "crossing_rate"),
}


def place_of_mark(text):
    before = text[: text.index("«")]
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


@for_all("text, expected", ONE_PROBLEM.values(), ids=ONE_PROBLEM)
def test_a_problem_is_named_at_its_line_and_column_and_is_the_only_one(folder, text, expected):
    text = f"name: x\nextends: root\n{text}\n"

    problems = folder.problems(text)

    assert [(p.file, p.line, p.column) for p in problems] == [("x.yaml", *place_of_mark(text))]
    assert expected in problems[0].message if "overrid" in text else problems[0].message == expected


def test_every_problem_of_a_file_comes_at_once_in_the_order_of_the_text(folder):
    text = textwrap.dedent("""\
        name: x
        extends: root
        narative: a word misspelt
        interventions:
          - {id: a, lever: mexico.slowdwon, start: 2023-12-41, to: 1}
          - {id: a, lever: mexico.slowdown, for: tapachulla, start: 2023-12-01, end: 2023-11-01, to: 0.4}
        shocks:
          - {id: guard-2023, kind: demand, start: 2023-06-01, size: 20}
        remove: [nothing-like-it]
        run: {replicates: many}
        """)

    assert [str(problem) for problem in folder.problems(text)] == [
        "x.yaml:3:1: unknown field 'narative'; did you mean 'narrative'?",
        "x.yaml:5:20: unknown lever 'mexico.slowdwon'; did you mean 'mexico.slowdown'?",
        "x.yaml:5:44: 2023-12-41 is not a date: day is out of range for month",
        "x.yaml:6:10: duplicate id 'a' (first at line 5)",
        "x.yaml:6:42: unknown leg 'tapachulla'; did you mean 'tapachula'?",
        "x.yaml:6:78: ends on 2023-11-01, before it starts on 2023-12-01",
        "x.yaml:6:94: 0.4 is out of range: mexico.slowdown takes 1 to 5 (multiple of the days on the leg)",
        "x.yaml:8:10: the id 'guard-2023' is taken in 'root'; choose another, or `remove: [guard-2023]` first",
        "x.yaml:8:61: 20 is out of range: demand takes 0 to 10 (multiple of departures)",
        "x.yaml:9:10: no entry 'nothing-like-it' in 'root'",
        "x.yaml:10:19: expected a whole number from 1 to 100,000, not 'many'",
    ]
