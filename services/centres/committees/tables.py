"""Committees and their seats."""

from sqlalchemy import Column, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from shared.database.tables import document, text
from shared.records.columns import day, record_table

committee = record_table(
    "centre_committee",
    document("names"),
    text("search_key"),
    Column("host_institution_id", Uuid, nullable=True),
    Column("partner_institution_ids", ARRAY(Uuid), nullable=False),
    document("decision", nullable=True),
    document("bylaws", nullable=True),
    text("previous_status", nullable=True),
    day("formed_on", nullable=True),
    day("recognised_on", nullable=True),
    day("ended_on", nullable=True),
)

seat = record_table(
    "centre_seat",
    Column("committee_id", Uuid, nullable=False),
    Column("expert_id", Uuid, nullable=True),
    text("person_name", nullable=True),
    text("search_key"),
    text("office"),
    text("starts", nullable=True),
    text("ends", nullable=True),
)
"""`country` and `visibility` are the committee's. The database derives the days that an office is taken from `starts`
and `ends`, which may be partial dates."""
