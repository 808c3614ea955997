"""Grants of roles to accounts and clients."""

from sqlalchemy import Column, Date, Uuid

from shared.database.tables import text
from shared.records.columns import record_table

grant = record_table(
    "access_grant",
    text("principal_kind"),
    Column("principal_id", Uuid, nullable=False),
    text("role"),
    text("scope_kind"),
    text("scope_id", nullable=True),
    Column("starts", Date, nullable=False),
    Column("ends", Date, nullable=True),
    text("reason", nullable=True),
    Column("second_person", Uuid, nullable=True),
    Column("delegated_from", Uuid, nullable=True),
    text("caused_by", nullable=True),
)
"""`country` is that of the scope, where it is one country. `created_by` is who granted; `second_person` the account
that confirms, where one was named; `delegated_from` the grant whose holder passes it on for a time; `caused_by` whose
act the grant follows from, where it follows from a record or waits since a merge."""
