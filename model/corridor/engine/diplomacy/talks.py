"""The talks: monthly rounds, summits in a crisis, promises that are kept, wane, lapse or break.

    from `start`: weekly    promises are looked after: Congress and courts act, money fails, compliance wanes, terms end
                  weekly    a crisis calls a summit
                  monthly   a round; and on the day of a summit
                  monthly   third parties

A round looks at the statistics that are out, works out every package (`packages`) and takes the one that both prefer
(`bargaining`). What is agreed is announced at once and takes effect after days, or late or never where Congress must
act. A promise whose term is over holds until the next round, which renews it or lets it lapse. Document items 1 to 22,
41 to 50 and 68 to 74; mechanisms study, section 16 (Adamson and Tsourapas 2018; Putnam 1988).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

import mesa
import numpy as np

from corridor.engine.diplomacy.bargaining import Bargain, bargain
from corridor.engine.diplomacy.enactment import Enactment
from corridor.engine.diplomacy.negotiator import (
    COURT,
    DELAYS,
    FATES,
    PARTIES,
    Negotiator,
    misjudge,
    uniforms_of,
)
from corridor.engine.diplomacy.packages import Worth, package_worths_of, worths
from corridor.engine.diplomacy.statistics import Bulletin, Situation
from corridor.engine.institutions.agenda import Agenda
from corridor.engine.institutions.briefing import Briefing
from corridor.engine.institutions.context import Context
from corridor.engine.institutions.institution import Institution
from corridor.engine.institutions.mexican_agencies import MigrationInstitute
from corridor.engine.recording.book import NEVER, Entry, Promise
from corridor.foundations.timeline import DAYS_PER_MONTH, MONTHLY, WEEKLY
from corridor.inputs.compiling.drivers import GOVERNMENTS
from corridor.inputs.registries.bargain_items import ISSUES, SIDE_DEALS, Ratifier

WAIT_FOR_SUMMIT = 4 * WEEKLY  # a crisis calls no summit so soon after another meeting
VETO_RESTS = 26 * WEEKLY  # before senators are asked again
HUNDRED_MILLION = 1e8
NO_AGREEMENT = Bargain(-1, (np.nan, np.nan), -1, -1)
NUMBERS = {name: number for number, name in enumerate((*ISSUES, *SIDE_DEALS))}


def words(package: dict[str, int], now: Situation) -> str:
    """A package in words of the registry: what is new in it, and what it renews."""
    new = [
        f"{name}={ISSUES[name].steps[step].id}"
        for name, step in package.items()
        if step > now.steps[name] or (step and ISSUES[name].fades)
    ]
    return " ".join(new) or "as it is"


class Talks(Institution):
    """Convenes the parties, and looks after what they promised.

    Parameters
    ----------
    model, context
        As of every institution.
    memories : iterator of numpy.void
        Rows of memory: its own, then one for each party.
    enactment : Enactment
        Where promises change the days ahead.
    agenda : Agenda
        Who must be told of it.
    bulletin : Bulletin
        The statistics that are out.
    institute : MigrationInstitute
        Whose need of money both sides know.
    key : tuple of int
        Seed and number of the replicate.

    Attributes
    ----------
    book : list of Entry
        Everything that happened, in order.
    promises : dict of str to Promise
        The last promise of each issue, and of each side deal.
    """

    cadence_days = WEEKLY

    def __init__(
        self,
        model: mesa.Model,
        context: Context,
        memories: Iterator[np.void],
        *,
        enactment: Enactment,
        agenda: Agenda,
        bulletin: Bulletin,
        institute: MigrationInstitute,
        key: tuple[int, int],
    ):
        super().__init__(model, context, next(memories))
        self.enactment, self.agenda, self.bulletin, self.institute = enactment, agenda, bulletin, institute
        self.bargaining = bargaining = enactment.bargaining
        p = self.parameters
        weighed = worths(p, bargaining)
        self.parties = {
            party: Negotiator(model, context, next(memories), party, weighed[party]) for party in PARTIES
        }
        self.table = package_worths_of(enactment.compiled)
        names = ("power_us", "crisis_encounters", "summit_days", "action_days", "congress_acts", "congress_days",
                 "senators_veto", "court_cancels", "compliance_half_life", "breach_level", "term_days",
                 "closure_days", "thaw_with_mexico")  # fmt: skip
        self.constants = {name: p[name].scalar() for name in names}
        self.trade = (
            p["trade_loss_daily_usd"].by(self.context.levers["us.crossings_closed"].members) / HUNDRED_MILLION
        )
        self.first_round = -(-bargaining.start // WEEKLY) * WEEKLY
        first = self.first_round // WEEKLY
        weeks = self.context.timeline.days // WEEKLY + 1 - first
        self.luck = uniforms_of(*key, first, weeks)
        self.misjudged = misjudge(self.luck, p["talks_misjudgement"].scalar())
        self.book: list[Entry] = []
        # The situation at each meeting, and whether Venezuela takes flights from Mexico.
        self.seen: list[tuple[Situation, bool]] = []
        self.promises: dict[str, Promise] = {}
        self.barred: dict[str, int] = {}  # until when senators are not asked again
        self.summit = NEVER
        self.last_meeting = self.first_round - MONTHLY
        self.closed_on = NEVER

    # --- the week ---------------------------------------------------------------------------------------------

    def act(self, briefing: Briefing) -> None:
        today = self.context.today
        if today < self.first_round:
            return
        self.look_after_promises(today)
        self.reopen_in_vain(today)
        crisis = briefing.encounters > self.constants["crisis_encounters"]
        if crisis and self.summit == NEVER and today - self.last_meeting >= WAIT_FOR_SUMMIT:
            self.call_summit(today)
        if today == self.summit or (today - self.first_round) % MONTHLY == 0:
            self.meet(today, crisis)
        if (today - self.first_round) % MONTHLY == 0:
            self.ask_third_parties(today)

    def week_of(self, today: int) -> int:
        """Weeks since the first round: where this week's draws lie."""
        return (today - self.first_round) // WEEKLY

    def call_summit(self, today: int) -> None:
        """Fix the day of a summit."""
        self.summit = today + -(-int(self.constants["summit_days"]) // WEEKLY) * WEEKLY

    def situation(self, today: int, expiring: Collection[str]) -> Situation:
        """What both sides see; promises whose term is over no longer bind."""
        statistics = self.bulletin.latest(today)
        levers, at = self.enactment.today, today
        closed = levers("us.crossings_closed", at)
        shelter = max(1.0, float(levers("mexico.shelter_places", at).sum()))
        lost = float((closed * self.trade).sum())
        stops = levers("mexico.stops", at)
        if "stops" in expiring:
            stops = self.enactment.compiled.levers["mexico.stops"].values[at]
        return Situation(
            encounters=statistics.encounters,
            crowding=statistics.waiting / shelter,
            pressure=float(self.context.pressure[at, GOVERNMENTS.index("us")]),
            lost=lost,
            loses=float(self.trade.sum()),
            paid=self.paid(today),
            need=self.need(),
            stops=float(stops.mean()),
            thaw=float(levers("us.sanctions_relief", at)[0]),
            coerced=lost > 0.0,
            steps={name: 0 if name in expiring else self.step_of(name, today) for name in ISSUES},
        )

    def need(self) -> float:
        """What Mexico's institute needs this month, USD."""
        return float(self.institute.memory["need"])

    def step_of(self, name: str, today: int) -> int:
        """The step that is promised, 0 for none. What senators stopped lately counts as given: nobody asks for it."""
        if today < self.barred.get(name, 0):
            return len(ISSUES[name].steps) - 1
        promise = self.promises.get(name)
        return promise.step if promise else 0

    # --- meetings ---------------------------------------------------------------------------------------------

    def meet(self, today: int, crisis: bool) -> None:
        """A round or a summit of the US and Mexico."""
        kind = "summit" if today == self.summit else "round"
        self.summit, self.last_meeting = NEVER, today
        factors = self.misjudged[self.week_of(today)]
        expiring = [name for name in ISSUES if name in self.promises and today >= self.promises[name].ends]
        now = self.situation(today, expiring)
        us, mexico = (self.parties[name].judge(factors) for name in ("us", "mexico"))
        consent = self.takes_mexican_flights(now, factors)
        self.seen.append((now, consent))
        power = self.constants["power_us"]
        power = power / (power + (1.0 - power) * now.pressure)
        offers = self.table.offers(now, us, mexico, consent=consent)
        result = bargain(offers.us, offers.mexico, power)
        if crisis and self.prefers_to_close(result, now, us, mexico, consent, power):
            result = NO_AGREEMENT
            self.close(today)
        agreed, us_asks, other_asks = (
            words(offers.steps(package), now) if package >= 0 else ""
            for package in (result.package, result.best_for_first, result.best_for_second)
        )
        outcome = "agreed" if result.agreed else "no_agreement"
        entry = Entry(today, kind, "us+mexico", outcome, agreed, us_asks, other_asks, *result.gains)
        self.book.append(entry)
        package = offers.steps(result.package) if result.agreed else {}
        for name in expiring:
            if not package.get(name):
                self.end(self.promises[name], today, "lapse", "term_over")
            elif package[name] < self.promises[name].step:
                self.withdraw(self.promises[name], today)
        self.sign(package, now, entry, today)

    def prefers_to_close(
        self, result: Bargain, now: Situation, us: Worth, mexico: Worth, consent: bool, power: float
    ) -> bool:
        """Whether the US would rather bargain with crossings closed, at its own cost until then."""
        if now.coerced or "crossings" not in self.bargaining.issues:
            return False
        offers = self.table.offers(replace(now, lost=now.loses, coerced=True), us, mexico, consent=consent)
        then = bargain(offers.us, offers.mexico, power)
        # Reopening gives back what closing took; what is lost until the summit is lost.
        cost = us["trade"] * now.loses * (1.0 + 2.0 * WEEKLY / DAYS_PER_MONTH)
        return then.agreed and then.gains[0] - cost > (result.gains[0] if result.agreed else 0.0)

    def sign(self, package: dict[str, int], now: Situation, entry: Entry, today: int) -> None:
        """Make promises of what is new in a package, and renew what wanes."""
        for name, step in package.items():
            issue = ISSUES[name]
            if name == "crossings":
                if step and now.lost > 0.0:
                    self.open_crossings(today)
            elif step > now.steps[name]:
                self.promise(name, step, issue.by, entry, today)
            elif step and issue.fades and name in self.promises:
                promise = self.promises[name]
                promise.renewed, promise.entry = today, entry
                promise.ends = today + int(self.constants["term_days"])
                self.enforce(promise, today + WEEKLY, 1.0)

    def promise(self, name: str, step: int, by: Ratifier, entry: Entry, today: int) -> None:
        """Enact what executives promise, ask senators, wait for Congress."""
        rules, luck, number = self.constants, self.luck[self.week_of(today)], NUMBERS[name]
        whether, when = float(luck[FATES, number]), float(luck[DELAYS, number])
        weeks = max(1, -(-int(when * rules["action_days"]) // WEEKLY))
        promise = Promise(name, step, today + weeks * WEEKLY, today + int(rules["term_days"]), today, entry)
        if by == "senators" and whether < rules["senators_veto"]:
            self.barred[name] = today + VETO_RESTS
            self.record(today, "senators", "vetoed", name)
            self.miss(entry, today, promise.ends)
            return
        if by == "congress":
            weeks = int(rules["congress_days"] * (0.5 + 0.5 * when)) // WEEKLY + 1
            promise.tells_on = today + weeks * WEEKLY
            promise.starts = promise.tells_on if whether < rules["congress_acts"] else NEVER
            promise.ends = promise.tells_on + int(rules["term_days"])
        self.promises[name] = promise
        if by != "congress":
            self.enforce(promise, promise.starts, 1.0, announced=today)

    def enforce(self, promise: Promise, first: int, share: float, announced: int | None = None) -> None:
        """Set the levers of a promise, in full or as far as it is complied with."""
        moves = self.moves_of(promise)
        changed = self.enactment.enact(moves, first, first if announced is None else announced, share)
        self.agenda.notice(changed, first)

    def moves_of(self, promise: Promise):
        """What a promise sets."""
        if promise.issue in SIDE_DEALS:
            return SIDE_DEALS[promise.issue].moves
        return ISSUES[promise.issue].steps[promise.step].moves

    # --- coercion ---------------------------------------------------------------------------------------------

    def close(self, today: int) -> None:
        """The US closes crossings, at its own cost too, and calls a summit."""
        moves = ISSUES["crossings"].steps[1].moves
        closing = tuple(replace(move, to=1.0, after_title_42=1.0) for move in moves)
        self.agenda.notice(self.enactment.enact(closing, today + WEEKLY, today), today + WEEKLY)
        self.closed_on = today + WEEKLY
        self.summit = today + 2 * WEEKLY
        self.record(today, "closure", "crossings_closed", "crossings")

    def open_crossings(self, today: int) -> None:
        """The US opens its crossings."""
        first = today + WEEKLY
        self.agenda.notice(self.enactment.enact(ISSUES["crossings"].steps[1].moves, first, today), first)
        self.closed_on = NEVER

    def reopen_in_vain(self, today: int) -> None:
        """Crossings that the US closed to press for an agreement open again when none comes."""
        if self.closed_on != NEVER and today - self.closed_on >= self.constants["closure_days"]:
            self.open_crossings(today)
            self.record(today, "reopened", "without_agreement", "crossings")

    # --- promises ---------------------------------------------------------------------------------------------

    def look_after_promises(self, today: int) -> None:
        """Congress, courts, money, time: what becomes of each promise this week."""
        luck = self.luck[self.week_of(today), FATES]
        paid = self.paid(today)
        for name, promise in list(self.promises.items()):
            issue = ISSUES.get(name)
            held = promise.in_force(today)
            share = self.compliance(promise, today) if issue and issue.fades else 1.0
            if issue and issue.purse:
                share *= paid
            promise.entry.due += 1.0
            promise.entry.delivered += share if held else 0.0
            if promise.tells_on == today:
                if promise.starts == today:
                    self.enforce(promise, today + WEEKLY, 1.0)
                    self.record(today, "congress", "acted", name)
                else:
                    self.miss(promise.entry, today, promise.ends)
                    self.record(today, "congress", "did_not_act", name)
                    del self.promises[name]
                    continue
            if (
                issue
                and issue.court
                and held
                and luck[COURT] < self.constants["court_cancels"] * WEEKLY / DAYS_PER_MONTH
            ):
                self.end(promise, today, "court", "cancelled")
            elif issue and issue.purse and held and paid < self.constants["breach_level"]:
                self.end(promise, today, "breach", "not_paid")
                if self.summit == NEVER:
                    self.call_summit(today)
            elif not issue and today >= promise.ends:
                self.end(promise, today, "lapse", "term_over")
            elif (
                issue
                and issue.fades
                and held
                and (today - promise.renewed) % MONTHLY == 0
                and today > promise.renewed
            ):
                self.enforce(promise, today + WEEKLY, self.compliance(promise, today))

    def compliance(self, promise: Promise, today: int) -> float:
        """How much is left of an informal promise."""
        return 0.5 ** ((today - promise.renewed) / self.constants["compliance_half_life"])

    def paid(self, today: int) -> float:
        """Share of the institute's need that is paid."""
        need = self.need()
        gift = float(self.enactment.today("us.transfer_to_mexico", today)[0]) / need if need else 0.0
        return min(1.0, float(self.enactment.today("mexico.enforcement_funding", today)[0]) + gift)

    def end(self, promise: Promise, today: int, kind: str, outcome: str) -> None:
        """A promise no longer holds: its levers go back to what the timeline says."""
        self.miss(promise.entry, today, promise.ends)
        self.withdraw(promise, today)
        self.record(today, kind, outcome, promise.issue)
        del self.promises[promise.issue]

    def miss(self, entry: Entry, today: int, ends: int) -> None:
        """Count the weeks of its term, within the run, in which a promise will not hold."""
        entry.due += max(0, min(ends, self.context.timeline.days) - today) // WEEKLY

    def withdraw(self, promise: Promise, today: int) -> None:
        """Give its levers back to the timeline from next week on."""
        first = today + WEEKLY
        self.agenda.notice(self.enactment.withdraw(self.moves_of(promise), first), first)

    def record(self, today: int, kind: str, outcome: str, name: str) -> None:
        """Write what happened outside meetings."""
        parties = "us+mexico" if name in ISSUES else f"us+{SIDE_DEALS[name].party}"
        self.book.append(Entry(today, kind, parties, outcome, name))

    # --- third parties ----------------------------------------------------------------------------------------

    def takes_mexican_flights(self, now: Situation, factors: np.ndarray) -> bool:
        """Whether Venezuela lets Mexico deport to it: a thaw of their own, and what the US eases."""
        worth = self.parties["venezuela"].judge(factors)
        return worth["thaw"] * max(now.thaw, self.constants["thaw_with_mexico"]) > worth["flights"] / 2.0

    def ask_third_parties(self, today: int) -> None:
        """The US asks each third party for what it holds the key to (document items 16 to 19, 32, 44, 73)."""
        factors = self.misjudged[self.week_of(today)]
        paths, chance = self.context.levers["us.sanctions_relief"], self.table.chance["congress"]
        thaw = dict(zip(map(str.lower, paths.members), paths.values[today].tolist(), strict=True))
        for name in self.bargaining.side_deals:
            deal = SIDE_DEALS[name]
            if name in self.promises or today < self.barred.get(name, 0) or self.bargaining.most[name] == 0:
                continue
            gives, gets = self.parties[deal.party].judge(factors).values()
            gain = gets * (thaw[deal.party] if deal.opens_with else chance) - gives
            agreed = gain > 0.0
            entry = Entry(
                today,
                "side_deal",
                f"us+{deal.party}",
                "agreed" if agreed else "refused",
                name,
                gain_other=gain,
            )
            if agreed or not self.refused_before(name):
                self.book.append(entry)
            if agreed:
                self.promise(name, 1, deal.by, entry, today)

    def refused_before(self, name: str) -> bool:
        """Whether the last thing that happened to a side deal was a refusal: it is not written twice."""
        return next((e.outcome == "refused" for e in reversed(self.book) if e.package == name), False)
