"""The command post."""
