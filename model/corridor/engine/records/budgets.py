"""What people can pay and what the way costs them, by nation, as the kernel reads it (`engine.mechanisms.means`).

Savings are relative to the usual price of a nation: latent demand is that of people for whom the journey can be thought
of, at the price that its file gives. Income a head would say otherwise: the usual price is half a year of it for
Mexicans and sixteen years for Indians, who leave all the same.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from corridor.inputs.compiling.drivers import Drivers
from corridor.inputs.parameters.parameter_set import ParameterSet, load_parameters
from corridor.inputs.registries.nationalities import NATIONALITIES, codes_with

TRANSIT_DAYS = 28.0  # days of a transit over which extortion_mexico_daily is spread: its note


def expected_losses(parameters: ParameterSet) -> np.ndarray:
    """USD a person expects to lose to extortion and ransom on the way, float64[N]; none for those at home in Mexico."""
    p = parameters
    extorted = p["extortion_mexico_daily"].scalar() * TRANSIT_DAYS * p["extortion_usd"].scalar()
    losses = np.full(
        len(NATIONALITIES), extorted + p["kidnapping_mexico_transit"].scalar() * p["ransom_usd"].scalar()
    )
    losses[codes_with("at_home_in_mexico")] = 0.0
    return losses


def share_able(price: np.ndarray, median: np.ndarray, spread: float) -> np.ndarray:
    """Share of people who can pay a price, where what they can pay is lognormal, float64[N]."""
    return special.ndtr(np.log(median / price) / spread)


def share_asking(setting_out: np.ndarray, alone: np.ndarray, helped: np.ndarray) -> np.ndarray:
    """Share with a sponsor of those who intend to leave, from that of those who set out, float64[N].

    Of whom a share `helped` with a sponsor and `alone` without can pay.
    """
    return setting_out * alone / (setting_out * alone + (1.0 - setting_out) * helped)


def fill_budgets(world: np.void, drivers: Drivers) -> None:
    """Set the traits and rules of what people can pay; prices and sponsors of the registry are the usual ones."""
    p, usual = drivers.parameters, load_parameters()
    traits, rules, count = world["traits"], world["rules"], len(NATIONALITIES)
    spread, loan = p["savings_spread"].scalar(), p["sponsor_loan_usd"].scalar()
    price = usual["smuggling_fee_usd"].by_nationality() + expected_losses(usual)
    savings = p["savings_over_price"].scalar() * price
    alone, helped = share_able(price, savings, spread), share_able(price, savings + loan, spread)
    sponsors, usual_sponsors = p["sponsor_share"].by_nationality(), usual["sponsor_share"].by_nationality()
    asking = share_asking(usual_sponsors, alone, helped)
    for name in ("savings", "losses", "usually_able"):
        traits[name] = 1.0  # of rows that hold no nation: any price will do
    traits["savings"][:count] = savings
    traits["losses"][:count] = expected_losses(p)
    traits["sponsor"][:count] = share_asking(sponsors, alone, helped)
    traits["usual_sponsor"][:count] = usual_sponsors
    traits["usually_able"][:count] = asking * helped + (1.0 - asking) * alone
    rules["savings_spread"], rules["sponsor_loan"] = spread, loan
    rules["patrol_exponent"] = p["patrol_exponent"].scalar()
    rules["detours"] = p["detour_response"].scalar()
    rules["guides_days"] = p["smuggler_adjustment_days"].scalar()
    rules["hiding_premium"] = 1.0
    world["nations"]["fee_level"] = 1.0
    world["places"]["patrol"] = world["places"]["reputation"] = 1.0
