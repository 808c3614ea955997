"""Mails to signers about the decision of the office."""
