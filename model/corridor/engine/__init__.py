"""One replicate of the corridor: people as compact records, institutions as Mesa agents.

Rooms, each of which knows only those before it (`kernel` and `recording` know nothing of each other):

    records        what is stored
    mechanisms     what happens to a party: one small function each
    kernel         the compiled day: dawn, departures, journeys, custody queues, dusk
    recording      from counts to indicators
    plan           what all replicates of a scenario share; `state` and `guards` stand beside it
    institutions   who decides, and what they may see and set
    diplomacy      governments that bargain
    simulation     one replicate: `SCHEDULE` is the order of its day

Reading order: `simulation.SCHEDULE`, `records.layout`, `kernel.day`, one mechanism (`waiting`, say), one institution
(`us_agencies`, say), then `simulation`.
"""
