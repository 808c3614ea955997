"""What is known of all centres: their numbers, and what waits for a step of the caller."""
