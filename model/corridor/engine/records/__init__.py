"""What a replicate stores: layout of its records, codes, calendar of parties, network built from places."""
