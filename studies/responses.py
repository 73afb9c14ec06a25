"""The response curve of every lever: `python -m studies.responses`, and a part of `make study` (minutes).

A lever is set to several values along its range from the first of June 2022, with the same luck at each of them, as
in the sweep of the tests (tests/net/test_sweep.py). The page shows what differs from history until November.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from ruamel.yaml import YAML

from corridor.engine.recording.recorder import Recording
from corridor.inputs.compiling.policy import resolve
from corridor.inputs.registries.indicators import INDICATORS
from corridor.inputs.registries.levers import LEVERS, Lever
from corridor.inputs.registries.nationalities import NATIONALITIES, id_of
from corridor.inputs.registries.sources import SOURCES
from corridor.inputs.scenarios.scenario_files import parse_scenario
from corridor.outputs.drawings import plot_svg
from corridor.outputs.figure_rows import BASELINE_COLOUR, EVENT_COLOUR, SCENARIO_COLOUR
from corridor.outputs.rows import ALL
from corridor.version import __version__
from studies.pages import write
from tests.net.paired import BEGINS, ENDS, HISTORY, MONTHS, PEOPLE_PER_AGENT, Policy, move, runs_of
from tests.net.test_sweep import MANY, SETTINGS, SWITCHES, Setting, cell_of, members_of

PAGE = Path("docs") / "responses.md"
PICTURES = Path("images") / "responses"  # beside the page
FINDINGS = Path(__file__).with_name("findings.yaml")
REPLICATES, QUICK_REPLICATES = 20, 2
QUICK_LEVERS = ("us.patrols", "us.cbp_one_daily", "mexico.visa_required", "colombia.accepts_flights")
MANY_PARTS, FEW_PARTS = (0.0, 0.001, 0.01, 0.1, 1.0), (0.0, 0.25, 0.5, 0.75, 1.0)
"""Parts of a lever's range at which it is tried: a wide range is walked by powers of ten."""
BAND = (10, 90)  # percentiles of replicates
ENCOUNTERS, DEPARTURES = "encounters_usbp", "departures"
FLOWS = {
    ENCOUNTERS: ("encounters between ports", SCENARIO_COLOUR),
    DEPARTURES: ("departures", BASELINE_COLOUR),
}
STUDIES = ("study", "own study", "survey")
"""Kinds of sources of which the page says studies; of the others, figures."""
EVERYWHERE = ("us.patrols",)  # what studies say of it is about the whole border, not about one member
ACCEPTS = "accepts_flights"
FLIGHTS = 20  # US flights a week offered to a country of which the page shows how many it takes
WIDTH, HEIGHT = 6.6, 2.1  # inches
TICKS = 5  # at most so many on an axis
EDGE = 0.2  # room beside the first value of a wide range, as part of the second

WORDS = """\
# What each lever does, along its range

The response curve of every lever. Written by `python -m studies.responses`, a part of `make study`; every number is
computed. A lever is set to a value on {begins:%-d %B %Y} and stays there until {ends:%-d %B %Y}. All else is history
(`extends: history`), and the same luck falls in every run.

On the left: encounters between ports and departures, as difference from history in percent; of the nationality that
is named where the lever was moved for one, else of everyone. On the right: what the
[registry](reference/levers.md) says that the lever moves, as difference from history in its own unit (a flow is added
up over the six months, a stock is their mean). The band holds 80 of 100 replicates; it is luck, not what is not known
about the model. A dotted line marks where history's own value lay on average, and the axis of a lever with a wide
range goes by powers of ten. Where history moves a lever itself in these months, as Mexico's places for Venezuelans in
October 2022, the move takes the place of history's, and the curve need not meet zero at the line.

**What this is not.** These are six months under Title 42, with demand, stops and returns of their own, for one member
of a lever that has many. The curve of another half-year is another curve. A lever that does nothing here may do much
where what it needs is there; where one needs company in order to act, the page says which, and history has that too.
"""
GROUPS = {
    "The United States": lambda lever: lever.id.startswith("us."),
    "Mexico": lambda lever: lever.id.startswith("mexico."),
    "Countries on the way": lambda lever: not lever.id.endswith(ACCEPTS),
    "Flights that countries take": lambda lever: True,
}


