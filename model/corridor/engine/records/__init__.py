"""What a replicate stores: its records, their codes, the calendar of parties, the network built from places.

Reading order: `layout`, `codes`, `calendar`, `network`.
"""
