"""Backups: one file with the database and the files it names, of one moment, and the way back."""
