"""Which institutions a simulation has, in the order in which their memory lies in the world's records."""

from __future__ import annotations

from collections.abc import Iterator

import mesa
import numpy as np

from corridor.engine import institutions as inst
from corridor.inputs.registries.geography import Geography


def found_institutions(
    model: mesa.Model, context: inst.Context, memories: Iterator[np.void], geography: Geography
) -> inst.MigrationInstitute:
    """Found every institution of a model; returns Mexico's migration institute, with which talks deal.

    The first two are the governments of `drivers.GOVERNMENTS`, whose satisfaction the kernel adds up daily.
    """
    inst.UnitedStates(model, context, next(memories))
    inst.Mexico(model, context, next(memories))
    inst.Panama(model, context, next(memories))
    inst.Colombia(model, context, next(memories))
    inst.TransitStates(model, context, next(memories))
    inst.ThirdCountries(model, context, next(memories))
    inst.RefugeeCommission(model, context, next(memories))
    guard = inst.NationalGuard(model, context, next(memories))
    institute = inst.MigrationInstitute(model, context, next(memories), guard)
    for _, place in geography.of_kind("cross"):
        inst.BorderPatrolSector(model, context, next(memories), place.id)
    inst.CopiedLevers(model, context, next(memories))
    inst.RemovalFlights(model, context, next(memories))
    for _, place in geography.of_kind("wait"):
        inst.ShelterNetwork(model, context, next(memories), place.id)
    inst.BusLines(model, context, next(memories))
    inst.SmugglingMarket(model, context, next(memories))
    return institute
