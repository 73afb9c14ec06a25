"""Full scale on Explore: how far the job behind the page is, and its numbers beside those of the quick look."""

from __future__ import annotations

import math
import shlex
from dataclasses import replace
from uuid import uuid4

import pandas as pd
import streamlit as st

import corridor
from corridor_app.charts.headlines import HEADLINES, Measure, measure
from corridor_app.choices.changes import PEOPLE_PER_AGENT
from corridor_app.jobs import runs, visitors
from corridor_app.jobs.full_scale import FULL_SCALE, Request, Stage, Status, replicates_asked
from corridor_app.widgets.downloads import download_row, offered, one_of
from corridor_app.widgets.page import LONGEST_REASON, small
from corridor_app.widgets.window_choice import Chosen
from corridor_app.words.foreign import plain
from corridor_app.words.language import _
from corridor_app.words.wording import change, people, relative, rounded

POLL_SECONDS = 1.0
"""Seconds between two looks at a job under way; none is made when it has ended."""

VISITOR, STOPPED = "visitor", "full_scale_stopped"
MINUTE = 60
FEW = 10
"""Pairs below which an interval is no more than a hint of how far chance reaches."""


def show(
    quick: runs.Outcome,
    scenario: corridor.Scenario,
    against: corridor.Scenario | None,
    shown: Chosen,
    seed: int,
) -> None:
    """Ask for the full-scale runs of what the quick look shows, and draw how far they are or what they say.

    Nothing where the server is told to run none (see `corridor_app.jobs.full_scale.replicates_asked`).
    """
    if not replicates_asked():
        return
    scenarios = (scenario,) if against is None else (against, scenario)
    request = Request(scenarios, replicates_asked(), seed)
    polling = _is_under_way(*_status(request))
    st.fragment(_draw, run_every=POLL_SECONDS if polling else None)(quick, request, shown, polling)


def _status(request: Request) -> tuple[Status, bool]:
    """How far the job is, asked for unless the visitor has stopped it; and whether that is so."""
    visitor = st.session_state.setdefault(VISITOR, uuid4().hex)
    stopped = st.session_state.setdefault(STOPPED, {}).get(request.key)
    if stopped is not None:
        return stopped, True
    return runs.full_scale_queue().ask(visitor, request, address=visitors.visitor()), False


def _is_under_way(status: Status, stopped: bool) -> bool:
    return status.under_way and not stopped


def _draw(quick: runs.Outcome, request: Request, shown: Chosen, polling: bool) -> None:
    status, stopped = _status(request)
    if _is_under_way(status, stopped) != polling:
        st.rerun()  # begins or ends the looks
    with st.container(border=True):
        st.markdown(f"**{_('Full scale')}** :small[:gray[{_('everyone simulated, not one for fifty')}]]")
        if stopped:
            _show_stopped(status, request)
        elif status.stage is Stage.FAILED:
            st.warning(
                _("The full-scale runs stopped: {problem}").format(
                    problem=plain(status.problem, LONGEST_REASON)
                )
            )
            _go_on_button(request)
        elif status.stage is Stage.DONE:
            _results(quick, status.results, request, shown)
        else:
            st.progress(status.done / status.total, progress_words(status))
            st.button(
                _("Cancel"),
                key="full-scale-cancel",
                on_click=_stop,
                args=(request, status),
                help=_("Runs that are finished are kept."),
            )


def progress_words(status: Status) -> str:
    """How far a job is: `Full scale: 3 of 8 runs, about 20 s left`."""
    if status.stage is Stage.REFUSED:
        return _("Too many visitors wait for full scale; this page asks again.")
    if status.stage is Stage.WAITING:
        if status.ahead:
            return _("Waiting for {ahead} other jobs at full scale").format(ahead=status.ahead)
        return _("Full scale begins when the sliders rest")
    words = _("Full scale: {done} of {total} runs").format(done=status.done, total=status.total)
    left = status.seconds_left
    if left is None:
        return words
    if left < MINUTE:
        return words + _(", about {seconds} s left").format(seconds=max(1, round(left)))
    return words + _(", about {minutes} min left").format(minutes=math.ceil(left / MINUTE))


def _show_stopped(status: Status, request: Request) -> None:
    words = _("Cancelled: {done} of {total} runs are finished and kept.")
    st.markdown(words.format(done=status.done, total=status.total))
    _go_on_button(request)


