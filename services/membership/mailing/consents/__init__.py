"""Consents of experts, one in force for each purpose."""
