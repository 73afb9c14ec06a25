"""Scenario files: their parts, what the registries and dates allow in them, and the daily path of a lever."""