@dataclass(frozen=True)
class Finding:
    """What a source says about a lever; `at` is the value that it is about, if it is about one."""

    lever: str
    says: str
    source: str
    at: float | None = None


@dataclass(frozen=True)
class Curve:
    """What an indicator is along the values of a lever, less what it is in history, float64[values, replicates].

    Attributes
    ----------
    indicator : str
    base : float64[replicates]
        Without the move, over the same months.
    change : float64[values, replicates]
        In the unit of the indicator.
    """

    indicator: str
    base: NDArray[np.float64]
    change: NDArray[np.float64]

    @property
    def percent(self) -> NDArray[np.float64]:
        """Of history in the same replicate; of the mean of replicates where history has nobody."""
        mean = max(float(self.base.mean()), 1.0)
        return 100.0 * self.change / np.where(self.base > 0.0, self.base, mean)


@dataclass(frozen=True)
class Response:
    """A lever along its range.

    Attributes
    ----------
    lever : Lever
    members : tuple of str
        For whom it was moved; none if it has one value.
    nation : str
        Of whom the flows are, or ``all`` (everyone).
    why : str
        What holds in every run beside it, and why; empty if nothing does.
    usual : float
        History's value, mean over the days and members.
    flows : dict of str to Curve
        Encounters between ports and departures.
    own : Curve
        What the registry says that it moves.
    """

    lever: Lever
    members: tuple[str, ...]
    nation: str
    why: str
    usual: float
    values: tuple[float, ...]
    flows: dict[str, Curve]
    own: Curve


@cache
def load_findings() -> tuple[Finding, ...]:
    return tuple(Finding(**row) for row in YAML(typ="safe").load(FINDINGS.read_text(encoding="utf-8")))


def values_of(lever: Lever) -> tuple[float, ...]:
    """Values from low to high, and those that findings are about."""
    span = lever.high - lever.low
    if lever.unit in SWITCHES:
        return (lever.low, lever.high)
    parts = MANY_PARTS if span >= MANY else FEW_PARTS
    found = {
        finding.at for finding in load_findings() if finding.lever == lever.id and finding.at is not None
    }
    return tuple(sorted({lever.low + part * span for part in parts} | found))


def setting_of(lever: Lever) -> Setting:
    """What else holds in every run of the lever."""
    if lever.id.endswith(ACCEPTS):
        nation = nation_with(lever.id)
        offered = (move("us.removal_flights_weekly", FLIGHTS, (nation,), id="offered"),)
        return Setting(f"the US offers {FLIGHTS} flights a week", offered)
    return SETTINGS.get(lever.id, Setting(""))


def nation_with(lever: str) -> str:
    """The nationality whose country takes the flights of a lever."""
    name = lever.partition(".")[0]
    return next(nation for nation in NATIONALITIES if id_of(nation) == name)


def movement_of(lever: Lever) -> tuple[str, tuple[str, ...]]:
    """The indicator that a lever moves, other than the two of every picture if there is one, and for whom."""
    movement = min(lever.moves, key=lambda moved: moved[0] in FLOWS)
    return movement[0], () if lever.id in EVERYWHERE else members_of(movement)


def respond(lever: Lever, replicates: int) -> Response:
    """Run a lever along its range, each value beside history with the same luck."""
    indicator, members = movement_of(lever)
    setting, values = setting_of(lever), values_of(lever)
    cell = cell_of(lever, indicator, members)
    if lever.id.endswith(ACCEPTS):
        cell = {"nationality": nation_with(lever.id)}
    parts = [part for member in members for part in member.split("/")]
    nation = cell.get("nationality") or next((part for part in parts if part in NATIONALITIES), ALL)
    base = Policy(setting.given, setting.shocks)
    policies = [
        Policy((*setting.given, move(lever.id, f"{value:.12g}", members)), setting.shocks) for value in values
    ]
    wanted = {name: {"nationality": nation} for name in FLOWS} | {"own": cell}
    found = {name: [] for name in wanted}
    for policy in (base, *policies):
        recordings = recordings_of(policy, replicates)
        for name, where in wanted.items():
            found[name].append(_amount(recordings, indicator if name == "own" else name, **where))
    curves = {
        name: Curve(
            indicator if name == "own" else name,
            rows[0],
            np.array([row - rows[0] for row in rows[1:]]),
        )
        for name, rows in found.items()
    }
    own = curves.pop("own")
    return Response(
        lever,
        members,
        nation,
        setting.why if base != HISTORY else "",
        _usual(lever, members),
        values,
        curves,
        own,
    )


