"""How far off Corridor would have been: rolling origins since 2022, scored on months not yet seen.

protocol    what is fitted when, what is taken in at an origin, how a projection is made: fixed before scoring
known       policy as it was on the ground, and as it had been announced
reference   forecasts without a model: persistence, the same month of the year before, drift
run         all origins, in order; the tables
"""
