"""From the counts of a run to indicators: definitions, cells, the recorder, the deal book, fates."""
