"""Rows, words and drawings of the charts. No widgets here."""
