"""The corridor written a second time, plainly: what the kernel must do, person by person.

One Mesa agent a travelling party (`party`), places as objects, a calendar of lists in the order in which parties were
put down. Every draw has the key that the engine gives it, so each party must take the same path. Shared with the
engine: what institutions set (read from its world when they have acted), the days ahead (the plan's outlook), and two
tables of quantiles. Slow on purpose: read `party` and this file in one sitting.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from types import SimpleNamespace

import mesa
import numpy as np
from scipy import stats

from corridor.engine.records.codes import Custody, Pool
from corridor.engine.simulation import Simulation
from tests.oracle.circle import PRIOR as PRIOR_OF_A_WEEK
from tests.oracle.circle import Circle
from tests.oracle.party import MEMORY_DAYS, Allowance, Party, Place

DEPARTURES, NOISE = 0xFFFFFFFE, 0xFFFFFFFD
RECENT_DAYS = 14.0
PRIOR = 5.0  # people a day whose fate is what was believed
HARMS = (
    "deadly",
    "deadly_hidden",
    "kidnapped",
    "daily_harm",
    "kidnapping",
    "sexual_violence",
    "extortion",
    "robbery",
)
SETTINGS = (
    "capacity",
    "beds",
    "street_limit",
    "lateral",
    "crowding",
    "south",
    "patrol",
    *HARMS,
)  # of a place
POOLS = {  # who takes people in: first row of its allowances, and the field that says which of them a nation shares
    "mexico": (Pool.MEXICO, "mexico_pool"),
    "flights": (Pool.FLIGHTS, None),
    "panama": (Pool.PANAMA, "panama_pool"),
    "dominican_republic": (Pool.DOMINICAN_REPUBLIC, "dominican_pool"),
    "inm": (Pool.INM_RETURNS, None),
}


def philox(key: tuple, counter: tuple) -> tuple:
    """Philox4x32-10 (Salmon et al. 2011) in whole numbers."""
    (k0, k1), (c0, c1, c2, c3), low = key, counter, 0xFFFFFFFF
    for _ in range(10):
        a, b = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        c0, c1, c2, c3 = (b >> 32) ^ c1 ^ k0, b & low, (a >> 32) ^ c3 ^ k1, a & low
        k0, k1 = (k0 + 0x9E3779B9) & low, (k1 + 0xBB67AE85) & low
    return c0, c1, c2, c3


def named(record) -> SimpleNamespace:
    """A copy of a record as plain Python numbers and lists."""
    return SimpleNamespace(**{name: np.asarray(record[name]).tolist() for name in record.dtype.names})


def cumulative(drawn: dict[Place, float]) -> list[tuple[float, Place]]:
    """Places with the running sum of their shares of what they draw; all to the first where none draws."""
    weights = np.cumsum(list(drawn.values()))
    shares = weights / weights[-1] if weights[-1] > 0 else np.ones(len(weights))
    return list(zip(shares.tolist(), drawn, strict=True))


def interpolate(table: np.ndarray, u: float) -> float:
    return float(np.interp(u * (len(table) - 1), range(len(table)), table))


OWN_HISTORY = ("weariness", "harm_weariness", "children_weight", "debt_resolve", "settles_in_the_north")


class Corridor(mesa.Model):
    """The corridor beside a simulation whose institutions it watches: `watch` after they acted, then `live`."""

    Party = Party

    def __init__(self, simulation: Simulation):
        super().__init__(rng=np.random.default_rng(0))
        world, self.drivers = simulation.world, simulation.drivers
        self.key = int(world["clock"]["seed"]), int(world["clock"]["replicate"])
        self.represents = self.drivers.people_per_agent
        self.outlook, self.normal = simulation.plan.outlook, simulation.plan.normal
        self.stays = world["stays"][0].copy()
        self.nations = [
            SimpleNamespace(**vars(named(world["traits"][n])) | vars(named(world["nations"][n])))
            for n in range(self.drivers.demand.shape[1])
        ]
        circles = int(world["nations"]["circles"].sum())
        self.circles = [Circle(**vars(named(row))) for row in world["circles"][:circles]]
        rows = self.drivers.geography.places
        self.places = [Place(code, row, len(self.nations)) for code, row in enumerate(rows)]
        self.place = {place.name: place for place in self.places}
        for place, row in zip(self.places, rows, strict=True):
            place.exits = {name: self.place.get(target) for name, target in row.exits.items()}
            place.feeds = [(self.place[target], share) for target, share in row.feeds.items()]
            place.toward = [[] for _ in self.nations], [[] for _ in self.nations]
        for n, nation in enumerate(self.nations):
            shares = zip(self.of_kind("cross"), world["leanings"]["share"][n].tolist(), strict=False)
            nation.leaning, nation.heard = dict(shares), Counter()
            nation.crossed = nation.recent = nation.ports = 0.0
        self.allowances = [Allowance() for _ in world["allowances"]]
        self.ice, self.boats = self.allowances[Pool.ICE], self.allowances[Pool.BOATS]
        self.ice_asked = self.ice_today = 0.0
        self.ice_taken = 1.0
        self.calendar: defaultdict[int, list[Party]] = defaultdict(list)
        self.ends: list[tuple] = []
        self.taken: Counter[tuple[str, str]] = Counter()  # exits by kind of place
        self.events = 0
        self.caravan_room = 0.0

    def watch(self, world: np.void) -> None:
        """Take over what institutions have set."""
        self.rules = named(world["rules"])
        for name in OWN_HISTORY:
            setattr(self.rules, name, self.drivers.parameters[name].scalar())
        for place in self.places:
            settings = world["places"][place.code]
            for name in SETTINGS:
                setattr(place, name, float(settings[name]))
            for name in ("mean_days", "detect", "turn_back", "quit"):
                setattr(place, name, world["terms"][name][place.code].tolist())
            if place.kind in ("end", "cross"):
                place.weight = float(settings["weight"])
            elif place.kind == "custody":
                place.exits["lateral"] = self.places[settings["exits"][Custody.LATERAL]]
        for allowance, daily in zip(self.allowances, world["allowances"]["daily"], strict=True):
            allowance.daily = float(daily)
        for n, nation in enumerate(self.nations):
            for name in ("expel", "remove", "to_ice", "mpp", "fee_level"):
                setattr(nation, name, world["nations"][name][n].tolist())
            for taker, (first, shared) in POOLS.items():
                row = n if shared is None else world["nations"][shared][n]
                setattr(nation, taker, self.allowances[first + row])

    def uniforms(self, key: int, stream: int, visit: int) -> list[float]:
        """Four uniforms in the open interval for one visit of one agent."""
        words = philox(self.key, (key & 0xFFFFFFFF, key >> 32, stream, visit))
        return [(word + 0.5) / 2**32 for word in words]

    def quantile_of_stay(self, u: float) -> float:
        return interpolate(self.stays, u)

    def of_kind(self, kind: str) -> list[Place]:
        return [place for place in self.places if place.kind == kind]

    # --- a day ------------------------------------------------------------------------------------------------

    def live(self, first: int, last: int) -> None:
        """Live the days `first` to `last - 1`."""
        for day in range(first, last):
            self.today = named(self.outlook[day])
            self.strike(day)
            self.open_day(day)
            self.depart(day)
            self.travel_on(day)
            for custody in self.of_kind("custody"):
                self.serve(custody, day)
            self.close_day()

    def strike(self, day: int) -> None:
        """Caravans that form today, and groups that are taken, or cross tonight."""
        formed = [people for when, people in self.drivers.caravans if when == day]
        self.caravan_room += sum(formed) / self.represents
        for taken_from, free_on, city, people in self.drivers.group_arrivals:
            place = self.place[city]
            if taken_from == day:
                place.held, place.until = people / self.represents, free_on
            if free_on == day:
                place.held = 0.0
                place.surge += people / self.represents

    def open_day(self, day: int) -> None:
        """Dawn: allowances, what is believed as today's hazards, where people lean to cross."""
        for allowance in self.allowances[: Pool.APPOINTMENTS]:
            allowance.renew()
        self.ice_taken = min(1.0, max(self.ice.left, 0.0) / self.ice_asked) if self.ice_asked > 0 else 1.0
        self.offer_places()
        for n, nation in enumerate(self.nations):
            if self.today.new_month:
                self.shake(n, nation)
            self.intend(n, nation, day)
            self.weigh(n, nation)
        self.lead_round_patrols()
        for n, nation in enumerate(self.nations):
            moves = (day + n) % 7 == 0
            if moves:
                self.lean(nation)
            if moves or day == 0:
                for hidden in (False, True):
                    self.look_ahead(n, nation, hidden)
        for place in self.of_kind("fork"):
            if place.feeds[0][0].kind != "wait":  # where all choose alike
                drawn = {there: share * there.weight for there, share in place.feeds}
                for toward in place.toward:
                    toward[:] = [cumulative(drawn)] * len(self.nations)

    def lead_round_patrols(self) -> None:
        """Guides learn where more of those who hide get through; they lead them there once their people look ahead."""
        for sector in self.of_kind("cross"):
            chances = [1 - sector.chance_of_being_found(effort, self.rules) for effort in (sector.patrol, 1)]
            sector.reputation += (chances[0] / chances[1] - sector.reputation) / self.rules.guides_days

    def lean(self, nation: SimpleNamespace) -> None:
        """Once a week: a leaning follows those of whom news came, a few of its own, and a little everybody."""
        crossings, prior = self.of_kind("cross"), 7 * PRIOR / self.represents
        lately, heard = sum(place.recent for place in crossings), sum(nation.heard.values())
        follows = self.rules.leaning_follows if lately > 0 else 0.0
        for place in crossings:
            share = nation.leaning[place]
            seen = (nation.heard[place] + prior * share) / (heard + prior)
            target = (1 - follows) * seen + (follows * place.recent / lately if lately > 0 else 0.0)
            nation.leaning[place] += min(1.0, 7 / self.rules.leaning_days) * (target - share)
        nation.recent += (nation.crossed / 7 - nation.recent) / 2
        nation.heard, nation.crossed = Counter(), 0.0

    def look_ahead(self, n: int, nation: SimpleNamespace, hidden: bool) -> None:
        """What draws a nation: sectors from each city; cities for crossings and for places at their ports."""
        crossings, cities = self.of_kind("cross"), self.of_kind("wait")
        pull = {
            place: nation.leaning[place]
            * place.weight
            * (place.reputation**self.rules.detours if hidden else 1.0)
            for place in crossings
        }
        total = sum(pull.values())
        sectors = {
            city: {there: share * pull[there] / total for there, share in city.feeds} for city in cities
        }
        draws = {}
        for city in cities:
            city.toward[hidden][n] = cumulative(sectors[city])
            office, crossing = city.exits["admitted"], sum(sectors[city].values())
            beside = sum(
                sum(sectors[other].values()) for other in cities if other.exits["admitted"] is office
            )
            places = nation.ports * self.allowances[Pool.APPOINTMENTS + office.code].daily
            usual = nation.recent + PRIOR / self.represents
            draws[city] = crossing * (usual + places / beside) if crossing > 0 else 0.0
        for fork in self.of_kind("fork"):
            if fork.feeds[0][0].kind == "wait":
                fork.toward[hidden][n] = cumulative({city: draws[city] for city, _ in fork.feeds})

    def offer_places(self) -> None:
        """What each office has left this morning is offered in its cities, by nation as given."""
        cities, today = self.of_kind("wait"), self.today
        people = [sum(city.by_nation[n] for city in cities) for n in range(len(self.nations))]
        here = [n for n, number in enumerate(people) if number > 0]
        asked = [0.0] * len(people)
        exceptions = today.exceptions / self.represents
        for given, interest in (
            (self.rules.appointments, today.appointment_interest),
            (exceptions, today.exception_interest),
        ):
            total = sum(interest[n] for n in here)
            for n in here if total > 0 else ():
                asked[n] += given * interest[n] / total / people[n]
        given = sum(asked[n] * people[n] for n in here)
        for n, nation in enumerate(self.nations):
            nation.admit = 0.0
            nation.ports = asked[n] * people[n] / given if given > 0 else 0.0
        offices = {city.exits["admitted"] for city in cities}
        weights = sum(today.attraction[office.code] for office in offices)
        for office in offices:
            allowance = self.allowances[Pool.APPOINTMENTS + office.code]
            allowance.daily = (self.rules.appointments + exceptions) * today.attraction[office.code] / weights
            allowance.renew()
            mine = [city for city in cities if city.exits["admitted"] is office]
            wanted = sum(city.by_nation[n] * asked[n] for city in mine for n in here)
            for city in mine:
                offered = max(allowance.left, 0.0) / wanted if wanted > 0 else 0.0
                city.admit = [min(each * offered, 0.5) for each in asked]
                for n in here:
                    self.nations[n].admit += city.admit[n] * city.by_nation[n] / people[n]

    def shake(self, n: int, nation: SimpleNamespace) -> None:
        """Demand noise of the month: a stationary AR(1) on the log scale, and past the data a walk."""
        draws = self.uniforms(n, NOISE, self.today.new_month)
        fresh = interpolate(self.normal, draws[0])
        keep = self.rules.noise_persistence if self.today.new_month > 1 else 0.0
        nation.noise = keep * nation.noise + fresh * self.rules.noise_sd * math.sqrt(1 - keep**2)
        nation.walk *= self.rules.walk_memory
        nation.walk += interpolate(self.normal, draws[1]) * self.today.demand_steps[n]

    def count_money(self, nation: SimpleNamespace, circle: Circle) -> None:
        """Who can pay for the way, over who can usually, and who of them has a sponsor: as they surrender, or hide."""
        rules, spread = self.rules, self.rules.savings_spread
        to_border = nation.fee * nation.fee_level
        for ending, fee in (("", to_border), ("_hidden", to_border * rules.hiding_premium)):
            medians = nation.savings, nation.savings + rules.sponsor_loan
            alone, helped = (stats.lognorm.sf(fee + nation.losses, spread, scale=each) for each in medians)
            able = circle.sponsor * helped + (1 - circle.sponsor) * alone
            setattr(circle, f"able{ending}", able / nation.usually_able)
            setattr(circle, f"sponsored{ending}", circle.sponsor * helped / able)

    def intend(self, n: int, nation: SimpleNamespace, day: int) -> None:
        """The pools of people who intend to leave, circle by circle, and how many of them do today."""
        rules, today = self.rules, self.today
        first, number = nation.first_circle, nation.circles
        shocked = today.demand[n] * math.exp(nation.noise + nation.walk)
        inflow = shocked * (1 + rules.pool_lapse / rules.pool_departure)
        for at, circle in enumerate(self.circles[first : first + number], first):
            if number == 1:
                circle.hear_of_all(nation)
                circle.lean(nation.way_passed, today.ways[n], 5, 1 / rules.leaning_days)
            elif (day + at) % 7 == 0:
                friends = [self.circles[tie] for tie in circle.ties]
                arrived = circle.arrived(friends, rules.tie_weight)
                circle.hear_of_own(nation, friends, rules.tie_weight, rules.origin_memory)
                circle.lean(arrived, today.ways[n], PRIOR_OF_A_WEEK, 7 / rules.leaning_days)
            if number == 1 or (day + at) % 7 == 0 or day == 0 or today.ways_change[n]:
                self.count_money(nation, circle)
                self.make_up_minds(n, nation, circle)
            finds = 1 - circle.lost + circle.lost * today.way_round[n]
            circle.leaving = circle.pool * rules.pool_departure * circle.willing * finds
            circle.pool += inflow * circle.share - circle.leaving - circle.pool * rules.pool_lapse
            circle.pool -= today.parole[n] * nation.parole_from_pool * circle.share
            circle.pool = max(0.0, circle.pool)
        nation.leaving = sum(circle.leaving for circle in self.circles[first : first + number])
        self.count_in(n, nation, self.circles[first : first + number])

    def make_up_minds(self, n: int, nation: SimpleNamespace, circle: Circle) -> None:
        """Which share of a circle's pool would go now, and how many of them hide."""
        rules, today = self.rules, self.today
        belief = announced(circle.belief_origin, nation.trust, today.deter_origin[n], today.ease_origin[n])
        belief *= math.prod(
            1 - trust * said for trust, said in zip(nation.trust, today.attract[n], strict=True)
        )
        way = self.weigh_routes(n, nation, circle)
        sent_back, stopped = (
            1 - (1 - belief) * (1 - way),
            1 - (1 - rules.evader_response * belief) * (1 - way),
        )
        response, half = nation.departure_response * circle.response, rules.indifference
        evaders = nation.evader * going(stopped, response, half) * circle.able_hidden
        circle.willing = evaders + (1 - nation.evader) * going(sent_back, response, half) * circle.able
        circle.evaders_leaving = evaders / circle.willing
        parole = today.parole[n] * circle.share
        if parole > 0 and circle.sponsor > 0:
            chance = 30 * parole / max(circle.pool * circle.sponsor, 1)
            circle.willing *= 1 - circle.sponsor * chance / (chance + rules.parole_reference)

    def weigh_routes(self, n: int, nation: SimpleNamespace, circle: Circle) -> float:
        """Shares of routes, fewer where the way fails; the chance that it does, for whoever leaves; who finds none."""
        ways, fails = np.array(self.today.ways[n], dtype=float), np.array(circle.belief_way)
        wishes = (np.array(circle.leaning) + self.rules.route_tries) * np.array(nation.route_pull)
        closed = wishes[ways == 0].sum()
        wishes = wishes * ways
        circle.lost = closed / (closed + wishes.sum()) if wishes.sum() > 0 else 1.0
        wishes = wishes * np.exp(-self.rules.route_response * fails)
        total = wishes.sum()
        if total <= 0:
            circle.routes = [1.0] * len(wishes)
            return 0.0
        circle.routes = (np.cumsum(wishes) / total).tolist()
        return float(wishes @ fails / total)

    def count_in(self, n: int, nation: SimpleNamespace, circles: list[Circle]) -> None:
        """Where people were counted on a route, as many begin there; the other routes keep those who leave by them."""
        counted = self.today.entries[n]
        nation.routes = None
        if max(counted) >= 0:
            by_route = sum(circle.leaving * np.diff(circle.routes, prepend=0.0) for circle in circles)
            people = np.cumsum(np.where(np.less(counted, 0), by_route, counted))
            nation.leaving = float(people[-1])
            nation.routes = (people / people[-1]).tolist() if people[-1] > 0 else [1.0] * len(people)

    def from_circle(self, n: int, u: float) -> Circle:
        """The circle that a new party comes from: as many of each as leave today."""
        nation = self.nations[n]
        circles = self.circles[nation.first_circle : nation.first_circle + nation.circles]
        sums = np.cumsum([circle.leaving for circle in circles])
        return next(
            (circle for circle, edge in zip(circles, sums, strict=True) if u * sums[-1] < edge), circles[-1]
        )

    def weigh(self, n: int, nation: SimpleNamespace) -> None:
        """Today's hazards of crossing and shares of evaders."""
        rules, month = self.rules, 30 * nation.admit
        belief = announced(
            nation.belief_border, nation.trust, self.today.deter_border[n], self.today.ease_border[n]
        )
        lawful = month / (month + rules.waiting_reference)
        haste = sum(trust * said for trust, said in zip(nation.trust, self.today.rush[n], strict=True))
        rate = rules.crossing_rate * math.exp(haste)
        response, half = nation.crossing_response, rules.indifference
        most = 1 + math.exp(-response * half)
        chances = belief, rules.evader_response * belief
        nation.against = [math.exp(response * (chance - half)) for chance in chances]
        nation.ready = [rate * most * math.exp(-nation.waiting_value * lawful), rate * most]
        closed = [(1 - most / (1 + odds)) * (1 - lawful) for odds in nation.against]
        nation.homeward = [rules.give_up_rate * (1 + rules.hopelessness * none) for none in closed]
        share = min(max(nation.evader, 1e-6), 1 - 1e-6)
        odds = share / (1 - share) * math.exp(rules.evasion_response * belief)
        nation.evasion = [odds / (1 + odds), rules.family_evasion * odds / (1 + odds), 0.0]

    def depart(self, day: int) -> None:
        """New parties, a keyed Poisson number of each nation."""
        for n, nation in enumerate(self.nations):
            mean = nation.leaving / (self.today.people[n] * self.represents)
            luck = self.uniforms(n, DEPARTURES, day)[0]
            for ordinal in range(int(stats.poisson.ppf(luck, mean)) if mean > 0 else 0):
                self.Party(self, n, day, ordinal)

    def travel_on(self, day: int) -> None:
        """Everyone due today, in order; custody sends them to its queue."""
        for party in self.calendar.pop(day, ()):
            if party.place.kind == "custody":
                party.place.queue.append(party)
            else:
                party.follow(day)

    def serve(self, custody: Place, day: int) -> None:
        """Process the queue in order within capacity; fly out what overflows the beds; release beyond the limit."""
        custody.credit = min(custody.credit, 0.0) + custody.capacity
        seats = custody.lateral
        while custody.queue:
            can_fly = custody.present > custody.beds and seats > 0
            if custody.credit <= 0 and not can_fly and custody.present <= custody.street_limit:
                break
            party = custody.queue.pop(0)
            luck = party.luck()
            if custody.credit <= 0 and can_fly:
                exit, seats = "lateral", seats - party.heads
            else:
                exit = party.be_processed(luck)
                if custody.credit <= 0 and exit in ("released", "to_ice"):
                    exit = "street_release"
                elif custody.credit > 0:
                    work = self.rules.quick_processing if exit.startswith("expelled") else 1.0
                    custody.credit -= party.heads * work
            party.follow(day, exit, luck)

    def close_day(self) -> None:
        """Dusk: beliefs move towards what was seen, news of it fades, groups have crossed."""
        keep = math.exp(-1 / MEMORY_DAYS)
        for n, nation in enumerate(self.nations):
            self.judge(nation, self.today.judged[n])
            waiting = sum(city.by_nation[n] for city in self.of_kind("wait")) * self.represents
            if nation.newcomers > 0:
                share = nation.newcomers / max(waiting, nation.newcomers)
                nation.belief_border += share * (nation.belief_origin - nation.belief_border)
                nation.newcomers = 0.0
            for belief, failed, passed, days in (
                ("border", nation.failures, nation.successes, self.rules.border_memory),
                (
                    "origin",
                    nation.failures + nation.in_vain,
                    nation.successes + nation.admissions,
                    self.rules.origin_memory,
                ),
            ):
                before = getattr(nation, f"belief_{belief}")
                setattr(nation, f"belief_{belief}", learned(before, failed, passed, days))
            nation.belief_way = [
                learned(*heard, self.rules.origin_memory)
                for heard in zip(nation.belief_way, nation.way_failed, nation.way_passed, strict=True)
            ]
            for memory in ("failures", "successes", "admissions", "in_vain"):
                setattr(nation, memory, getattr(nation, memory) * keep)
            nation.way_failed = [people * keep for people in nation.way_failed]
            nation.way_passed = [people * keep for people in nation.way_passed]
        self.ice_asked += (self.ice_today - self.ice_asked) / RECENT_DAYS
        self.ice_today = 0.0
        for place in self.places:
            place.recent += (place.today - place.recent) / RECENT_DAYS
            place.today = place.surge = 0.0

    def judge(self, nation: SimpleNamespace, said: list[float]) -> None:
        """Trust in each government falls to what is kept of what it said, and comes back while it says nothing."""
        seen = nation.failures + nation.successes
        if max(said) < 0.05:
            nation.usual_border += (nation.belief_border - nation.usual_border) / self.rules.border_memory
        for who, judged in enumerate(said):
            trust = nation.trust[who]
            if judged < 0.05:
                nation.trust[who] += (1 - trust) / self.rules.trust_returns
            elif seen > 0.5:
                rise = max((1 - nation.usual_border) * judged, 1e-6)
                kept = min(1.0, max(0.0, (nation.failures / seen - nation.usual_border) / rise))
                if kept < trust:
                    nation.trust[who] += (kept - trust) * min(1.0, judged / self.rules.trust_spent)


def going(chance: float, response: float, half: float) -> float:
    """A logit choice: the share who go, of those who would if nothing could fail."""
    return (1 + math.exp(-response * half)) / (1 + math.exp(response * (chance - half)))


def learned(belief: float, failed: float, passed: float, days: float) -> float:
    """A belief a day later: it moves towards the share that failed, with some people who keep to it."""
    told = (failed + PRIOR * belief) / (failed + passed + PRIOR)
    return belief + (told - belief) / days


def announced(belief: float, trust: list[float], tighter: list[float], looser: list[float]) -> float:
    """What is expected where governments have announced something, as far as each is trusted."""
    up, down = (
        1 - math.prod(1 - each * said for each, said in zip(trust, words, strict=True))
        for words in (tighter, looser)
    )
    return min(1.0, max(0.0, belief + (1 - belief) * up - belief * down))
