"""A member's own: streak, home, settings, data, coming and leaving."""