def _go_on_button(request: Request) -> None:
    st.button(_("Go on"), key="full-scale-go-on", on_click=_go_on, args=(request,))


def _stop(request: Request, status: Status) -> None:
    st.session_state[STOPPED][request.key] = status
    runs.full_scale_queue().leave(st.session_state[VISITOR])


def _go_on(request: Request) -> None:
    st.session_state[STOPPED].pop(request.key, None)
    runs.full_scale_queue().ask(st.session_state[VISITOR], request, address=visitors.visitor(), again=True)


def _results(
    quick: runs.Outcome, results: tuple[corridor.Results, ...], request: Request, shown: Chosen
) -> None:
    full = runs.Outcome(results[-1], results[0] if len(results) > 1 else None)
    compared = full.baseline is not None
    same = _first(quick, request.replicates)
    st.table(_rows(same, full, shown.window))
    said = (
        _("{n} pairs at full scale, beside the same {same} of the {quick} in the quick look.")
        if compared
        else _("{n} runs at full scale, beside the same {same} of the {quick} in the quick look.")
    )
    words = said.format(
        n=request.replicates, same=len(same.scenario.replicates), quick=len(quick.scenario.replicates)
    )
    if compared:
        words += " " + _(
            "Differences are means of the pairs; in brackets the interval of 80% of them, which holds chance alone."
        )
    if request.replicates < FEW:
        words += " " + _(
            "So few runs show well what scale does, but hardly the level of many or how far chance reaches."
        )
    small(words)
    small(
        _(
            "In a quick look one party stands for {scale}. In twenty runs of history the means of yearly encounters, "
            "returns and people waiting are within 1% of those of the same runs at full scale; deaths are coarse. Runs "
            "differ among themselves by more (standard deviation 3% to 9%), so a mean of few can be several percent "
            "off the headline numbers, which hold all runs of the quick look. Here that column holds only runs that "
            "full scale has too. Compare a scenario with its baseline in one column only."
        ).format(scale=PEOPLE_PER_AGENT)
    )
    _downloads(full, request, shown)


def _first(outcome: runs.Outcome, number: int) -> runs.Outcome:
    """The first runs of an outcome: those that draw the same demand as as many at another scale."""

    def cut(results: corridor.Results) -> corridor.Results:
        return replace(
            results,
            values=results.values[:number],
            draws=results.draws[:number],
            replicates=results.replicates[:number],
        )

    return runs.Outcome(cut(outcome.scenario), None if outcome.baseline is None else cut(outcome.baseline))


def _rows(quick: runs.Outcome, full: runs.Outcome, window: corridor.Window) -> pd.DataFrame:
    """Two rows a headline number, its value and what differs from the baseline: at full scale, in the quick look."""
    words, values = [], []
    for headline in HEADLINES:
        found = [measure(each.scenario, each.baseline, window, headline.indicator) for each in (full, quick)]
        words.append(_(headline.title))
        values.append(
            [_("not reported") if each is None else rounded(people(each.scenario)) for each in found]
        )
        if full.baseline is not None:
            words.append(_("difference"))
            values.append([_difference(each) for each in found])
    columns = [_("Full scale"), _("Quick look, 1:{scale}").format(scale=PEOPLE_PER_AGENT)]
    return pd.DataFrame(values, index=pd.Index(words), columns=pd.Index(columns))


def _difference(found: Measure | None) -> str:
    if found is None or math.isnan(found.difference):
        return ""
    low, high = people(found.low), people(found.high)
    if (low, high) == (0, 0):
        return _("no difference")
    share = relative(found.relative)
    middle = change(people(found.difference)) + (f", {share}" if share else "")
    return _("{middle} ({low} to {high})").format(middle=middle, low=change(low), high=change(high))


def _downloads(full: runs.Outcome, request: Request, shown: Chosen) -> None:
    with st.container(horizontal=True):
        download_row(
            offered(full),
            lambda file: one_of(full.files(shown.asked), file),
            key="save-full",
            label=_("{file} at full scale"),
            saved_as="full-scale-{file}",
        )
    named = "" if shown.asked is None or full.baseline is None else f" --window {shlex.quote(shown.asked)}"
    small(
        _("The command line makes these files too, with `{options}`.").format(
            options=f"--replicates {request.replicates} --people-per-agent {FULL_SCALE}{named}"
        )
    )
