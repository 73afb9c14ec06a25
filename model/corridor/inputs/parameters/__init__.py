"""The numbers of the model with their provenance, and the sets of them that the data do not rule out."""
