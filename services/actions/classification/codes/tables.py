"""The codes of editions, and the codes that records have."""

from sqlalchemy import Column, ForeignKey, Integer, Uuid

from services.actions.classification.schemes.tables import scheme
from shared.database.tables import document, table, text

scheme_code = table(
    "action_scheme_code",
    Column("scheme_id", Uuid, ForeignKey(scheme.c.id), primary_key=True),
    text("code"),
    text("parent", nullable=True),
    text("kind", nullable=True),
    document("titles"),
    text("uri", nullable=True),
    Column("position", Integer, nullable=False),
)
tag = table(
    "action_tag",
    Column("id", Uuid, primary_key=True),
    text("kind"),
    text("scheme"),
    text("code"),
    text("status"),
    text("country"),
    text("visibility"),
    Column("scope_id", Uuid, nullable=True),
)
"""One row for each code of each record, written by triggers. `id` is the record's,
`scope_id` the institution or centre of a file of evidence."""
