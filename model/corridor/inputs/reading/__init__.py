"""Reading files: YAML with the line and column of everything in it, the shipped data files, registries."""
