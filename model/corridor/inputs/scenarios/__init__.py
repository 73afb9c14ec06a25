"""Scenario files: their parts, what the registries and dates allow in them, and the daily path of a lever.

Reading order: `entries` (the parts), `scenario` (the whole), `scenario_files` (how it is read), `checks` (what is
allowed), then `lever_path`.
"""
