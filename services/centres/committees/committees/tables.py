"""Committees."""

from services.centres.committees.committees.record import Committee
from shared.records.columns import table_of

committee = table_of(Committee, "centre_committee")
