"""The researched walkthrough of any question."""
