"""News: how dated movements of levers reach beliefs before, at and after their start.

Tightening news deters (it fades: about 90 days for acceptance, 30 for a rule, macro study section 2) and, announced
ahead, makes those who wait at the border rush before the date. Announced loosening attracts until its date, or until
it is cancelled (Title 42 in May and December 2022, document items 64 and 104). What happened, as against what was
announced, reaches people by word of mouth in the engine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corridor.inputs.compiling.policy import Policy
from corridor.inputs.parameters.parameter_set import ParameterSet
from corridor.inputs.registries.levers import LEVERS
from corridor.inputs.registries.nationalities import NATIONALITIES
from corridor.inputs.scenarios.lever_path import News

# Size of a movement that counts as full news, by kind: places a month, strictness or on/off, flights a week.
FULL_ACCEPTANCE = 5000.0
FULL_RULE = {"us.asylum_bar": 0.5}
FULL_FLIGHTS = 1.0
RELIEF_FADES = 365.0  # days in which relief announced ahead loses its pull


@dataclass(frozen=True)
class Signals:
    """What is in the air, by day and nationality; all float64[D, N]."""

    deter_origin: np.ndarray
    deter_border: np.ndarray
    attract: np.ndarray
    rush: np.ndarray


def _size(news: News, kind: str, sign: int) -> float:
    """Signed size of a movement, 1 = full news, positive = tightening (`sign`: what raising the lever does)."""
    if kind == "acceptance":
        change = min(1.0, news.after / FULL_ACCEPTANCE) - min(1.0, news.before / FULL_ACCEPTANCE)
    elif kind == "flights":
        change = min(1.0, news.after / FULL_FLIGHTS) - min(1.0, news.before / FULL_FLIGHTS)
    else:
        change = (news.after - news.before) / FULL_RULE.get(news.lever, 1.0)
    return sign * float(np.clip(change, -1.0, 1.0))


def _weights(news: News, kind: str, parameters: ParameterSet) -> np.ndarray:
    """Weight of a piece of news for each nationality, float64[N]."""
    named = np.array(
        [any(member.split("/")[0] == nation for member in news.members) for nation in NATIONALITIES]
    )
    if not named.any():
        named[:] = True
    if kind == "acceptance":
        weight = parameters["news_acceptance_weight"].by_nationality()
        spill = parameters["news_spillover"].scalar()
        return np.where(named, weight, np.where(weight > 0, spill, 0.0))
    if kind == "flights":
        return np.where(named, parameters["news_flights_weight"].scalar(), 0.0)
    return np.where(named, parameters["news_rule_weight"].by_nationality(), 0.0)


@dataclass(frozen=True)
class Heard:
    """What one piece of news does from its announcement on; all float64[days, N], 1 or 0 where it does nothing."""

    keep_origin: np.ndarray | float  # share of those at home whom it does not deter
    keep_border: np.ndarray | float
    keep_attract: np.ndarray | float
    rush: np.ndarray | float  # added to the log of haste


def hear(news: News, parameters: ParameterSet, clock: np.ndarray) -> Heard | None:
    """What a piece of news does on the days of `clock`; None if people hear nothing of it."""
    about = LEVERS[news.lever].news
    if about is None or about["kind"] not in ("acceptance", "rule", "flights"):
        return None
    kind = about["kind"]
    fade = parameters[f"news_{kind}_days"].scalar()
    rise_days = parameters["news_rise_days"].scalar()
    after_cancel = parameters["rush_after_cancel_days"].scalar()

    def course(start: float, fading: float, until: float) -> np.ndarray:
        """Rise from `start`, fade, and end quickly after `until`; float64[D]."""
        since = clock - start
        shape = np.where(since >= 0, np.minimum(1.0, (since + 1) / rise_days) * np.exp(-since / fading), 0.0)
        return shape * np.where(clock > until, np.exp(-(clock - until) / after_cancel), 1.0)

    size = _size(news, kind, about["tightening"])
    weight = abs(size) * _weights(news, kind, parameters)
    known = news.announced_day if news.announced_day is not None else news.start_day
    end = news.end_day if news.end_day is not None else np.inf
    until = news.cancelled_day if news.cancelled_day is not None else end
    last = min(news.start_day, until)
    if size > 0:
        keep_border: np.ndarray | float = 1.0
        if news.cancelled_day is None:
            keep_border = 1.0 - course(news.start_day, fade, until)[:, None] * weight
        first = max(known, news.start_day - parameters["rush_days"].scalar())
        ahead = (clock >= first) & (clock < last)
        rush = parameters["rush_strength"].scalar() * ahead[:, None] * weight
        return Heard(1.0 - course(known, fade, until)[:, None] * weight, keep_border, 1.0, rush)
    if size < 0 and known < news.start_day:
        relief = parameters["news_relief_weight"].scalar()
        return Heard(1.0, 1.0, 1.0 - relief * course(known, RELIEF_FADES, last)[:, None] * weight, 0.0)
    return None


def compile_signals(policy: Policy, parameters: ParameterSet) -> Signals:
    """Turn the news of a policy into daily signals; several pieces combine as independent chances."""
    days = policy.timeline.days
    clock = np.arange(days)
    keep_origin = np.ones((days, len(NATIONALITIES)))
    keep_border, keep_attract = keep_origin.copy(), keep_origin.copy()
    rush = np.zeros_like(keep_origin)
    for news in policy.news:
        heard = hear(news, parameters, clock)
        if heard is not None:
            keep_origin *= heard.keep_origin
            keep_border *= heard.keep_border
            keep_attract *= heard.keep_attract
            rush += heard.rush
    return Signals(1.0 - keep_origin, 1.0 - keep_border, 1.0 - keep_attract, np.exp(rush))
