"""Institutions: governments, agencies, cities and markets as Mesa agents.

Each observes a briefing (people, not agents), decides on its own cadence, and writes settings into the records that
the kernel reads at dawn. None touches a person. What one remembers lies in its row of `world["offices"]`, so that a
stored state holds it too.
"""

from corridor.engine.institutions.briefing import Briefing
from corridor.engine.institutions.cities import BusLines, ShelterNetwork
from corridor.engine.institutions.copied_levers import CopiedLevers
from corridor.engine.institutions.governments import (
    Mexico,
    Panama,
    ThirdCountries,
    TransitStates,
    UnitedStates,
)
from corridor.engine.institutions.institution import Institution
from corridor.engine.institutions.mexican_agencies import MigrationInstitute, NationalGuard
from corridor.engine.institutions.smuggling import SmugglingMarket
from corridor.engine.institutions.us_agencies import BorderPatrolSector, RemovalFlights

__all__ = [
    "BorderPatrolSector",
    "Briefing",
    "BusLines",
    "CopiedLevers",
    "Institution",
    "Mexico",
    "MigrationInstitute",
    "NationalGuard",
    "Panama",
    "RemovalFlights",
    "ShelterNetwork",
    "SmugglingMarket",
    "ThirdCountries",
    "TransitStates",
    "UnitedStates",
]
