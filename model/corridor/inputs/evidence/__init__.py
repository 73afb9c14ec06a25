"""What the numbers rest on: parameters, figures and observations to search; coverage; the score record."""
