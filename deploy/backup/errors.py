"""Errors of backups that the operator can correct."""


class BackupError(Exception):
    """The backup cannot be taken or restored; the message says why."""
