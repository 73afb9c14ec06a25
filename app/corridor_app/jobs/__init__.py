"""What runs behind the page: ensembles, full-scale runs, uploaded files."""
