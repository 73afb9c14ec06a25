"""Numbers, dates and names as a reader sees them. Every number on the page is written here. No widgets here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal

import corridor
from corridor.inputs.registries.nationalities import load_nationalities
from corridor.inputs.registries.places import place_names, titled
from corridor_app.words.language import N_, _

Format = Literal["count", "share"]

MINUS = "\u2212"
MISSING = N_("not defined")
LARGE = ((1e9, N_("{number} billion")), (1e6, N_("{number} million")))
DIGITS = 3
SHARE_PLACES = 3
MONTHS = (
    N_("January"), N_("February"), N_("March"), N_("April"), N_("May"), N_("June"),
    N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
)  # fmt: skip
DAYS = (
    N_("Sunday"), N_("Monday"), N_("Tuesday"), N_("Wednesday"), N_("Thursday"), N_("Friday"), N_("Saturday"),
)  # fmt: skip
SHORT = 3
"""Letters of a month on an axis."""
SWITCHES = {"on/off": (N_("off"), N_("on")), "open/closed": (N_("no"), N_("yes"))}
"""Units of levers that are switches, and their two positions."""

PLACES = {"us": N_("United States"), "mexico": N_("Mexico"), "origin": N_("country of origin")}
"""What a result names as a place and places.yaml has no row for."""
PARTIES = {
    "single_adult": N_("single adults"),
    "family_unit": N_("people in families"),
    "unaccompanied_child": N_("unaccompanied children"),
}


def rounded(value: float) -> str:
    """A number to three digits: `2.38 million`, `416,000`, `33.5`. More digits than these mean nothing here."""
    if math.isnan(value):
        return _(MISSING)
    size = abs(value)
    sign = MINUS if value < 0 else ""
    for unit, word in LARGE:
        if float(f"{size:.{DIGITS}g}") >= unit:
            return sign + _(word).format(number=_three_digits(size / unit))
    text = _three_digits(size)
    return sign + (text.rstrip("0").rstrip(".") if "." in text else text)


def _three_digits(size: float) -> str:
    if size == 0:
        return "0"
    places = DIGITS - 1 - math.floor(math.log10(float(f"{size:.{DIGITS}g}")))
    return f"{round(size, places):,.{max(places, 0)}f}"


def people(value: float) -> float:
    """A mean number of people as whole people; NaN stays."""
    return value if math.isnan(value) else float(round(value))


def change(value: float) -> str:
    """A difference with its sign."""
    text = rounded(value)
    if value == 0 or math.isnan(value):
        return text
    return text if value < 0 else f"+{text}"


def relative(value: float) -> str:
    """A difference as a percentage, with its sign; nothing when it is zero or not defined."""
    if not math.isfinite(value) or round(value, SHARE_PLACES) == 0:
        return ""
    size = abs(value) * 100
    text = f"{size:.0f}%" if size >= 10 else f"{size:.1f}%"
    return f"{MINUS if value < 0 else '+'}{text}"


def amount(value: float, shown: Format) -> str:
    """A lever's value: a count with its thousands apart, or a share as a percentage."""
    if math.isinf(value):
        return _("unlimited")
    return f"{value:,.10g}" if shown == "count" else f"{value * 100:.4g}%"


def day_words(day: date) -> str:
    """A date as `1 June 2023`."""
    return _("{day} {month} {year}").format(day=day.day, month=_(MONTHS[day.month - 1]), year=day.year)


def days_words(window: corridor.Window) -> str:
    """The first and the last day of a window: `1 June 2023 to 31 December 2023`."""
    said = _("{first_day} to {last_day}")
    return said.format(first_day=day_words(window.first), last_day=day_words(window.last))


def window_words(window: corridor.Window) -> str:
    """A window as short as a reader can know it: `December 2023`, `2023`, `fiscal year 2023`; else by its days."""
    if window.kind == "month":
        return month_words(window.name)
    if window.kind == "year":
        return window.name
    if window.kind == "fiscal_year":
        return _("US fiscal year {year}").format(year=window.last.year)
    return days_words(window)


def rests_on_words(results: corridor.Results) -> str:
    """Which replicates a number rests on, and of what scale."""
    numbers = results.replicates
    said = _(
        "Means of {count} replicates (numbers {first} to {last}), in which one party stands for {scale}. A run with "
        "others, such as one in a folder of yours, gives numbers that differ a little: of two, use the one with more."
    )
    scale = results.manifest["run"]["people_per_agent"]
    return said.format(count=len(numbers), first=min(numbers), last=max(numbers), scale=scale)


