"""Mails with which experts answer invitations to review centres."""
