"""Shape of everything the kernel stores: fixed-size records, so a replicate can be copied and resumed as bytes.

Mechanisms receive these records and nothing else. Compiled code and plain Python both read `person.heads`; a field
must therefore not bear the name of an attribute of `numpy.record` (checked at the foot of this file).
"""

from __future__ import annotations

import numpy as np

from corridor.engine.records.codes import HARMS, POOLS
from corridor.engine.records.codes import NATIONS as NATIONS
from corridor.engine.records.codes import PLACES as PLACES

PARTIES = 3
GROUPS = NATIONS * PARTIES
EXITS = 12
ROUTES = 8
SECTORS_PER_CITY = 4
SECTORS = 12  # rows for sectors in every leaning
CITIES = 12  # the same for northern cities
CIRCLES = 368  # rows for circles
FAILURES = 8  # as many of a party weigh on its choices; more weigh no more
TIES = 8  # circles that a circle hears from
ANNOUNCERS = 4  # governments whose announcements are heard
RING = 512  # days that the calendar looks ahead; a longer stay is cut to this
LONGEST_STAY = RING - 2
CHUNK_PARTIES = 63
STAY_TABLES = 4
STAY_KNOTS = 257
OFFICES = 64
GOVERNMENTS = 2  # the first offices, whose satisfaction is reported
MILLION = 1e6
REMEMBERED = 255  # as the destination of an exit: the northern city that the party came from


SHARE = "share"  # from 0 to 1: a share, a chance, a hazard a day that is cut at 1
PEOPLE = "people"  # simulated people, or people a day: never below zero
AMOUNT = "amount"  # anything else that is never below zero
_MEASURES: dict[tuple[str, ...], dict[str, str]] = {}


def _record(fields: list) -> np.dtype:
    """A packed record whose instances answer to attribute access in plain Python too.

    A field may say what it measures (`SHARE`, `PEOPLE`, `AMOUNT`) in the place of its type: it is a number of 8 bytes,
    and the guards look at its bounds. Every number that a lever sets says so.
    """
    plain = [(name, "f8" if of in (SHARE, PEOPLE, AMOUNT) else of, *shape) for name, of, *shape in fields]
    record = np.dtype((np.record, np.dtype(plain)))
    _MEASURES[record.names or ()] = {
        name: of for name, of, *_ in fields if isinstance(of, str) and of in (SHARE, PEOPLE, AMOUNT)
    }
    return record


def measures_of(record: np.dtype) -> dict[str, str]:
    """What numbers of a record measure, by field; a field that may be anything is left out."""
    return _MEASURES.get(record.names or (), {})


PERSON = _record(
    [
        ("key", "u8"),  # nation 8 bits, day of departure 24, ordinal 32
        ("since", "u2"),  # day of arrival at the present place
        ("encountered", "u2"),  # 1 + day of the last encounter, 0 for none
        ("tries", "u2"),  # visits in a row at the present place
        ("setbacks", "u2"),  # steps that did not go forward
        ("place", "u1"),
        ("nation", "u1"),
        ("party", "u1"),
        ("heads", "u1"),
        ("attempts", "u1"),
        ("sponsor", "u1"),
        ("evades", "u1"),
        ("city", "u1"),  # northern city last waited in
        ("inclination", "u1"),  # 0 to 255: how ready to evade, fixed for life
        ("route", "u1"),
        ("lost", "u1"),  # members who died
        ("marks", "u1"),  # one bit a kind of harm suffered
        ("stops", "u1"),  # times stopped in Mexico
        ("sector", "u1"),  # number of the sector last crossed
        ("circle", "u2"),  # the people whom it knows: a row of the circles
    ]
)

CHUNK = _record([("following", "i4"), ("padding", "u1", (28,)), ("parties", PERSON, (CHUNK_PARTIES,))])

BUCKET = _record([("head", "i4"), ("tail", "i4"), ("filled", "i4"), ("first", "i4")])

