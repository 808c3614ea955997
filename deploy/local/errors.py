"""What stops the local stack, in words for whoever started it."""


class LocalStackError(Exception):
    """The local stack cannot start or go on; the text says why and how to mend it."""
