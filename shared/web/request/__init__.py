"""One request: its principal, its transaction, its idempotency key, its conditions, and the response."""
