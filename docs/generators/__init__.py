"""What writes the pages of docs/reference and docs/coverage.md; docs/generate.py calls it.

tables       a Markdown table, the head of a page
levers       levers.md
shocks       shocks.md
indicators   indicators.md
parameters   parameters.md
places       places.md
sources      sources.md
coverage     ../coverage.md
commands     commands.md, from the command line itself
names        python.md, from the docstrings of `corridor`'s public names
"""