CALENDAR = _record([("buckets", BUCKET, (RING + PLACES,)), ("free", "i4"), ("used", "i4")])

PLACE = _record(
    [
        ("kind", "u1"),
        ("rank", "u1"),  # position along the corridor: an arrival at a lower rank is a setback
        ("table", "u1"),  # row of the table of stays
        ("counted", "u1"),  # 1: people present are added up daily
        ("exits", "u1", (EXITS,)),
        ("stream", "u4"),
        ("boats", "u1"),  # 1: who goes on needs a place on a boat that day
        ("number", "u1"),  # of a sector among sectors, of a northern city among cities
        ("padding", "u1", (6,)),
        ("present", "i8"),  # people, simulated
        ("by_nation", "i8", (NATIONS,)),
        ("capacity", PEOPLE),  # people a day served (custody)
        ("credit", "f8"),
        ("beds", PEOPLE),
        ("street_limit", PEOPLE),  # people held above which custody releases to the street
        ("lateral", PEOPLE),  # people a day that flights can move to other sectors
        ("shelter", PEOPLE),  # places
        ("crowding", AMOUNT),  # multiplies daily harm
        ("robbery", AMOUNT),  # per person-day
        ("extortion", AMOUNT),
        ("kidnapping", AMOUNT),
        ("sexual_violence", AMOUNT),
        ("daily_harm", AMOUNT),  # sum of the four
        ("deadly", SHARE),  # deaths per person and visit
        ("deadly_hidden", SHARE),  # the same of those who hide
        ("kidnapped", SHARE),  # kidnappings per person and visit, beside those of each day
        ("south", SHARE),  # hazard a day of being moved south
        ("surge", PEOPLE),  # people who will cross together tonight
        ("held", PEOPLE),  # people whom kidnappers still take, to be free together
        ("until", "i8"),  # the night on which they are
        ("weight", AMOUNT),  # pull of a sector; of a receiving city its weight today
        ("recent", PEOPLE),  # people a day who came lately (two-week memory)
        ("today", PEOPLE),  # people who came today
        ("feeds", "f8", (EXITS,)),  # share of the place behind each exit that comes from here (cities, forks)
        ("toward", "f8", (EXITS,)),  # today's cumulative choice among the exits, where it is the same for all
        ("patrol", AMOUNT),  # effort between ports, as a multiple of the usual (crossings)
        # what guides think of it: chance of getting through, relative to usual patrols
        ("reputation", AMOUNT),
        ("weight_hidden", AMOUNT),  # attraction today to those who hide (crossings)
    ]
)

TERM = _record(
    [
        ("mean_days", AMOUNT),
        ("detect", SHARE),  # chance a visit
        ("turn_back", SHARE),
        ("quit", SHARE),
        ("admit", AMOUNT),  # hazard a day of a lawful admission at the ports of a northern city
    ]
)

