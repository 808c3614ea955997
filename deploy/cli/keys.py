"""`escm keys`: the keys that sign tokens."""

from rich.table import Column, Table

from deploy.cli.console import out
from deploy.cli.incidents import act

_SHOWN = "%Y-%m-%d %H:%M"


def keys() -> None:
    """List the keys that sign access tokens, the newest first. They are rotated and revoked over the API, by two."""
    from services.access.principals.signing_keys.queries import every

    found = act(lambda uow: every(uow.connection))
    if not found:
        out.print("No key: the first token makes one.")
        return
    table = Table("ref", Column("kid", overflow="fold"), "from", "until", "status", box=None, pad_edge=False)
    for key in found:
        table.add_row(key.ref, key.kid, f"{key.signs_from:{_SHOWN}}", f"{key.signs_until:{_SHOWN}}", key.status)
    out.print(table)
