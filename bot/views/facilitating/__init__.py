"""Cards and forms for those who run a group."""
