"""What exists in the model: levers, shocks, indicators, places, and what governments can bargain over."""
