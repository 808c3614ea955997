"""Notifications of what happened to a person's records, and their mails."""
