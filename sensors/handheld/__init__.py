"""The field team's end: orders in, replies out, outbox and journal on disk."""