NATION = _record(
    [
        ("noise", "f8"),  # log of demand noise this month
        ("walk", "f8"),  # log of what months past the data added to demand
        ("belief_origin", SHARE),  # chance of being sent back, as it is told at home
        ("belief_border", SHARE),  # the same as those at the border see it
        ("belief_way", SHARE, (ROUTES,)),  # chance that the way fails, by route, as it is told at home
        ("trust", SHARE, (ANNOUNCERS,)),  # in what each government announces
        # what is in the air today, as far as those who announced it are trusted
        ("tighter_origin", SHARE),
        ("tighter_border", SHARE),
        ("looser_origin", SHARE),
        ("looser_border", SHARE),
        ("attracted", SHARE),  # by loosening that is still ahead
        ("haste", AMOUNT),  # before a tightening, added to the log of the crossing hazard
        ("usual_border", SHARE),  # what was seen at the border before anything was announced
        ("failures", PEOPLE),  # memory of a week of consequences at the border, people a day
        ("successes", PEOPLE),
        ("admissions", PEOPLE),
        ("in_vain", PEOPLE),  # waited in the north and gave up
        ("way_failed", PEOPLE, (ROUTES,)),  # returned, turned back, kidnapped, dead, as far as each weighs
        ("way_passed", PEOPLE, (ROUTES,)),  # reached the north of Mexico
        ("newcomers", PEOPLE),  # the same today, in people
        ("perceived_border", SHARE),  # today, with news
        ("leaving", PEOPLE),  # expected people today
        ("parole_today", PEOPLE),
        # of those who wait: hazard a day of crossing if nothing could fail, the odds against it today, and the hazard
        # of giving up; first of those who surrender, then of those who hide
        ("ready", AMOUNT, (2,)),
        ("against", AMOUNT, (2,)),
        ("homeward", AMOUNT, (2,)),
        ("evasion", SHARE, (PARTIES,)),  # share who evade, today
        ("admit", AMOUNT),  # the same for whoever waits, wherever that is
        ("routes", "f8", (ROUTES,)),  # cumulative, of those who begin as they were counted
        ("expel", SHARE, (PARTIES,)),  # share wanted under Title 42
        ("remove", SHARE, (PARTIES,)),  # share wanted under Title 8
        ("to_ice", SHARE, (PARTIES,)),  # share wanted by ICE
        ("fee_level", AMOUNT),  # price of the way to the border, as a multiple of the usual
        ("mpp", SHARE),  # share returned to wait (Remain in Mexico)
        ("unique_year", "i8"),  # people encountered for the first time this year
        ("mexico_pool", "u1"),  # the nation whose cap is shared, for places that Mexico gives
        ("panama_pool", "u1"),
        ("dominican_pool", "u1"),
        (
            "at_home_in_mexico",
            "u1",
        ),  # 1: sent back over the land border; Mexico neither detects nor delays them
        ("counted", "u1"),  # 1: today people begin on some route as they were counted
        ("padding", "u1", (3,)),
        ("first_circle", "u4"),
        ("circles", "u4"),  # how many; 1: all hear of all
    ]
)

# People at home who hear of the same journeys, and decide together whether to go: some rows a nation.
CIRCLE = _record(
    [
        ("share", SHARE),  # of the people of its nation
        ("response", AMOUNT),  # to the chance of failure, as a multiple of its nation's
        ("sponsor", SHARE),  # who has one, of those who intend to leave
        ("ties", "u4", (TIES,)),  # circles that it hears from
        ("pool", PEOPLE),  # people who intend to leave
        ("belief_origin", SHARE),  # chance of being sent back at the border, as it is told here
        ("belief_way", SHARE, (ROUTES,)),  # chance that the way fails, by route
        ("failed", PEOPLE),  # of its own people at the border, since it last listened
        ("passed", PEOPLE),
        ("way_failed", PEOPLE, (ROUTES,)),
        ("way_passed", PEOPLE, (ROUTES,)),
        ("told_failed", PEOPLE),  # the same of the week before: what it tells those who know its people
        ("told_passed", PEOPLE),
        ("told_way_failed", "f4", (ROUTES,)),
        ("told_way_passed", "f4", (ROUTES,)),
        ("able", AMOUNT),  # share who can pay, relative to the usual: of those who surrender
        ("able_hidden", AMOUNT),  # the same of those who hide
        ("sponsored", SHARE),  # of those who can pay and surrender, who have a sponsor
        ("sponsored_hidden", SHARE),
        ("perceived_origin", SHARE),  # chance that the journey fails, with news
        ("willing", AMOUNT),  # share of the pool who would go now
        ("evaders_leaving", SHARE),  # of those who leave, who hide by nature
        ("leaning", SHARE, (ROUTES,)),  # towards routes: adds up to 1
        ("lost", SHARE),  # of those who would go, whose route is closed
        ("routes", "f8", (ROUTES,)),  # cumulative route choice
        ("leaving", PEOPLE),  # expected people today
        ("until", PEOPLE),  # the same, summed up to this circle
    ]
)

