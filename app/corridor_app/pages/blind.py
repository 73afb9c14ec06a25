"""The blind record: what a version said of months that nobody who made it had seen, and what came. Failures first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

import corridor
from corridor.outputs.rows import ENCOUNTERS
from corridor_app.charts import blind
from corridor_app.charts.chart import EVERYONE, breakdown_words
from corridor_app.choices import state
from corridor_app.choices.told import left_out
from corridor_app.widgets.downloads import save_csv
from corridor_app.widgets.own_figures import ask_figures
from corridor_app.widgets.page import note_what_is_english, small
from corridor_app.words.foreign import Unknown, shortened
from corridor_app.words.language import N_, _
from corridor_app.words.texts import read_text
from corridor_app.words.wording import joined, month_words, rounded

NAME = "blind"
"""Of the page, in addresses."""

LINK_KEYS = (state.RECORD, state.SERIES, state.PART)
"""What this page reads of a link."""

FIRST_SERIES = "encounters_usbp"
NEXT = "0.2.0"
"""The version of which `blind_waits.md` says what is distrusted in it."""

CLAIMED = {
    "yes": N_("Months of which it claims a level"),
    "no": N_("Months of which it claims nothing"),
}


def show() -> None:
    st.title(_("The blind record"))
    st.markdown(read_text("blind.md"))
    records = [corridor.read_blind_record(name) for name in corridor.blind_names()]
    scores = corridor.load_blind_scores()
    _failed(scores)
    st.subheader(_("Who knew what"))
    st.markdown(read_text("blind_known.md"))
    _frozen(records, scores)
    _said_and_came(records, scores)


def _failed(scores: pd.DataFrame) -> None:
    st.subheader(_("What failed"))
    for version in dict.fromkeys(scores["record"]):
        found = scores.loc[scores["record"] == version]
        st.markdown(failure_words(found))
        st.table(blind.score_table(found))
        small(
            _(
                "Error: the sum of absolute errors of months over the sum of what was observed. The last month held, "
                "and the same month last year, need no model."
            )
        )
    st.markdown(read_text("blind_failed.md"))


def failure_words(scores: pd.DataFrame) -> str:
    """What the scores of one version come to: all encounters, and in how many series it lost."""
    row = scores.loc[scores["indicator"] == ENCOUNTERS].iloc[0]
    lost, judged = blind.lost(scores)
    words = _(
        "Version {version} said {said} encounters for {first} to {last}; {came} came. **Its months were off by "
        "{error}. Holding the last known month was off by {held}, the same months of the year before by {year}.** "
        "Its 80% band held {inside} of {months} months. It lost to the better of these two simple forecasts in "
        "{lost} of {judged} series."
    )
    return words.format(
        version=row["record"],
        said=rounded(row["projected"]),
        came=rounded(row["observed"]),
        first=month_words(row["first"]),
        last=month_words(row["last"]),
        error=f"{row['wape']:.0%}",
        held=f"{row['wape_last_month']:.0%}",
        year=f"{row['wape_last_year']:.0%}",
        inside=row["in_80"],
        months=row["months"],
        lost=lost,
        judged=judged,
    )


def _frozen(records: Sequence[corridor.BlindRecord], scores: pd.DataFrame) -> None:
    st.subheader(_("Frozen records"))
    st.table(record_table(records, scores))
    small(
        _(
            "The hash is of the manifest, which holds a hash of every file of the record. A record with one digit "
            "changed is refused."
        )
    )
    st.markdown(f"**{_('What the bands hold')}**")
    st.table(blind.contents(records))
    for record in records:
        st.markdown(_("**Version {version}**, hash of its record:").format(version=record.name))
        st.code(record.seal, language=None, wrap_lines=True)
        st.markdown("\n".join(f"- {_(note)}" for note in record.manifest["notes"]))


def record_table(records: Sequence[corridor.BlindRecord], scores: pd.DataFrame) -> pd.DataFrame:
    """The frozen records: a column a version, which a phone has room for."""
    columns = {}
    for record in records:
        found = scores.loc[scores["record"] == record.name]
        until = _("to {month}").format(month=month_words(found["last"].max())) if len(found) else _("not yet")
        columns[_("version {version}").format(version=record.name)] = {
            _("scenario"): record.manifest["scenario"],
            _("known to"): month_words(record.manifest["known_to"]),
            _("months"): _("{first} to {last}").format(
                first=month_words(record.periods[0]), last=month_words(record.periods[-1])
            ),
            _("level claimed to"): month_words(record.manifest["claimed_to"]),
            _("scored"): until,
        }
    return pd.DataFrame(columns).rename_axis(_("record"))


def waiting(records: Sequence[corridor.BlindRecord], scores: pd.DataFrame) -> str:
    """The record that waits for its months: the last that was not scored, or else the last."""
    names = [each.name for each in records]
    unscored = [name for name in names if name not in set(scores["record"])]
    return (unscored or names)[-1]


def _said_and_came(records: Sequence[corridor.BlindRecord], scores: pd.DataFrame) -> None:
    by_name = {each.name: each for each in records}
    next_one = waiting(records, scores)
    st.subheader(_("Month by month"))
    frozen = by_name[next_one]
    st.markdown(
        _(
            "Version {version} waits to be scored. It says {first} to {last}, and claims a level to {claimed}. **Past "
            "that nothing is claimed**: those months are kept so that they can be scored apart. It is a projection "
            "conditional on its scenario, not a forecast."
        ).format(
            version=next_one,
            first=month_words(frozen.periods[0]),
            last=month_words(frozen.periods[-1]),
            claimed=month_words(frozen.manifest["claimed_to"]),
        )
    )
    record, indicator, cell = _choose(by_name, next_one)
    drawn = st.container()
    st.subheader(_("Score a record yourself"))
    st.markdown(
        _(
            "Bring a file of what came: CBP's nationwide encounters as CSV, or a table with the columns indicator, "
            "period and value (and place, nationality, party). The version that is chosen above is scored on it. The "
            "file is forgotten when you leave. The command line does the same:"
        )
    )
    st.code(f"corridor blind {record.name} OBSERVED.csv", language=None)
    asked = ask_figures("blind")
    own = _scored(record, asked.series) if asked is not None else None
    with drawn:
        _draw(record, indicator, cell, own, scores)


def _choose(
    records: dict[str, corridor.BlindRecord], default: str
) -> tuple[corridor.BlindRecord, str, blind.Cell]:
    """The record and the series that are drawn, kept in the address."""
    left, middle, right = st.columns([1, 2, 2])
    with left:
        name = _choose_one(state.RECORD, _("Version"), list(records), default, str)
    record = records[name]
    with middle:
        indicators = blind.indicators_of(record)
        indicator = _choose_one(state.SERIES, _("Series"), indicators, FIRST_SERIES, blind.series_words)
    with right:
        cells = blind.cells_of(record, indicator)
        of = _choose_one(state.PART, _("Of whom, or where"), list(cells), EVERYONE, breakdown_words)
    return record, indicator, cells[of]


def _choose_one(key: str, label: str, options: Sequence[str], usual: str, say: Callable[[str], str]) -> str:
    first = usual if usual in options else options[0]
    given = st.query_params.get(key)
    if given is not None and given not in options and key not in st.session_state:
        st.warning(left_out(key, Unknown(N_("there is nothing of this name to choose"), given, options)))
    state.read_choice(key, options, first)
    chosen = st.selectbox(label, options, format_func=say, key=key) or first
    state.write_choice(key, chosen, first)
    return chosen


def _draw(
    record: corridor.BlindRecord,
    indicator: str,
    cell: blind.Cell,
    own: corridor.BlindScores | None,
    scores: pd.DataFrame,
) -> None:
    """The chart, what it shows in words, and the months behind it."""
    rows = blind.record_rows(record, indicator, cell)
    published = blind.shown_published(rows, blind.published_rows(indicator, cell))
    title = blind.series_words(indicator)
    if any(each != EVERYONE for each in cell):
        title = f"{title}: {breakdown_words(next(each for each in cell if each != EVERYONE))}"
    brought = blind.own_rows(own, indicator, cell)
    words = blind.describe(title, record, rows, published, brought)
    drawn = blind.blind_chart(
        rows,
        published,
        brought,
        title=title,
        unit=_(blind.unit_of(indicator)),
        description=words,
    )
    st.altair_chart(drawn, width="stretch")
    small(words)
    if later := later_words(rows, published, scores.loc[scores["record"] == record.name]):
        small(later)
    with st.expander(_("The chart as a table")):
        st.table(blind.month_table(rows, published))
    save_csv(
        rows.drop(columns=["date", "low", "high"]),
        f"blind-{record.name}.csv",
        N_("the series of the record as it was frozen: mean, quantiles, and both simple forecasts"),
    )
    if record.name == NEXT:
        st.markdown(read_text("blind_waits.md"))


def later_words(rows: pd.DataFrame, published: pd.DataFrame, scores: pd.DataFrame) -> str:
    """What is drawn of the months and is in no score, published after the version was scored; and the error with it."""
    if scores.empty:
        return ""
    scored_to = scores["last"].max()
    later = [month_words(row["period"]) for row in published.to_dict("records") if row["period"] > scored_to]
    if not later:
        return ""
    words = _(
        "The score above ends with {month}. Published since, drawn here, and not in it: {later}. With that this "
        "series is off by {error}."
    )
    return words.format(
        month=month_words(f"{scored_to}"), later=joined(later), error=f"{blind.error_of(rows, published):.0%}"
    )


def _scored(record: corridor.BlindRecord, series: corridor.ObservedSeries) -> corridor.BlindScores | None:
    """Scores of a record on a visitor's figures: what it claims, and apart what it does not."""
    try:
        found = corridor.score_blind(record, series)
    except corridor.InputError:
        st.info(_("The record and your figures have no month and no series in common."))
        return None
    whole = blind.wholes(found.scores)
    if whole.empty:
        st.info(_("Your figures are by nationality, place or party only; `corridor blind` scores those too."))
    for claimed, words in CLAIMED.items():
        group = whole.loc[whole["claimed"] == claimed]
        if len(group):
            st.markdown(f"**{_(words)}**")
            st.table(blind.score_table(group))
    if found.notes:
        note_what_is_english(N_("Notes on the file are in English, as the command line writes them."))
        st.text(shortened("\n".join(found.notes)))
    save_csv(found.months, "blind-months.csv", N_("the record beside your figures, by month"))
    return found
