"""What a reader should know before scenarios stand beside one baseline, in sentences. No Streamlit here."""

from __future__ import annotations

from collections.abc import Sequence

import corridor
from corridor_app.words.language import _
from corridor_app.words.wording import day_words, joined


def period_words(scenarios: Sequence[corridor.Scenario], baseline: corridor.Scenario) -> str:
    """Which scenarios end on another day than the baseline; nothing where all end on the same."""
    last = baseline.timeline.end
    others = [
        _("{title} ends on {day}").format(title=_(each.title or each.name), day=day_words(each.timeline.end))
        for each in scenarios
        if each.timeline.end != last
    ]
    if not others:
        return ""
    return _(
        "Periods differ: the baseline ends on {day}; {others}. One window holds for all rows: only months that all "
        "of them cover wholly are compared."
    ).format(day=day_words(last), others=joined(others))


def own_baseline_words(scenarios: Sequence[corridor.Scenario], baseline: corridor.Scenario) -> str:
    """Which scenarios are meant to be compared with another one; nothing where none is."""
    others = [
        _("{title} (its own baseline: {other})").format(
            title=_(each.title or each.name), other=_(_title(each.baseline_name))
        )
        for each in scenarios
        if each.baseline_name not in (None, baseline.name)
    ]
    if not others:
        return ""
    return _("The difference also holds what sets two baselines apart for: {others}.").format(
        others="; ".join(others)
    )


def _title(name: str | None) -> str:
    return corridor.load_scenario(name).title or name if name else ""
