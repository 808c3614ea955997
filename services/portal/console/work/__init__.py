"""My work: what waits for who is signed in, overdue first."""
