"""Batch: bring scenario files, see what is wrong with them at its place, run those that are right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

import corridor
from corridor_app.jobs import runs, uploads
from corridor_app.jobs.visitors import visitor
from corridor_app.widgets.page import note_what_is_english, small
from corridor_app.widgets.scenario_runs import note_left_out, show_progress
from corridor_app.widgets.window_choice import choose_window
from corridor_app.words.foreign import plain, shortened
from corridor_app.words.language import N_, _

REPLICATES = 10
RAN = "batch-ran"
DAYS = "batch-window"


def show() -> None:
    runs.readers().prepare()
    st.title(_("Run your own scenarios"))
    st.markdown(
        _(
            "Bring scenario files in YAML. Each is checked as `corridor validate` checks it, then compared with its "
            "baseline. A scenario must extend one that is shipped. The subject is people, many of them in danger: "
            "the results are counts of a model, not observations and not a forecast."
        )
    )
    note_what_is_english(
        N_("Most of what is wrong in a file is said in English, as the command line says it.")
    )
    given = st.file_uploader(
        _("Scenario files"),
        type=["yaml", "yml"],
        accept_multiple_files=True,
        key="batch-files",
        max_upload_size=1,
        help=_("At most {files} files of {size} KB.").format(
            files=uploads.MOST_FILES, size=uploads.MOST_BYTES // 1024
        ),
    )
    files = [(each.name, each.read(uploads.MOST_BYTES + 1)) for each in given or []]
    for each in given or []:
        each.seek(0)
    found = uploads.read_uploads(files, runs.readers(), visitor())
    for each in found:
        _what_was_read(each)
    good = [each for each in found if each.scenario is not None]
    scenarios = [each.scenario for each in good if each.scenario is not None]
    asked = tuple(runs.run_key(each, REPLICATES, each.run.seed) for each in scenarios)
    if st.button(_("Run"), disabled=not scenarios, type="primary", key="batch-run"):
        st.session_state[RAN] = asked
    if scenarios and st.session_state.get(RAN) == asked:
        _results(scenarios, {each.scenario.name: each.yaml for each in good if each.scenario is not None})


def _what_was_read(upload: uploads.Upload) -> None:
    """What a visitor wrote is shown as plain text only."""
    if upload.scenario is None:
        st.error(_("This file cannot be run."))
        st.code(shortened(upload.errors), language=None, wrap_lines=True)
        return
    words = _("{file}: {scenario} extends {parent}: ready to run")
    names = {"file": upload.file, "scenario": upload.scenario.name, "parent": upload.scenario.extends}
    st.text(shortened(words.format(**names)))
    name = f"{upload.scenario.name}.yaml"
    st.download_button(
        plain(name),
        upload.yaml,
        file_name=name,
        mime="application/yaml",
        on_click="ignore",
        key=f"batch-yaml-{name}",
        help=_("The scenario as it was read and checked."),
    )


def _results(scenarios: Sequence[corridor.Scenario], yaml: Mapping[str, str]) -> None:
    outcomes: list[runs.Outcome] = []
    place = st.empty()
    for number, scenario in enumerate(scenarios, 1):
        before = _("Scenario {number} of {total}.").format(number=number, total=len(scenarios)) + " "
        try:
            outcomes.append(
                runs.run(
                    scenario,
                    corridor.load_scenario(scenario.baseline_name or "history"),
                    replicates=REPLICATES,
                    seed=scenario.run.seed,
                    progress=lambda done, total, before=before: show_progress(place, done, total, before),
                )
            )
        except corridor.CorridorError as error:
            st.error(_("This scenario could not be run; the others go on."))
            st.code(shortened(f"{scenario.name}: {error}"), language=None, wrap_lines=True)
    place.empty()
    if not outcomes:
        return
    st.subheader(_("What each changes"))
    pairs = [(each.baseline, each.scenario) for each in outcomes if each.baseline is not None]
    shown = choose_window(pairs, DAYS)
    if shown is not None:
        table = uploads.summary_table(outcomes, shown.window).set_index(_("scenario"))
        st.table(table.rename(index=plain))
    for each in outcomes:
        note_left_out(each)
    small(
        _(
            "One window holds for all rows: only months that every scenario and its baseline cover wholly. The "
            "interval holds 80% of {replicates} paired differences; it shows chance, not doubt about the model."
        ).format(replicates=REPLICATES)
    )
    st.download_button(
        "results.zip",
        lambda: uploads.pack(outcomes, yaml, shown.asked if shown else None),
        file_name="results.zip",
        mime="application/zip",
        on_click="ignore",
        key="batch-zip",
        help=_("Replicates, summary and comparison of each scenario, and its YAML as it was read."),
    )