# Constants of a run that differ by nation.
TRAIT = _record(
    [
        ("sponsor", "f8"),  # share of those who intend to leave
        ("resolve", AMOUNT, (2,)),  # factor on the odds of giving up, without a sponsor and with one
        ("usual_sponsor", "f8"),  # share of those who set out at the usual price
        ("savings", "f8"),  # USD, median of what people can pay without a sponsor
        ("losses", "f8"),  # USD a person, expected of extortion and ransom on the way
        ("usually_able", "f8"),  # share who can pay the usual price, with the usual sponsors
        ("evader", "f8"),
        ("departure_response", "f8"),
        ("crossing_response", "f8"),
        ("waiting_value", "f8"),
        ("parole_from_pool", "f8"),
        ("fee", "f8"),
        ("entry", "u1", (8,)),  # first place of each route
        (
            "route_pull",
            AMOUNT,
            (ROUTES,),
        ),  # comfort and price of each: how much more of those who lean to it go
    ]
)

# Where a group of people goes to cross: one row a nationality. By number of the sector, or of the city.
LEANING = _record(
    [
        ("share", SHARE, (SECTORS,)),  # the leaning: adds up to 1
        ("heard", PEOPLE, (SECTORS,)),  # of whom news came since it last moved, weighted by how they fared
        ("crossed", PEOPLE),  # people who crossed since it last moved
        ("recent", PEOPLE),  # people a day who lately crossed (two-week memory)
        ("ports", SHARE),  # of the places at ports that are given today
        ("cities", "f8", (EXITS,)),  # cumulative choice among the cities behind the fork before the border
        ("sectors", "f8", (CITIES, SECTORS_PER_CITY)),  # the same among the sectors of each city
        ("cities_hidden", "f8", (EXITS,)),  # both for those who hide, as guides lead them
        ("sectors_hidden", "f8", (CITIES, SECTORS_PER_CITY)),
    ]
)

RULES = _record(
    [
        ("pool_departure", "f8"),
        ("pool_lapse", "f8"),
        ("parole_reference", AMOUNT),  # chance in a month at which half of those with a sponsor wait
        ("noise_sd", "f8"),
        ("noise_persistence", "f8"),
        ("walk_memory", "f8"),  # share of the walk that a month leaves
        ("origin_memory", "f8"),
        ("border_memory", "f8"),
        ("indifference", SHARE),  # chance of failure at which it weighs as much as success
        ("evader_response", "f8"),
        ("evasion_response", "f8"),
        ("family_evasion", "f8"),
        ("crossing_rate", "f8"),
        ("waiting_reference", "f8"),
        ("give_up_rate", "f8"),
        ("hopelessness", AMOUNT),  # what is added to it where no way is open, as a multiple
        ("settling", AMOUNT),  # odds that who gives up in the north stays there
        (
            "toll",
            AMOUNT,
            (FAILURES, 4),
        ),  # on the odds of giving up: failures; unharmed, harmed, the same with children
        ("review_days", "f8"),
        ("apprehension", "f8"),
        ("apprehension_exponent", "f8"),
        ("apprehension_reference", "f8"),
        ("retry_evader_42", "f8"),
        ("retry_evader_8", "f8"),
        ("retry_surrender", "f8"),
        ("sent_back", SHARE),  # of those stopped and not returned home, today
        ("trust_spent", AMOUNT),  # days in which a broken promise uses up trust
        ("trust_returns", AMOUNT),  # days in which it comes back
        ("route_response", AMOUNT),  # of the choice of a route to what is heard of it
        ("route_tries", SHARE),  # who would try any route that is open, whether their own came by it or not
        ("heard_returned", "f8"),  # weight in what is heard at home: of a return by Mexico
        ("heard_sent_back", "f8"),
        ("heard_in_vain", "f8"),
        ("heard_kidnapped", "f8"),
        ("heard_death", "f8"),
        ("kidnapping_days", "f8"),
        ("ransom", "f8"),
        ("extortion", "f8"),
        ("tie_weight", SHARE),  # of what a circle is told by those whom it knows
        ("leaning_days", "f8"),
        ("leaning_follows", SHARE),
        ("failure_draws", SHARE),
        ("quick_processing", "f8"),
        ("stop_chance", SHARE),  # in one transit of Mexico, mean of those whom it stops, today
        ("appointments", PEOPLE),  # a day, CBP One
        ("exceptions", "f8"),  # a day, other lawful entries at ports
        ("ice_asked", PEOPLE),  # people a day whom ICE was lately asked to take (two-week memory)
        ("ice_today", PEOPLE),  # the same today
        ("ice_taken", SHARE),  # of those asked for, that it can take today
        ("hiding_premium", AMOUNT),  # price of who hides over that of who surrenders, over the usual
        ("savings_spread", "f8"),  # of the logarithm of what people can pay
        ("sponsor_loan", "f8"),  # USD
        ("patrol_exponent", "f8"),
        ("detours", "f8"),  # how strongly guides avoid sectors where fewer get through
        ("guides_days", "f8"),  # in which they learn of it
        ("caravan_room", "f8"),  # people that the caravan still takes up
        ("caravan_joins", SHARE),  # of those who arrive where one forms, if nobody were stopped
        ("caravan_safety", AMOUNT),  # what the chance of a stop adds to the log odds of joining
        ("family_sizes", "f8", (4,)),  # cumulative: 2, 3, 4, 5
    ]
)

