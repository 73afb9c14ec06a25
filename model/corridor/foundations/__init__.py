"""Words that every layer shares: errors, the timeline of a run, random streams. Imports nothing else of Corridor."""
