"""News: how dated movements of levers reach beliefs before, at and after their start.

Tightening news deters (it fades: about 90 days for acceptance, 30 for a rule, macro study section 2) and, announced
ahead, makes those who wait at the border rush before the date. Announced loosening attracts until its date, or until
it is cancelled (Title 42 in May and December 2022, document items 64 and 104); from its date it eases as tightening
deters. All of it counts as far as people trust announcements; a tightening is judged some weeks after its start, and
one that was taken back is judged as if it had stayed.
What happened, as against what was announced, reaches people by word of mouth in the engine (`engine.mechanisms`).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

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
TOLD = ("acceptance", "rule", "flights")  # kinds of news that move beliefs
WHO_ANNOUNCES = tuple(
    dict.fromkeys(
        lever.id.split(".")[0]
        for lever in LEVERS.values()
        if lever.news is not None and lever.news["kind"] in TOLD
    )
)
"""Governments whose announcements people hear: each is trusted as far as its own came true."""


@dataclass(frozen=True)
class Signals:
    """What is in the air, by day, nationality and who announced it, were it wholly trusted; all float64[D, N, A].

    Attributes
    ----------
    deter_origin, deter_border : numpy.ndarray
        Tightening, as people at home and at the border hear it: from its announcement, from its start.
    ease_origin, ease_border : numpy.ndarray
        Loosening in force.
    attract : numpy.ndarray
        Loosening that is still ahead.
    judged : numpy.ndarray
        Tightening that began so long ago that those whom it names should see it happen by now.
    rush : numpy.ndarray
        Haste before a tightening, added to the logarithm of the hazard of crossing.
    """

    deter_origin: np.ndarray
    deter_border: np.ndarray
    ease_origin: np.ndarray
    ease_border: np.ndarray
    attract: np.ndarray
    judged: np.ndarray
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


def _named(news: News) -> np.ndarray:
    """The nationalities that a piece of news names, bool[N]; all where its lever knows none."""
    named = np.array(
        [any(member.split("/")[0] == nation for member in news.members) for nation in NATIONALITIES]
    )
    return named if named.any() else np.ones_like(named)


def _weights(news: News, kind: str, parameters: ParameterSet) -> np.ndarray:
    """Weight of a piece of news for each nationality, float64[N]."""
    named = _named(news)
    if kind == "acceptance":
        weight = parameters["news_acceptance_weight"].by_nationality()
        spill = parameters["news_spillover"].scalar()
        return np.where(named, weight, np.where(weight > 0, spill, 0.0))
    if kind == "flights":
        return np.where(named, parameters["news_flights_weight"].scalar(), 0.0)
    return np.where(named, parameters["news_rule_weight"].by_nationality(), 0.0)


CHANCES = ("deter_origin", "deter_border", "ease_origin", "ease_border", "attract", "judged")
"""Signals of which several pieces combine as independent chances; the pieces of `rush` add up."""


def hear(news: News, parameters: ParameterSet, clock: np.ndarray) -> dict[str, np.ndarray]:
    """What a piece of news adds to the signals on the days of `clock`, float64[days, N]; only those that it moves.

    A tightening is judged from `judged_after_days` after its start for as long as it would be in the air had it
    stayed, whether or not it is still in force: what is taken back before people saw it kept is a broken promise.
    After half a year a promise has faded, so a rule that is lifted then is none. What was called off before its start
    is never judged.

    With 21 days, and a rule that is full news, weighs .5 and fades in 27.5 days: in force from day 0 to 13, then back.
    Judged on day 20: 0; on day 21: .5 x exp(-21 / 27.5) = .233; on day 60: .056; on day 180: .001. What deters at the
    border ends with the step: on day 21 it is .233 x exp(-8 / 7) = .074, with 7 days for what is over.
    """
    about = LEVERS[news.lever].news
    if about is None or about["kind"] not in TOLD:
        return {}
    kind = about["kind"]
    fade = parameters[f"news_{kind}_days"].scalar()
    rise_days = parameters["news_rise_days"].scalar()
    after_cancel = parameters["rush_after_cancel_days"].scalar()

    def course(start: float, fading: float, until: float) -> np.ndarray:
        """Rise from `start`, fade, and end quickly after `until`; float64[D, 1]."""
        since = clock - start
        shape = np.where(since >= 0, np.minimum(1.0, (since + 1) / rise_days) * np.exp(-since / fading), 0.0)
        return (shape * np.where(clock > until, np.exp(-(clock - until) / after_cancel), 1.0))[:, None]

    size = _size(news, kind, about["tightening"])
    weight = abs(size) * _weights(news, kind, parameters)
    known = news.announced_day if news.announced_day is not None else news.start_day
    end = news.end_day if news.end_day is not None else np.inf
    until = news.cancelled_day if news.cancelled_day is not None else end
    last = min(news.start_day, until)
    in_force = (
        course(news.start_day, fade, until) if news.cancelled_day is None else np.zeros((len(clock), 1))
    )
    heard: dict[str, np.ndarray] = {}
    if size > 0:
        heard["deter_origin"] = course(known, fade, until) * weight
        heard["deter_border"] = in_force * weight
        if news.cancelled_day is None:
            seen_by_now = (clock >= news.start_day + parameters["judged_after_days"].scalar())[:, None]
            promised = course(news.start_day, fade, np.inf) * weight
            heard["judged"] = np.where(seen_by_now & _named(news), promised, 0.0)
        first = max(known, news.start_day - parameters["rush_days"].scalar())
        ahead = (clock >= first) & (clock < last)
        heard["rush"] = parameters["rush_strength"].scalar() * ahead[:, None] * weight
    elif size < 0:
        heard["ease_origin"] = heard["ease_border"] = in_force * weight
        if known < news.start_day:
            relief = parameters["news_relief_weight"].scalar()
            heard["attract"] = relief * course(known, RELIEF_FADES, last) * weight
    return heard


def compile_signals(policy: Policy, parameters: ParameterSet) -> Signals:
    """Turn the news of a policy into daily signals; all are 0 where nobody believes any announcement."""
    days = policy.timeline.days
    clock = np.arange(days)
    signals = {
        field.name: np.zeros((days, len(NATIONALITIES), len(WHO_ANNOUNCES))) for field in fields(Signals)
    }
    for news in policy.news if policy.announcements_heard else ():
        for name, value in hear(news, parameters, clock).items():
            who = announcer_of(news.lever)
            signals[name][:, :, who] = combine(name, signals[name][:, :, who], value)
    return Signals(**signals)


def announcer_of(lever: str) -> int:
    """Number among `WHO_ANNOUNCES` of the government whose lever it is."""
    return WHO_ANNOUNCES.index(lever.split(".")[0])


def combine(name: str, before: np.ndarray, more: np.ndarray) -> np.ndarray:
    """A signal with one more piece of news."""
    return 1.0 - (1.0 - before) * (1.0 - more) if name in CHANCES else before + more
