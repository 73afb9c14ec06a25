"""A travelling party, the places it goes through and what it decides there, as plain objects.

Half of the oracle (see `corridor`). The formulas are written from the definitions in docs/odd.md, not taken from the
engine; `luck` is four uniforms, used in the roles named below.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from zlib import crc32

import mesa

from corridor.engine.records.codes import Pool

if TYPE_CHECKING:
    from tests.oracle.corridor import Corridor

SINGLE, FAMILY, CHILD = range(3)
MEXICO = 7
WHETHER, HARMED, WHICH, HOW_LONG = range(4)
ATTRIBUTES = 0xFFFFFFFF
PASSAGE = 1 << 31  # marks the draw for what is passed through after a visit
MEMORY_DAYS = 7.0  # of what befell compatriots
MOST_RETURNED = 0.95  # of those whom INM stops, where it has places
LONGEST_STAY = 510
HARMS = (
    ("kidnapping", 3),
    ("sexual_violence", 4),
    ("extortion", 2),
    ("robbery", 1),
)  # rarest first; their marks
HANDED_ON = ("released", "street_release", "to_ice", "to_hhs")  # not sent back


class Allowance:
    """So many people a day: what is left carries over for three days, what a family took too much is paid back."""

    def __init__(self):
        self.daily = self.left = 0.0

    def renew(self) -> None:
        if math.isinf(self.daily) or math.isinf(self.left) or self.daily <= 0:
            self.left = self.daily
        else:
            self.left = min(self.left + self.daily, max(3 * self.daily, 5.0))

    def take(self, heads: int) -> bool:
        if self.left <= 0:
            return False
        self.left -= heads
        return True


class Place:
    """Where parties are: its exits by name, who is there, and (custody) who waits to be processed."""

    def __init__(self, code: int, row, nations: int):
        self.code, self.name, self.kind, self.rank = code, row.id, row.kind, row.rank
        self.stream = crc32(row.id.encode())
        self.title_42 = bool(row.traits.get("title_42"))
        self.boats = bool(row.traits.get("boats"))  # who goes on from here needs a place on a boat
        self.exits: dict[str, Place | None] = {}  # None: the city that the party came from
        self.feeds: list[tuple[Place, float]] = []  # places behind the exits of a fork or a city, with shares
        # the same today, cumulative, by nation: of those who surrender, and of those who hide
        self.toward: tuple[list, list] = ([], [])
        self.reputation = 1.0  # what guides think of a crossing
        self.queue: list[Party] = []
        self.by_nation = [0] * nations
        self.present = 0
        self.credit = self.recent = self.today = self.surge = self.weight = 0.0
        self.held, self.until = (
            0.0,
            0,
        )  # people whom kidnappers still take, and the night on which all are free
        self.mean_days: list[float] = []  # by nation

    def move(self, nation: int, heads: int) -> None:
        self.present += heads
        self.by_nation[nation] += heads

    def choose(self, nation: int, hidden: bool, u: float) -> Place:
        ahead = self.toward[hidden][nation]
        return next((place for share, place in ahead if u < share), ahead[-1][1])

    def chance_of_being_found(self, patrol: float, rules) -> float:
        """For those who hide at this crossing, with so many times the usual patrols: fuller custody finds fewer."""
        custody = self.exits["apprehended"]
        load = (
            custody.present / (custody.beds * rules.apprehension_reference) if custody.beds > 0 else math.inf
        )
        usual = rules.apprehension / (1 + load**rules.apprehension_exponent)
        return 1 - (1 - usual) ** (patrol**rules.patrol_exponent) if patrol != 1 else usual


class Party(mesa.Agent):
    """A travelling party; attributes bear the names of the engine's record."""

    model: Corridor

    def __init__(self, model: Corridor, nation: int, day: int, ordinal: int):
        super().__init__(model)
        self.nation, self.since = nation, day
        self.key = nation << 56 | day << 32 | ordinal
        self.tries = self.setbacks = self.attempts = self.encountered = self.lost = self.marks = 0
        self.stops = 0
        self.evades, self.city, self.sector = False, None, None
        trait, who = model.nations[nation], model.uniforms(self.key, ATTRIBUTES, 0)
        how = model.uniforms(self.key, ATTRIBUTES, 1)
        self.circle = model.from_circle(nation, how[1])
        self.party, self.heads = SINGLE, 1
        child, family = model.today.child[nation], model.today.family[nation]
        if who[0] < child:
            self.party = CHILD
        elif who[0] < child + family:
            self.party = FAMILY
            self.heads = 2 + sum(who[1] >= edge for edge in model.rules.family_sizes[:3])
        hide, usual = self.circle.evaders_leaving, trait.evader
        below = who[3] < hide
        rank = who[3] * usual / hide if below else usual + (who[3] - hide) * (1 - usual) / (1 - hide)
        self.inclination = min(255, int(rank * 256))
        self.sponsor = who[2] < (self.circle.sponsored_hidden if self.hides() else self.circle.sponsored)
        shares = trait.routes or self.circle.routes
        self.route = next((route for route, edge in enumerate(shares) if how[0] < edge), len(shares) - 1)
        self.place = model.places[trait.entry[self.route]]
        self.place.move(nation, self.heads)
        self.rest(day, how, 0)

    def hides(self) -> bool:
        """Whether it means to hide, as its nation stands today."""
        return (self.inclination + 0.5) / 256 < self.model.nations[self.nation].evasion[self.party]

    def visit(self) -> tuple[int, int, int]:
        """Name of the draw of this visit."""
        return self.key, self.place.stream, self.setbacks << 16 | self.tries

    def luck(self) -> list[float]:
        """Four uniforms for this visit."""
        return self.model.uniforms(*self.visit())

    def rest(self, day: int, luck: list[float], days_lost: int) -> None:
        """Stay here until the day on which the party is next due."""
        if self.place.held >= self.heads and self.place.until > day:
            self.place.held -= self.heads
            days = self.place.until - day
        elif self.place.kind == "wait":
            mean = min(7.0, self.model.rules.review_days + self.tries)
            days = 1 + 2 * luck[HOW_LONG] * (mean - 1)
        elif self.place.boats and self.tries > 0:
            days = 1  # in the queue, which moves every day
        else:
            days = self.place.mean_days[self.nation] * self.model.quantile_of_stay(luck[HOW_LONG])
        stay = min(max(1, int(days + 0.5)) + days_lost, LONGEST_STAY)
        self.model.calendar[day + stay].append(self)

    def follow(self, day: int, exit: str | None = None, luck: list[float] | None = None) -> None:
        """Go from where the party is due, through forks and crossings, to where it next stays or to its end."""
        days_lost = 0
        key, stream, visit = self.visit()
        luck = luck or self.luck()
        while True:
            self.model.events += 1
            days = day - self.since
            if exit is None:
                exit, there = self.decide(days, luck)
            else:
                there = self.place.exits.get(exit, self.place)
            if days_lost == 0:
                days_lost = self.suffer(days, luck[HARMED])
                if days_lost > 0 and exit == "cross":
                    exit, there = "stayed", self.place  # who is held captive does not cross today
            if self.heads > 0:
                self.tell(exit, there, day)
                self.arrive(there or self.city, day)
            if self.heads == 0 or self.place.kind == "end":
                city = self.city.code if self.city else 0
                self.model.ends.append((self.key, self.place.code, city, self.route, self.stops, day))
                return self.remove()
            if self.place.kind not in ("fork", "cross"):
                return self.rest(day, luck, days_lost)
            exit, luck = None, self.model.uniforms(key, stream, visit | PASSAGE)

    def arrive(self, there: Place, day: int) -> None:
        """Be somewhere else, or here for one more visit."""
        if there is self.place:
            self.tries += 1
        else:
            self.tries = 0
            self.setbacks += there.rank <= self.place.rank
            self.place.move(self.nation, -self.heads)
            there.move(self.nation, self.heads)
            self.place = there
        self.since = day

    def tell(self, exit: str, there: Place | None, day: int) -> None:
        """What others hear of an exit, and what the party remembers of it."""
        self.model.taken[self.place.kind, exit] += 1
        nation, rules = self.model.nations[self.nation], self.model.rules
        heard = self.heads * self.model.represents / MEMORY_DAYS  # people a day
        if self.place.kind == "wait":
            self.city = self.place
            if exit == "admitted":
                nation.admissions += heard
                self.tell_at_home(None, "passed", 1.0)
            elif exit in ("gave_up", "settled"):
                nation.in_vain += rules.heard_in_vain * heard
                self.tell_at_home(None, "failed", rules.heard_in_vain)
            elif exit == "moved_south":
                nation.way_failed[self.route] += rules.heard_sent_back * heard
                self.tell_at_home(self.route, "failed", rules.heard_sent_back)
        elif self.place.kind == "cross":
            self.place.today += self.heads
            self.sector = self.place
            nation.crossed += self.heads
            drawn = self.model.rules.failure_draws if exit == "apprehended" else 1.0
            nation.heard[self.place] += drawn * self.heads
            if exit == "apprehended":
                self.encountered, self.attempts = day + 1, min(255, self.attempts + 1)
        elif self.place.kind == "custody" and exit in HANDED_ON:
            nation.successes += heard
            self.tell_at_home(None, "passed", 1.0)
            nation.heard[self.sector] += (1 - self.model.rules.failure_draws) * self.heads
        elif self.place.kind == "custody" and exit != "lateral":
            nation.failures += heard
            self.tell_at_home(None, "failed", 1.0)
        elif exit == "joined_caravan":
            self.model.caravan_room -= self.heads
        elif self.place.kind == "leg" and exit == "detected":
            self.stops = min(255, self.stops + 1)
        if self.place.kind in ("leg", "station"):
            self.tell_of_the_way(exit, there, nation, heard)

    def tell_of_the_way(self, exit: str, there: Place | None, nation, heard: float) -> None:
        """On the way what counts as failed is weighed by what happened; who reaches the north has passed."""
        rules = self.model.rules
        weights = {
            "returned_home": rules.heard_returned,
            "moved_south": rules.heard_sent_back,
            "turned_back": 1.0,
            "gave_up": rules.heard_in_vain if self.stops > 0 else 0.0,
        }
        if there is not None and there.kind == "fork":
            nation.way_passed[self.route] += heard
            nation.newcomers += heard * MEMORY_DAYS
            self.tell_at_home(self.route, "passed", 1.0)
        else:
            nation.way_failed[self.route] += weights.get(exit, 0.0) * heard
            self.tell_at_home(self.route, "failed", weights.get(exit, 0.0))

    def tell_at_home(self, where: int | None, outcome: str, weight: float) -> None:
        """Let one's own circle know what was met on a route, or at the border (None)."""
        self.circle.met[where, outcome] += weight * self.heads * self.model.represents

    def suffer(self, days: int, u: float) -> int:
        """Harm in `days` here, at most one kind: members lost, marks left; return the days that it costs."""
        place, exposure = self.place, days * self.place.crowding
        edge = (place.deadly_hidden if self.evades else place.deadly) * self.heads
        if u < edge:
            self.marks |= 1 << 5
            self.heads, self.lost = self.heads - 1, self.lost + 1
            place.move(self.nation, -1)
            self.mourn(1, self.model.rules.heard_death)
        elif u < edge + place.kidnapped + place.daily_harm * exposure:
            edge += place.kidnapped
            for kind, bit in HARMS:
                edge += 1 - math.exp(-getattr(place, kind) * exposure)
                if u < edge:
                    self.marks |= 1 << bit
                    if kind == "kidnapping":
                        self.mourn(self.heads, self.model.rules.heard_kidnapped)
                    return int(self.model.rules.kidnapping_days) if kind == "kidnapping" else 0
        return 0

    def mourn(self, heads: int, weight: float) -> None:
        """Let those at home hear of members who died or were kidnapped."""
        failed = self.model.nations[self.nation].way_failed
        failed[self.route] += weight * heads * self.model.represents / MEMORY_DAYS
        self.circle.met[self.route, "failed"] += weight * heads * self.model.represents

    # --- decisions: the exit taken, and where it leads ---------------------------------------------------------

    def decide(self, days: int, luck: list[float]) -> tuple[str, Place | None]:
        """Exit from any place but custody, which processes its queue itself."""
        place, whether, which = self.place, luck[WHETHER], luck[WHICH]
        if place.kind == "fork":
            return "onward", place.choose(self.nation, self.hides(), which)
        if place.kind == "wait":
            return self.reconsider(days, whether, which)
        decisions = {
            "leg": self.travel,
            "station": self.be_held,
            "cross": self.cross,
            "return": self.try_again,
        }
        exit = decisions[place.kind](whether, which)
        return exit, place.exits.get(exit, place)

    def travel(self, whether: float, which: float) -> str:
        """A leg: what is on the way can turn the party back, end its journey, or stop it."""
        place, n, model = self.place, self.nation, self.model
        turned, quits, found = place.turn_back[n], place.quit[n], place.detect[n]
        if self.stops > 0:
            toll = self.toll(self.stops - 1)
            quits = quits * toll / (1 - quits + quits * toll)
        if whether < turned:
            return "turned_back"
        if whether < turned + quits:
            return "gave_up"
        if whether < turned + quits + found:
            return "detected"
        joins = model.rules.caravan_joins
        odds = math.exp(model.rules.caravan_safety * place.exits["onward"].detect[n])
        joins = "joined_caravan" in place.exits and which < joins * odds / (1 - joins + joins * odds)
        if joins and model.caravan_room >= self.heads:
            return "joined_caravan"
        return "waited" if place.boats and not model.boats.take(self.heads) else "onward"

    def be_held(self, whether: float, which: float) -> str:
        """A station of INM: home while the nationality has places, otherwise back to the south, or let go."""
        if whether < MOST_RETURNED and self.model.nations[self.nation].inm.take(self.heads):
            return "returned_home"
        return "moved_south" if which < self.model.rules.sent_back else "released"

    def reconsider(self, days: int, whether: float, which: float) -> tuple[str, Place | None]:
        """A northern city: competing hazards over the days since the last review."""
        model, place, nation = self.model, self.place, self.model.nations[self.nation]
        self.evades = self.hides()
        if place.surge >= self.heads:
            place.surge -= self.heads
            return "cross", place.choose(self.nation, self.evades, which)
        toll = self.toll(self.attempts)
        cross = nation.ready[self.evades] / (1 + nation.against[self.evades] * toll)
        admit, home = place.admit[self.nation], nation.homeward[self.evades] * toll
        hazard = cross + admit + home + place.south
        if hazard == 0 or whether < math.exp(-hazard * days):
            return "stayed", place
        at = which * hazard
        if at < cross:
            return "cross", place.choose(self.nation, self.evades, at / cross)
        if at - cross < admit:
            office = place.exits["admitted"]
            admitted = model.allowances[Pool.APPOINTMENTS + office.code].take(self.heads)
            return ("admitted", office) if admitted else ("stayed", place)
        at -= cross + admit
        exit = "moved_south" if at < place.south else self.give_up((at - place.south) / home)
        return exit, place.exits[exit]

    def toll(self, failures: int) -> float:
        """Factor on the odds of giving up: failures, grave harm, children, and what is owed to a sponsor."""
        rules, nation = self.model.rules, self.model.nations[self.nation]
        points = rules.weariness * min(max(failures, 0), 7)
        if self.harmed():
            points += rules.harm_weariness * (1 if self.party == SINGLE else rules.children_weight)
        return math.exp(points - rules.debt_resolve * (self.sponsor - nation.usual_sponsor))

    def harmed(self) -> bool:
        """Whether someone of the party was kidnapped or raped."""
        return bool(self.marks & (1 << 3 | 1 << 4))

    def give_up(self, u: float) -> str:
        """Who gives up in the north goes home, or stays there."""
        odds = self.model.rules.settles_in_the_north / (1 - self.model.rules.settles_in_the_north)
        odds *= math.exp(-self.model.rules.harm_weariness) if self.harmed() else 1
        return "settled" if self.nation != MEXICO and u < odds / (1 + odds) else "gave_up"

    def cross(self, whether: float, which: float) -> str:
        """Between ports: who surrenders is encountered; who evades may slip through, more so when custody is full."""
        chance = self.place.chance_of_being_found(self.place.patrol, self.model.rules)
        return "apprehended" if not self.evades or whether < chance else "evaded"

    def try_again(self, whether: float, which: float) -> str:
        """After a return to northern Mexico."""
        rules, chance = self.model.rules, self.model.rules.retry_surrender
        if self.evades:
            chance = rules.retry_evader_42 if self.place.title_42 else rules.retry_evader_8
        chance /= chance + (1 - chance) * self.toll(self.attempts - 1)
        return "tries_again" if whether < chance else self.give_up(which)

    def be_processed(self, luck: list[float]) -> str:
        """Custody: expelled, returned, removed or handed over as far as there are places; otherwise released."""
        model, mexican, heads = self.model, self.nation == MEXICO, self.heads
        nation = model.nations[self.nation]
        if luck[WHETHER] < nation.expel[self.party]:
            if nation.mexico.take(heads):
                return "expelled_to_mexico"
            if nation.flights.take(heads):
                return "expelled_by_flight"
        if self.party == CHILD:
            return "returned_to_mexico" if mexican and luck[WHICH] < nation.remove[CHILD] else "to_hhs"
        if luck[HARMED] < nation.mpp and not mexican and nation.mexico.take(heads):
            return "remain_in_mexico"
        if luck[WHICH] < nation.remove[self.party]:
            if mexican or (nation.expel[self.party] <= 0 and nation.mexico.take(heads)):
                return "returned_to_mexico"
            if model.ice.left > 0 and nation.flights.take(heads):
                model.ice.take(heads)
                return "removed_by_flight"
            if nation.panama.take(heads) or nation.dominican_republic.take(heads):
                return "third_country"
        wanted = nation.to_ice[self.party]
        if luck[WHICH] > 1 - wanted:
            model.ice_today += heads
            if luck[WHICH] > 1 - wanted * model.ice_taken and model.ice.take(heads):
                return "to_ice"
        return "released"
