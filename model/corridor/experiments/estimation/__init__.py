"""Estimating demand and rates together: an ensemble of parameter sets, moved towards what was published.

    declared    priors of demand, series with errors, steps of the smoother (data)
    unknowns    what is moved: a knot a month and nationality, knots of stops, factors of rates; and their prior
    series      what was published, what a member made of it, and which unknowns see which of it
    smoother    the arithmetic of one step, which knows neither months nor people
    estimate    the job: members run, moved, run again; judged on seeds that nobody has used

One global step with a hundred members and nine hundred data diverges: every nationality corrects the same error of the
total. So each unknown sees the data near it alone (local analysis).
"""
