"""Backups: one file with a snapshot of the database and of the files it names, and its restore."""
