"""A registry of damage to cultural heritage."""
