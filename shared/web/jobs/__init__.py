"""What a worker does for a caller: imports, exports, bulk transitions, and the progress of each."""
