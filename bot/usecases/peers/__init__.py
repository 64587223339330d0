"""Peer reviews: rounds, duties, the review itself, and what others make of it."""
