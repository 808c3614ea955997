"""Seats on committees."""

from services.centres.committees.seats.record import Seat
from shared.records.columns import table_of

seat = table_of(Seat, "centre_seat")
