"""One file per foreign system; each turns its payload into one observation. Pure."""
