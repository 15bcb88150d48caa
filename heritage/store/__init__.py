"""Records to one SQLite file and back: the only door to SQLite."""
