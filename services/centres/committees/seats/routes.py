"""Seats over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.committees.seats import operations
from services.centres.committees.seats.queries import LISTING
from services.centres.committees.seats.schemas import Seat, SeatBody, SeatFields, columns, present, written
from shared.web.records.records import RecordApi
from shared.web.request.error_mapping import register_constraint

register_constraint("centre_seat_holder_excl", "/office", "Another person has this office at that time.")


router = RecordApi(
    kind=operations.SEATS,
    roles=ROLES,
    listing=LISTING,
    response_model=Seat,
    body=SeatBody,
    present=present,
    create=operations.create,
    update=operations.update,
    columns=columns,
    transition=operations.transition,
    fields=SeatFields,
    written=written,
).routes()
