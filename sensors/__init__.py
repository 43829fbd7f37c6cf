"""What the field sends, and how to read it. Imports nothing of ours."""
