"""The map of a month: who moves, who waits, and the shapes that are drawn. No widgets here."""
