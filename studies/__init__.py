"""Slow studies (`make study`): the acceptance tests of the documents, and what each shipped scenario shows."""
