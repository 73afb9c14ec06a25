"""From the counts of a run to indicators.

Reading order: `definitions` (what each indicator counts), `cells` (its breakdowns), `recorder` (counts become values).
`fates` and `book` are what is kept besides: how journeys ended, and what governments agreed.
"""
