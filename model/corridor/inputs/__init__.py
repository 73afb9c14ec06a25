"""What a run is made from: registries, scenario files, parameters, and the daily arrays compiled from them."""
