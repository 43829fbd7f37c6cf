"""The first three minutes at the console, on a drill that never leaves it. Pure."""
