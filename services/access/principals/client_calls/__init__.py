"""Which retiring operations a client still calls, and the notices about them."""
