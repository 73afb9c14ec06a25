"""The map of a month: who moves, who waits, and its shapes. No widgets here."""
