"""What a member sees of themself, and help."""
