"""What each party weighs in the talks, and how far it goes: rows and words. No Streamlit here."""

from __future__ import annotations

import pandas as pd

import corridor
from corridor_app.choices.talks import MEXICO, US, list_items
from corridor_app.words.language import N_, _
from corridor_app.words.wording import place_words

INTERESTS = {
    ("us", "encounters"): N_("gains from a thousand encounters a day fewer"),
    ("us", "rights"): N_("loses by a thousand people returned a day"),
    ("us", "trade"): N_("loses by 100 million USD of trade a day, for a month"),
    ("us", "parole"): N_("loses by parole for four nationalities"),
    ("us", "crossings"): N_("loses a lever by opening crossings"),
    ("us", "money"): N_("loses by paying Mexico"),
    ("us", "visas"): N_("loses by worker visas"),
    ("us", "aid"): N_("loses by more aid"),
    ("us", "sanctions"): N_("loses by easing sanctions"),
    ("mexico", "transit"): N_("gains from a thousand people a day fewer passing through"),
    ("mexico", "returns"): N_("loses by a thousand people a day whom it is stuck with"),
    ("mexico", "enforcement"): N_("loses by holding back all whom it can"),
    ("mexico", "transfers"): N_("loses by moving twice as many people south"),
    ("mexico", "funds"): N_("loses by 50 million USD a month for its institute"),
    ("mexico", "flights"): N_("loses by flying people to Venezuela"),
    ("mexico", "trade"): N_("loses by 100 million USD of trade a day, for a month"),
    ("mexico", "parole"): N_("gains from parole for four nationalities"),
    ("mexico", "money"): N_("gains from money of the US"),
    ("mexico", "visas"): N_("gains from worker visas"),
    ("mexico", "aid"): N_("gains from more aid"),
    ("mexico", "sanctions"): N_("gains from eased sanctions"),
    ("mexico", "sovereignty"): N_("loses by conceding under closed crossings"),
    ("venezuela", "flights"): N_("loses by taking deportation flights"),
    ("venezuela", "thaw"): N_("gains from full relief from sanctions"),
    ("cuba", "flights"): N_("loses by taking deportation flights"),
    ("cuba", "thaw"): N_("gains from full relief from sanctions"),
    ("panama", "acceptance"): N_("loses by taking Venezuelans"),
    ("panama", "aid"): N_("gains from what Congress is expected to give"),
    ("guatemala", "expulsions"): N_("loses by expelling people who pass"),
    ("guatemala", "work"): N_("gains from visas that Congress is expected to give"),
    ("dominican_republic", "acceptance"): N_("loses by taking Venezuelans"),
    ("dominican_republic", "aid"): N_("gains from what Congress is expected to give"),
}
"""What each party weighs, in words: what one unit of its weight is."""


def interest_rows(scenario: corridor.Scenario) -> pd.DataFrame:
    """What each party weighs in the talks: party, interest, points, multiple of the scenario, range, status, source."""
    parameters = corridor.load_parameters()
    weights = scenario.bargaining.weights if scenario.bargaining else {}
    rows = []
    for party, interests in corridor.INTERESTS.items():
        bilateral = party in (US, MEXICO)
        worth = parameters[f"worth_{party}" if bilateral else "worth_third"]
        keys = [each if bilateral else f"{party}_{each}" for each in interests]
        for interest, key, value in zip(interests, keys, worth.by(keys), strict=True):
            multiple = weights.get(party, {}).get(interest, 1.0)
            low, high = worth.bounds_of(key)
            source = worth.source.replace(",", "")  # the one writer of CSV quotes nothing
            rows.append((party, interest, value * multiple, multiple, low, high, worth.status, source))
    names = ["party", "interest", "points", "multiple", "low", "high", "status", "source"]
    return pd.DataFrame(rows, columns=names)


def interest_table(rows: pd.DataFrame) -> pd.DataFrame:
    """`interest_rows` as a reader sees them."""
    names = [_("who"), _("what it weighs"), _("points"), _("could be"), _("mark")]
    found = [
        (
            _(place_words(party)),
            _(INTERESTS[party, interest]),
            f"{points:g}",
            _("{low} to {high}").format(low=f"{low:g}", high=f"{high:g}"),
            _(status),
        )
        for party, interest, points, _multiple, low, high, status, _source in rows.itertuples(
            index=False, name=None
        )
    ]
    return pd.DataFrame(found, columns=names)


def red_line_words(scenario: corridor.Scenario) -> list[str]:
    """The red lines of a scenario, a sentence each."""
    found = []
    for party, limits in (scenario.bargaining.red_lines if scenario.bargaining else {}).items():
        for name, limit in limits.items():
            item = list_items()[name]
            for text, step in (
                (N_("{party} goes no further than {step}: {issue}"), limit.most),
                (N_("{party} signs nothing with less than {step}: {issue}"), limit.least),
            ):
                if step is not None:
                    label = _(item.steps.get(step, step))
                    found.append(_(text).format(party=_(place_words(party)), step=label, issue=_(item.label)))
    return found