# The days ahead: what is read at dawn. One row a day, made by `inputs.compiling.drivers`.
OUTLOOK = _record(
    [
        ("demand", "f4", (NATIONS,)),  # people a day
        ("demand_steps", "f4", (NATIONS,)),  # spread that a month adds to its logarithm
        ("family", "f4", (NATIONS,)),  # share of the parties that set out
        ("child", "f4", (NATIONS,)),
        ("people", "f4", (NATIONS,)),  # mean people a party
        ("ways", "f4", (NATIONS, ROUTES)),  # how far each route is open: 0 closed, 1 as usual
        ("ways_change", "u4", (NATIONS,)),  # 1: they are not those of the day before
        ("way_round", "f4", (NATIONS,)),  # share of those whose route is closed who know another
        ("entries", "f4", (NATIONS, ROUTES)),  # people a day, as counted; below 0: modelled
        ("deter_origin", "f4", (NATIONS, ANNOUNCERS)),  # news, by who announced it
        ("deter_border", "f4", (NATIONS, ANNOUNCERS)),
        ("ease_origin", "f4", (NATIONS, ANNOUNCERS)),  # loosening in force, as `deter_origin` is tightening
        ("ease_border", "f4", (NATIONS, ANNOUNCERS)),
        ("attract", "f4", (NATIONS, ANNOUNCERS)),  # loosening that is still ahead
        ("judged", "f4", (NATIONS, ANNOUNCERS)),  # tightening announced that should be seen by now
        ("rush", "f4", (NATIONS, ANNOUNCERS)),  # added to the log of the crossing hazard
        ("parole", "f4", (NATIONS,)),  # people a day admitted by parole
        ("appointment_interest", "f4", (NATIONS,)),
        ("exception_interest", "f4", (NATIONS,)),
        ("attraction", "f4", (PLACES,)),  # of offices: their share of the places at ports
        ("exceptions", "f4"),
        ("new_month", "u4"),
    ]
)

CLOCK = _record(
    [
        ("seed", "u8"),
        ("replicate", "u8"),
        ("day", "i8"),
        ("events", "i8"),
        ("born", "i8"),  # parties
        ("departed", "i8"),  # people, simulated
        ("died", "i8"),
        ("represents", "f8"),  # people for whom one simulated person stands
        ("period_start", "i8"),
        ("year_start", "i8"),
        ("ended", "i8"),  # parties
        ("unsponsored", "i8"),  # people released without a sponsor since the last briefing
        ("fates", "i8"),  # ends of journeys kept so far
        ("keeps_fates", "i8"),
    ]
)

