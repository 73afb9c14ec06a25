"""From a scenario to daily arrays: policy resolved in time, news, what moves demand at the origin, drivers."""
