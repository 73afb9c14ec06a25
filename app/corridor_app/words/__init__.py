"""What the page says: numbers, dates and names as a reader sees them, in the visitor's language."""
