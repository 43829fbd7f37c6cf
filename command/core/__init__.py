"""The pure part of the post, and the folder is the rule: no I/O, no asyncio, no clock."""
