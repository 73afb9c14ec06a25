"""The compiled day: what is fixed at dawn, and the order in which people move."""
