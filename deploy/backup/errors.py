"""What the taker of a backup can mend."""


class BackupError(Exception):
    """The backup cannot be taken or restored; the message says why."""
