"""Tables of facts and jobs that Core statements and appended rows use. The work store's own tables are in its SQL."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, Uuid
from sqlalchemy.schema import SchemaItem

from shared.database.tables import document, instant, table, text


def _fact_columns() -> tuple[SchemaItem, ...]:
    return (
        Column("fact", Uuid, nullable=False),
        text("type"),
        instant("time"),
        Column("subject", Uuid, nullable=False),
        text("ref"),
        Column("version", Integer, nullable=False),
        text("country", nullable=True),
        text("country_left", nullable=True),
        text("visibility", nullable=True),
        text("link"),
        text("traceparent", nullable=True),
        Column("bulk", Boolean, nullable=False),
    )


core_outbox = table("core_outbox", Column("id", BigInteger, primary_key=True), *_fact_columns(), copied=True)
"""Facts inserted with their change, until the sequencer moves them."""

core_fact = table(
    "core_fact", Column("position", BigInteger, primary_key=True), *_fact_columns(), instant("sequenced_at")
)
"""The feed: committed facts under gap-free positions, for 90 days."""

core_job = table(
    "core_job",
    Column("id", Uuid, primary_key=True),
    text("service"),
    text("job_type"),
    document("payload"),
    text("created_by"),
    text("principal"),
    Column("bulk", Boolean, nullable=False),
    text("status"),
    Column("done", Integer, nullable=False),
    Column("total", Integer),
    document("result", nullable=True),
    text("result_url", nullable=True),
    document("problem", nullable=True),
    Column("attempts", Integer, nullable=False),
    Column("cancel_requested", Boolean, nullable=False),
    text("traceparent", nullable=True),
    instant("created_at"),
    instant("finished_at", nullable=True),
)
"""Deferred jobs. Only the work store writes the lease's columns."""
