"""Cards and forms of peer reviews."""