def recordings_of(policy: Policy, replicates: int) -> tuple[Recording, ...]:
    """The runs of a policy; of all but history they are let go, since six thousand would not fit."""
    return (runs_of if policy == HISTORY else runs_of.__wrapped__)(policy, replicates)


def _amount(
    recordings: Sequence[Recording], indicator: str, *, place: str = ALL, nationality: str = ALL
) -> NDArray[np.float64]:
    """An indicator of the six months, float64[replicates]: added up if it is a flow, else the mean of months."""
    cell = list(recordings[0].cells.rows()).index((indicator, place, nationality, ALL))
    months = [recordings[0].periods.index(month) for month in MONTHS]
    amount = np.array([run.values[months, cell].sum() for run in recordings])
    return amount if INDICATORS[indicator].sums_over_periods else amount / len(MONTHS)


@cache
def _history():
    return resolve(parse_scenario(HISTORY.text()))


def _usual(lever: Lever, members: Sequence[str]) -> float:
    """History's value of a lever, mean over the days and the members."""
    policy = _history()
    days = slice(policy.timeline.day_of(BEGINS), policy.timeline.day_of(ENDS) + 1)
    path = policy.levers[lever.id]
    named = [each for member in members for each in lever.members_named(member)] or list(path.members)
    return float(np.mean([path.of(member)[days].mean() for member in named]))


def draw(response: Response) -> bytes:
    """The picture of a lever, as SVG: flows on the left, its own indicator on the right."""
    lever, own = response.lever, response.own
    wide = lever.high - lever.low >= MANY
    nonzero = [value for value in response.values if value > lever.low]
    who = "everyone" if response.nation == ALL else response.nation

    def paint(axes) -> None:
        for name, (label, colour) in FLOWS.items():
            _band(axes[0], response.values, response.flows[name].percent, colour, label)
        axes[0].set_title(f"{who}, % of history", loc="left", fontsize=8)
        axes[0].legend(frameon=False, fontsize=7, loc="best")
        _band(axes[1], response.values, own.change, SCENARIO_COLOUR, own.indicator)
        axes[1].set_title(f"{own.indicator}, {INDICATORS[own.indicator].unit}", loc="left", fontsize=8)
        for ax in axes:
            ax.axhline(0.0, color=EVENT_COLOUR, linewidth=0.6)
            ax.tick_params(labelsize=7)
            if wide:
                ax.set_xscale("symlog", linthresh=nonzero[0])
                ax.set_xlim(lever.low - EDGE * nonzero[0], lever.high * (1.0 + 2.0 * EDGE))
                ax.set_xticks(response.values, [_short(value) for value in response.values])
                ax.minorticks_off()
            elif len(response.values) == 2:
                ax.set_xticks(response.values, [f"{value:g}" for value in response.values])
            if lever.low <= response.usual <= lever.high:
                ax.axvline(response.usual, color=EVENT_COLOUR, linestyle=":", linewidth=1)
            _few_ticks(ax.yaxis)

    return _compact(plot_svg(paint, title=lever.id, columns=2, height=HEIGHT, width=WIDTH))


def _compact(svg: bytes) -> bytes:
    """The same picture in half the bytes: one font, a tenth of a point, no indentation."""
    for what, short in (
        (rb"font-family: '[^;]*;", b"font-family: sans-serif;"),
        (rb"(\d\.\d)\d+", rb"\1"),
        (rb"\n\s*", b"\n"),
        (rb"<metadata>.*?</metadata>\n", b""),
    ):
        svg = re.sub(what, short, svg, flags=re.DOTALL)
    return svg


