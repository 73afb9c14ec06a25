"""Governments that bargain: what each option is worth, the bargain itself, promises, and what they change in a run."""
