"""How fast and how large the bot is, against what the same would cost without it: `make bench` prints the table."""
