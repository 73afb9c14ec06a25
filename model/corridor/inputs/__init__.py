"""What a run is made from, and the daily arrays compiled from it.

Rooms, each of which knows only those before it: `reading` (files), `registries` (what exists), `parameters` (numbers),
`scenarios` (what differs), `compiling` (daily arrays), `evidence` (what the numbers rest on).
"""
