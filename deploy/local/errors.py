"""Errors that stop the local stack, for whoever started it."""


class LocalStackError(Exception):
    """The local stack cannot start or continue; the text says why and what to do."""
