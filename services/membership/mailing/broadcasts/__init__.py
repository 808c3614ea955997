"""Mails of the secretariat to many experts, with a second person's approval."""
