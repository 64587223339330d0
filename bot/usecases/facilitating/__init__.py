"""What those who run a group do: set it up, its bank and queue, its inbox."""
