"""The duty console: comes with its own issue."""
