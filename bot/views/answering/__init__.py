"""Cards and forms about answers."""
