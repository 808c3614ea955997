"""Lists from files: which column fills which field, a rehearsal with its faults, the import, and its undo."""
