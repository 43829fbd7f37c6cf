"""A broker, a store and a consoles' door in memory, for a post on the virtual clock."""
