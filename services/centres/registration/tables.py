"""Centres, and the terms that they are designated for."""

from sqlalchemy import Column, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from shared.database.tables import document, instant, text
from shared.records.columns import day, record_table

centre = record_table(
    "centre_centre",
    document("names"),
    text("search_key"),
    Column("host_institution_id", Uuid, nullable=False),
    text("unit", nullable=True),
    Column("committee_id", Uuid, nullable=True),
    Column("director_id", Uuid, nullable=True),
    Column("themes", ARRAY(Text), nullable=False),
    document("terms_of_reference", nullable=True),
    document("work_plan", nullable=True),
    document("host_letter", nullable=True),
    text("address", nullable=True),
    document("position", nullable=True),
    document("final_report", nullable=True),
    document("evaluation", nullable=True),
    text("previous_status", nullable=True),
    text("registration_number", nullable=True),
    Column("registration_serial", Integer, nullable=True),
    day("designated_on", nullable=True),
    Column("term_number", Integer, nullable=True),
    day("term_starts", nullable=True),
    day("term_ends", nullable=True),
    instant("clock_since", nullable=True),
    instant("clock_target", nullable=True),
)
"""`term_*` are those of the latest term. `designated_on` is the day of the first decision."""

term = record_table(
    "centre_term",
    Column("centre_id", Uuid, nullable=False),
    Column("number", Integer, nullable=False),
    day("starts"),
    day("ends"),
    document("terms_of_reference", nullable=True),
    document("work_plan", nullable=True),
    day("decided_on"),
    Column("endorsement_id", Uuid, nullable=True),
    document("waiver", nullable=True),
    day("consent_lapsed_on", nullable=True),
    day("ended_on", nullable=True),
)
"""`country` and `visibility` are the centre's. `endorsement_id` is the government's consent that a designation rests
on, `waiver` what stands in its place; `consent_lapsed_on` since when no endorsement of the country holds any more.
`ends` is the last day that was decided, `ended_on` the day on which the term ended."""
