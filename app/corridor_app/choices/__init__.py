"""What the visitor has chosen: levers, changes over time, links, and the state of the session."""
