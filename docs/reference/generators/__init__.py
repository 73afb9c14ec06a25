"""What writes the pages of docs/reference and the part of docs/evidence.md on coverage; docs/generate.py calls it.

tables         a Markdown table, the head of a page
levers         levers.md
shocks         shocks.md
indicators     indicators.md
parameters     parameters.md
places         places.md
nationalities  nationalities.md
sources        sources.md
coverage       the part of ../evidence.md between its marks
commands       commands.md, from the command line itself
names          python.md, from the docstrings of `corridor`'s public names
"""
