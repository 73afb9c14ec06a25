"""Estimating demand and rates together: an ensemble of parameter sets, moved towards what was published.

    priors      rates with priors; mechanisms to switch off, events, breaks to leave out (calibration.yaml)
    declared    priors of demand and stops, series with errors, steps of the smoother (estimation.yaml)
    trial       one simulation of history with given values, up to a month
    unknowns    what is moved: demand by month and nationality, stops by half-year, factors of rates; and their prior
    series      what was published, what a member made of it, and which unknowns see which of it
    smoother    the arithmetic of one step, which knows neither months nor people
    estimate    the job: members run, moved, run again
    tables      what it says, and how far off it is on seeds that nobody has used
    record      what is kept of it, and written into the packaged data

One global step with a hundred members and nine hundred data diverges: every nationality corrects the same error of the
total. So each unknown sees the data near it alone (local analysis).

Months after `until` are never looked at. That is less than it sounds: structure, priors and the list of events were
made by people who had seen them (docs/validation.md).
"""
