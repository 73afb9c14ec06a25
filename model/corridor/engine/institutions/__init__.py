"""Institutions: governments, agencies, cities and markets as Mesa agents.

Each observes a briefing (people, not agents), decides on its own cadence, and writes settings into the records that
the kernel reads at dawn. None touches a person, and none holds the simulation: what it may see and set is its
`Context`. What one remembers lies in its row of `world["offices"]`, so that a stored state holds it too.

Reading order: `briefing`, `context`, `institution`, `agenda`, then one of them (`us_agencies`, say).
"""

from corridor.engine.institutions.agenda import Agenda
from corridor.engine.institutions.briefing import Briefing
from corridor.engine.institutions.cities import BusLines, ShelterNetwork
from corridor.engine.institutions.context import Context, context_of
from corridor.engine.institutions.copied_levers import CopiedLevers
from corridor.engine.institutions.governments import (
    Colombia,
    Mexico,
    Panama,
    ThirdCountries,
    TransitStates,
    UnitedStates,
)
from corridor.engine.institutions.institution import Institution
from corridor.engine.institutions.mexican_agencies import MigrationInstitute, NationalGuard, RefugeeCommission
from corridor.engine.institutions.smuggling import SmugglingMarket
from corridor.engine.institutions.us_agencies import BorderPatrolSector, RemovalFlights

__all__ = [
    "Agenda",
    "BorderPatrolSector",
    "Briefing",
    "BusLines",
    "Colombia",
    "Context",
    "CopiedLevers",
    "Institution",
    "Mexico",
    "MigrationInstitute",
    "NationalGuard",
    "Panama",
    "RefugeeCommission",
    "RemovalFlights",
    "ShelterNetwork",
    "SmugglingMarket",
    "ThirdCountries",
    "TransitStates",
    "UnitedStates",
    "context_of",
]
