"""Answers: typed in a thread or a form, changed, deleted, shared; hints and what a member may read."""
