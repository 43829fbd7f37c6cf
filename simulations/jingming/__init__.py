"""The parts of the reference township: names, land, people, run cards, sources."""
