"""What happens to a party: one small compiled function a mechanism.

It takes records and uniforms and returns the number of an exit; where an exit leads is data (`data/places.yaml`). In
the order of a journey: `beliefs`, `departures`, `transit`, `harm`, `waiting`, `crossing`, `detention`, `capacity`,
`disposition`, `returning`.
"""