def span_words(period: str) -> str:
    """Days by the name that results give them, `2024-01 to 2024-06`, in the visitor's language."""
    first, to, last = period.partition(" to ")
    if not to:
        return period
    return first if first == last else _("{first} to {last}").format(first=first, last=last)


def left_out_words(shared: corridor.SharedPeriods) -> str:
    """Over what two runs are compared, where one of them reports more; nothing where both report the same."""
    if not shared.left_out or not shared.span:
        return ""
    ends = _("{span} is left out since {scenario} ends on {day}")
    begins = _("{span} is left out since {scenario} begins on {day}")
    why = [
        (ends if each.ends else begins).format(
            span=span_words(each.span), scenario=each.scenario, day=day_words(each.day)
        )
        for each in shared.left_out
    ]
    said = _("Compared over {span}, which both runs cover; {why}.")
    return said.format(span=span_words(shared.span), why=joined(why))


def month_words(period: str) -> str:
    """A month such as `2023-06` as `June 2023`; anything else as it is."""
    if len(period) != len("2023-06"):
        return period
    first = date.fromisoformat(f"{period}-01")
    return _("{month} {year}").format(month=_(MONTHS[first.month - 1]), year=first.year)


def time_words() -> dict[str, Any]:
    """Names of months and days as the axes of charts need them: the fields of Vega's `TimeLocale`."""
    months = [_(month) for month in MONTHS]
    days = [_(day) for day in DAYS]
    return {
        "dateTime": "%d/%m/%Y %H:%M",
        "date": "%d/%m/%Y",
        "time": "%H:%M",
        "periods": ["AM", "PM"],
        "months": months,
        "shortMonths": [month[:SHORT] for month in months],
        "days": days,
        "shortDays": [day[:SHORT] for day in days],
    }


def joined(names: Sequence[str]) -> str:
    """Names in a row: `Venezuela, Cuba and Haiti`."""
    if len(names) < 2:
        return "".join(names)
    return _("{names} and {last}").format(names=", ".join(names[:-1]), last=names[-1])


def span(low: str, high: str) -> str:
    """From one to another: `120 to 300`."""
    return _("{low} to {high}").format(low=low, high=high)


def first_upper(text: str) -> str:
    """A text that begins with a capital letter."""
    return text[:1].upper() + text[1:]


def nationality_words(name: str) -> str:
    """A nationality's name for a reader."""
    known = load_nationalities().get(name)  # results may be of a release that knew others
    return _(known.label if known else name)


def place_name(place: str) -> str:
    """A place's name in English."""
    return PLACES.get(place) or place_names().get(place) or titled(place)


def place_words(place: str) -> str:
    """A place's name for a reader."""
    return _(place_name(place))


NOT_YET_SCORED = N_(
    "**These are scores of an earlier version of the model.** This version, with other mechanisms and a fit to June "
    "2024, has not been scored yet."
)


def skill_words(skill: Mapping[str, Any]) -> str:
    """How far off the model was on months that it had not seen, in a few sentences."""
    ahead = skill["horizons"]
    months = [number for number in ("1", "3", "6", "12") if number in ahead]
    errors = ", ".join(f"{ahead[number]['mape']:.0%}" for number in months)
    simple = ", ".join(f"{ahead[number]['mape_persistence']:.0%}" for number in months)
    last_year = ", ".join(f"{ahead[number]['mape_last_year']:.0%}" for number in months)
    unknown = ", ".join(f"{ahead[number]['mape_announced']:.0%}" for number in months)
    scores = _(
        "On months that its fit had not seen ({first} to {last}), the model was off by {unknown} in all encounters, "
        "{months} months ahead, with only announced policies known; by {errors} with those that came. The same month "
        "last year was off by {last_year}, repeating the last month by {simple}. Three months ahead the model does "
        "better than repeating the last month for {better}, and not for other nationalities."
    ).format(
        first=skill["origins"][0],
        last=skill["origins"][1],
        errors=errors,
        months=", ".join(months),
        unknown=unknown,
        simple=simple,
        last_year=last_year,
        better=joined([nationality_words(name) for name in ahead["3"]["nationalities_better"]]),
    )
    return scores if skill.get("of_this_fit") else f"{_(NOT_YET_SCORED)} {scores}"
