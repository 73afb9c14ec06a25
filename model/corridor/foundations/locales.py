"""How numbers are written where a file comes from or goes to."""

MARKS = {"en": (",", "."), "es": (".", ",")}
"""Mark of thousands and mark of decimals, by locale."""

LOCALES = tuple(MARKS)