def _few_ticks(axis) -> None:
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis.set_major_locator(MaxNLocator(TICKS - 1))
    axis.set_major_formatter(FuncFormatter(lambda value, _: _short(value)))


def _band(ax, values: Sequence[float], change: NDArray[np.float64], colour: str, label: str) -> None:
    low, high = np.percentile(change, BAND, axis=1)
    ax.fill_between(values, low, high, color=colour, alpha=0.2, linewidth=0)
    ax.plot(values, change.mean(axis=1), color=colour, marker="o", markersize=2.5, linewidth=1.2, label=label)


def _short(value: float) -> str:
    """A number of an axis: 1,000 as 1k, 1,000,000 as 1M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"


def write_responses(responses: Sequence[Response], settings: str, file: Path = PAGE) -> None:
    """Write the page and, in a folder beside it, a picture of each lever."""
    folder = file.parent / PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    parts = [WORDS.format(begins=BEGINS, ends=ENDS), settings]
    left = list(responses)
    for heading, belongs in GROUPS.items():
        group = [each for each in left if belongs(each.lever)]
        left = [each for each in left if each not in group]
        if group:
            parts.append(f"## {heading}")
        for each in group:
            picture = f"{each.lever.id}.svg"
            (folder / picture).write_bytes(draw(each))
            parts += section(each, f"{PICTURES.as_posix()}/{picture}")
    write(file, parts)


def section(response: Response, picture: str) -> list[str]:
    """A lever: for whom it moved, its picture, what studies say, what the model gives."""
    lever = response.lever
    moved = f" Moved for {', '.join(response.members)}." if response.members else ""
    company = f" In every run: {response.why}." if response.why else ""
    findings = [finding for finding in load_findings() if finding.lever == lever.id]
    said = [
        f"- {'Studies' if SOURCES[finding.source].kind in STUDIES else 'Figures'}: {finding.says} "
        f"Source: {finding.source}."
        for finding in findings
    ]
    asked = [finding.at for finding in findings if finding.at is not None] or [
        lever.low if response.usual >= lever.high else lever.high
    ]
    said += [f"- The model at {value:,.10g}: {_told(response, value)}." for value in dict.fromkeys(asked)]
    return [
        f"### `{lever.id}`",
        f"{lever.label} ({lever.range_text}).{moved}{company}",
        f"![Response curve of {lever.id}]({picture})",
        "\n".join(said if findings else ["- Studies: none known here.", *said]),
    ]


def _told(response: Response, value: float) -> str:
    """What the model gives at one value, with the band of replicates."""
    at = response.values.index(value)
    told = []
    for name, (label, _) in FLOWS.items():
        percent = response.flows[name].percent[at]
        low, high = np.percentile(percent, BAND)
        told.append(f"{label} {percent.mean():+.1f}% ({low:+.1f} to {high:+.1f})")
    change = response.own.change[at]
    low, high = np.percentile(change, BAND)
    unit = INDICATORS[response.own.indicator].unit
    small = max(abs(low), abs(high)) < 10
    form = "+.3f" if small else "+,.0f"
    told.append(f"`{response.own.indicator}` {change.mean():{form}} ({low:{form}} to {high:{form}}) {unit}")
    return ", ".join(told)


def run_study(levers: Sequence[str], replicates: int) -> list[Response]:
    """Each lever along its range."""
    return [respond(LEVERS[lever], replicates) for lever in levers]


def settings_of(replicates: int) -> str:
    return f"Corridor {__version__}, 1:{PEOPLE_PER_AGENT} with {replicates} replicates a value, keyed pairs, seed 1."


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m studies.responses", description="Response curves of levers."
    )
    parser.add_argument("--replicates", type=int, default=REPLICATES)
    asked = parser.parse_args()
    write_responses(run_study(list(LEVERS), asked.replicates), settings_of(asked.replicates))


if __name__ == "__main__":
    main()
