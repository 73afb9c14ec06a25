"""Corridor: scenarios of migrant flows through Panama, Mexico and the US border."""
