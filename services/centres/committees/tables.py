"""Committees and their seats."""

from services.centres.committees.record import Committee
from services.centres.seats.record import Seat
from shared.records.columns import table_of

committee = table_of(Committee, "centre_committee")
seat = table_of(Seat, "centre_seat")
