"""Seats over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.committees.seats import operations
from services.centres.committees.seats.queries import LISTING
from services.centres.committees.seats.schemas import Seat, SeatBody, SeatFields, columns, present, written
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

register_constraint("centre_seat_holder_excl", "/office", "Another person has this office at that time.")


router = record_routes(
    RecordApi(
        kind=operations.SEATS,
        roles=ROLES,
        listing=LISTING,
        response_model=Seat,
        present=present,
        bodies=Bodies(SeatBody, columns=columns, written=written),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, fields=SeatFields),
    )
)
