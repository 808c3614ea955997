"""Notices: the texts of declarations and consents, each in versions."""
