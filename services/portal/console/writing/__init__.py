"""Forms of the console: new records, changes, steps, and what waits for a second person."""
