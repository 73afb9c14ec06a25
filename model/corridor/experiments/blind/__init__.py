"""Blind tests: numbers of months that their makers had not looked at, and how far off they were (docs/blind.md).

record      what a frozen record is: its files, its hash, reading one
scoring     a record beside what came, without the model
freezing    a record made of runs: the one part that needs the model
"""
