"""Fitting history: what is moved towards what, least squares, and the parameter sets that the data do not rule out.

    declared    rates with priors, targets with errors, mechanisms to switch off, breaks to leave out (data)
    trial       one simulation of history with given values, up to a month
    misfit      residuals of a trial against the data and the prior, and their derivatives
    scaling     proportional scaling of demand and of sectors: a start for least squares, and the sectors' fit
    fit         least squares, with checkpoints; what it found
    accepted    parameter sets around a fit that the data do not rule out; what the data identify
    record      values written into the packaged data

Months after `until` are never looked at. That is less than it sounds: structure, priors and the list of events were
made by people who had seen all three years (docs/validation.md).
"""
