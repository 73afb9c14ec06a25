"""Codes of kinds, exits, harm and allowances: small tuples of integers with names.

Tuples, not enumerations: compiled code freezes them into constants, and a mechanism can return any of them.
"""

from __future__ import annotations

from typing import NamedTuple

from corridor.inputs.registries.nationalities import NATIONALITIES

BLOCK = 8
NATIONS = BLOCK * -(-len(NATIONALITIES) // BLOCK)
"""Rows for nationalities in every record: as many as there are, rounded up to a whole block."""


PLACES = 80
"""Rows for places in every record."""


class KindCodes(NamedTuple):
    """What a place does with a party; one function of the engine for each."""

    SINK: int = 0
    LEG: int = 1
    STATION: int = 2
    FORK: int = 3
    WAIT: int = 4
    CROSS: int = 5
    CUSTODY: int = 6
    RETURN: int = 7


Kind = KindCodes()


class PartyCodes(NamedTuple):
    """Party types, in registry order."""

    SINGLE: int = 0
    FAMILY: int = 1
    CHILD: int = 2


Party = PartyCodes()


class LegCodes(NamedTuple):
    """Exits of a leg."""

    ONWARD: int = 0
    GAVE_UP: int = 1
    TURNED_BACK: int = 2
    DETECTED: int = 3
    JOINED_CARAVAN: int = 4
    WAITED: int = 5  # for a place on a boat


Leg = LegCodes()


class StationCodes(NamedTuple):
    """Exits of a station of Mexico's migration institute (INM)."""

    RELEASED: int = 0
    RETURNED_HOME: int = 1
    MOVED_SOUTH: int = 2


Station = StationCodes()


class WaitCodes(NamedTuple):
    """Exits of a northern city; 0 to 3 are its neighbouring sectors."""

    CROSS_FIRST: int = 0
    ADMITTED: int = 4
    GAVE_UP: int = 5
    MOVED_SOUTH: int = 6
    STAYED: int = 7
    SETTLED: int = 8


Wait = WaitCodes()


class CrossCodes(NamedTuple):
    """Exits of a crossing attempt."""

    APPREHENDED: int = 0
    EVADED: int = 1


Cross = CrossCodes()


class CustodyCodes(NamedTuple):
    """Exits of Border Patrol custody."""

    RELEASED: int = 0
    EXPELLED_TO_MEXICO: int = 1
    EXPELLED_BY_FLIGHT: int = 2
    RETURNED_TO_MEXICO: int = 3
    REMOVED_BY_FLIGHT: int = 4
    THIRD_COUNTRY: int = 5
    TO_ICE: int = 6
    TO_HHS: int = 7
    REMAIN_IN_MEXICO: int = 8
    STREET_RELEASE: int = 9
    LATERAL: int = 10


Custody = CustodyCodes()


class ReturnCodes(NamedTuple):
    """Exits after a return to northern Mexico."""

    TRIES_AGAIN: int = 0
    GAVE_UP: int = 1
    SETTLED: int = 2


Return = ReturnCodes()


class HarmCodes(NamedTuple):
    """Harm counted beside flow; drawn for the party, counted for its members (death: one member)."""

    NONE: int = 0
    ROBBERY: int = 1
    EXTORTION: int = 2
    KIDNAPPING: int = 3
    SEXUAL_VIOLENCE: int = 4
    DEATH: int = 5


Harm = HarmCodes()


HARMS = len(Harm)


class PoolCodes(NamedTuple):
    """First allowance of each family of capacity flows; the nation's code is added, at ports that of the office."""

    MEXICO: int = 0
    FLIGHTS: int = NATIONS
    PANAMA: int = 2 * NATIONS
    DOMINICAN_REPUBLIC: int = 3 * NATIONS
    INM_RETURNS: int = 4 * NATIONS
    BOATS: int = 5 * NATIONS
    ICE: int = 5 * NATIONS + 1
    APPOINTMENTS: int = 5 * NATIONS + 2


Pool = PoolCodes()


POOLS = Pool.APPOINTMENTS + PLACES

# Names of exits in `data/places.yaml`, by kind of place.
EXIT_NAMES: dict[str, dict[str, int]] = {
    "leg": {
        "onward": Leg.ONWARD,
        "gave_up": Leg.GAVE_UP,
        "turned_back": Leg.TURNED_BACK,
        "detected": Leg.DETECTED,
        "joined_caravan": Leg.JOINED_CARAVAN,
    },
    "station": {
        "released": Station.RELEASED,
        "returned_home": Station.RETURNED_HOME,
        "moved_south": Station.MOVED_SOUTH,
    },
    "wait": {
        "admitted": Wait.ADMITTED,
        "gave_up": Wait.GAVE_UP,
        "moved_south": Wait.MOVED_SOUTH,
        "settled": Wait.SETTLED,
    },
    "cross": {"apprehended": 0, "evaded": 1},
    "custody": {name.lower(): code for name, code in Custody._asdict().items()},
    "return": {
        "tries_again": Return.TRIES_AGAIN,
        "gave_up": Return.GAVE_UP,
        "settled": Return.SETTLED,
    },
}
