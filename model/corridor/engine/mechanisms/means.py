"""What people can pay: who of those who intend to leave has the money for the way, and who of them has a sponsor.

A person pays out of savings and of what a relative in the United States lends. Savings are lognormal about a median;
the loan of a sponsor adds a sum to it. So the share who can pay falls with the price by a closed form, and more steeply
where hardly anyone has a sponsor. Shares are relative to those at the usual price and with the usual sponsors, because
latent demand was estimated at these. Who hides from patrols pays more than who surrenders (`guides`).

Sources: a price elasticity of -0.4 to -0.7 (Gathmann 2008: tripled enforcement, fees up 17 to 30 per cent, flow down 10
per cent); relatives abroad raise the log odds of a first trip by 0.6 to 0.9 (Massey and Aysa-Lastra 2011).

Example: savings of 10,000 USD in the middle with a spread of 1.2, a loan of 5,000 and a price of 10,000. Of those
without a sponsor .50 can pay, with one 1 - Phi(ln(10/15) / 1.2) = .632. Half have a sponsor: .566 can pay, and of those
who leave .316 / .566 = .558 have one.
"""

from __future__ import annotations

from math import erfc, log, sqrt

from corridor.foundations.compiled import mechanism

FEWEST = 1e-12  # share who can pay, so that nothing is divided by nobody


@mechanism
def share_able(price, median, spread):
    """Share of people with at least `price` USD, if their means are lognormal: 1 - Phi(ln(price / median) / spread)."""
    return 0.5 * erfc(log(price / median) / (spread * sqrt(2.0)))


@mechanism
def afford(sponsor, trait, rules, price):
    """Share who can pay `price` USD relative to the usual share, and the share of them with a sponsor.

    `sponsor` is the share who have one of those who intend to leave.
    """
    alone = (1.0 - sponsor) * share_able(price, trait.savings, rules.savings_spread)
    helped = sponsor * share_able(price, trait.savings + rules.sponsor_loan, rules.savings_spread)
    able = max(alone + helped, FEWEST)
    return able / trait.usually_able, helped / able


@mechanism
def update_means(circle, nation, trait, rules):
    """Set who of a circle can pay today, and who of them has a sponsor: those who surrender, and those who hide."""
    price = trait.fee * nation.fee_level + trait.losses
    circle.able, circle.sponsored = afford(circle.sponsor, trait, rules, price)
    price = trait.fee * nation.fee_level * rules.hiding_premium + trait.losses
    circle.able_hidden, circle.sponsored_hidden = afford(circle.sponsor, trait, rules, price)
