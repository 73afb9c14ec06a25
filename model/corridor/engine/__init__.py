"""One replicate of the corridor: people as compact records, institutions as Mesa agents.

Reading order: `layout` (what is stored), `day` (the order of a day), one mechanism (`waiting`, say), then
`simulation`. Mechanisms take records and uniforms and return the number of an exit; where an exit leads is data
(`data/places.yaml`).
"""
