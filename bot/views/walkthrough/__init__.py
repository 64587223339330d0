"""The walkthrough as cards and as a file."""