ALLOWANCE = _record([("daily", PEOPLE), ("left", "f8"), ("used", PEOPLE)])

# What institutions learn: people since the last briefing, and what each remembers.
OFFICE = _record(
    [
        ("level", AMOUNT),
        ("cost", AMOUNT),
        ("spent", AMOUNT),
        ("need", AMOUNT),
        ("month", "f8"),
        ("since", "f8"),
        ("satisfaction", SHARE),
        ("died", PEOPLE),  # who had died by the last look, people
        ("deaths", AMOUNT),  # a day, over about a year, people
        ("spare", "f8"),
    ]
)

WORLD = _record(
    [
        ("clock", CLOCK),
        ("rules", RULES),
        ("places", PLACE, (PLACES,)),
        ("terms", TERM, (PLACES, NATIONS)),
        ("nations", NATION, (NATIONS,)),
        ("traits", TRAIT, (NATIONS,)),
        ("leanings", LEANING, (NATIONS,)),
        ("circles", CIRCLE, (CIRCLES,)),
        ("allowances", ALLOWANCE, (POOLS,)),
        ("stays", "f8", (STAY_TABLES, STAY_KNOTS)),
        ("week", "f8", (PLACES, EXITS)),  # people since the last briefing
        ("offices", OFFICE, (OFFICES,)),
        ("calendar", CALENDAR),
    ]
)

# Counts of one reporting period, in simulated people; set to zero when the period has been read.
TALLY = _record(
    [
        ("left", "i4", (PLACES, GROUPS, EXITS)),
        ("entered", "i4", (PLACES, GROUPS)),
        ("harm", "i4", (PLACES, NATIONS, HARMS)),
        ("people_days", "f8", (PLACES, NATIONS)),
        ("overflow_days", "f8", (PLACES,)),
        ("patrol_days", "f8", (PLACES,)),  # days of the usual patrol effort
        ("departed", "i8", (GROUPS,)),
        ("paroled", "f8", (NATIONS,)),
        ("fees", "f8", (NATIONS,)),
        ("travel_days", "f8", (NATIONS,)),
        ("arrived", "f8", (NATIONS,)),
        ("unique", "i8", (NATIONS,)),
        (
            "satisfaction",
            "f8",
            (GOVERNMENTS,),
        ),  # millionths: whole numbers, so that sums do not depend on their order
        ("encounters_today", "f8"),
        ("peak_day", "f8"),
        ("days", "f8"),
    ]
)

# How a party's journey ended, or where it stands when the run ends; see `fates`.
FATE = np.dtype(
    [
        ("key", "u8"),
        ("place", "u1"),
        ("exit", "u1"),  # of the last place, or `DIED`, or `UNDER_WAY`
        ("city", "u1"),
        ("route", "u1"),
        ("party", "u1"),
        ("heads", "u1"),  # alive
        ("lost", "u1"),
        ("marks", "u1"),
        ("stops", "u1"),  # times stopped in Mexico
        ("day", "i4"),
    ]
)
DIED = 255
UNDER_WAY = 254

for _layout in (
    PERSON,
    CHUNK,
    BUCKET,
    CALENDAR,
    PLACE,
    TERM,
    NATION,
    CIRCLE,
    TRAIT,
    LEANING,
    RULES,
    OUTLOOK,
    CLOCK,
    ALLOWANCE,
    OFFICE,
    WORLD,
    TALLY,
):
    if _clash := set(_layout.names or ()) & set(dir(np.record)):
        raise AssertionError(f"field names clash with numpy.record: {_clash}")
if (PERSON.itemsize, CHUNK.itemsize) != (32, 2048):
    raise AssertionError("a person is 32 bytes and a chunk 2,048: the cost of moving people was measured so")
