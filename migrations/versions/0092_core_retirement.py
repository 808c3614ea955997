"""Months of the audit trail are retired in parts, so that neither writers nor the relay wait for their links."""

from migrations.definitions import define
from migrations.rules import run

revision = "0092_core_retirement"
down_revision = "0091_core_template_search"


def upgrade() -> None:
    """A call deletes the first links of the oldest month, with their checkpoints, and the keys of a day before, which
    no later entry uses. It finds them by where the chain begins, so that it does not read what earlier calls deleted.
    The last one drops the month: writers wait from then to the commit."""
    run("DROP FUNCTION core_audit_retire(integer)")
    define("core_audit_retire", "0092")


def downgrade() -> None:
    run("DROP FUNCTION core_audit_retire(integer, integer)")
    define("core_audit_retire")
