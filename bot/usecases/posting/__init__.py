"""The daily post: what comes next, posting it, reminding, and revealing a sealed day."""
