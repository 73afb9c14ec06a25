"""The compiled day: what is fixed at dawn, and the order in which people move.

Reading order: `day` from its end (`advance` is the list of what happens, in order), then `dawn`.
"""
