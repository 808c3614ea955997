"""Seats over HTTP: the routes of every record, from this description."""

from services.centres.access import ROLES
from services.centres.seats import operations
from services.centres.seats.queries import LISTING
from services.centres.seats.schemas import Seat, SeatBody, SeatFields, present, row_of, written
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.records.access_scope import AccessScope
from shared.web.records import RecordApi
from shared.web.translation import register_constraint

register_constraint("centre_seat_holder_excl", "/office", "Somebody else holds this office at that time.")


async def _create(uow: UnitOfWork, access: AccessScope, body: SeatBody) -> Row:
    return await operations.create(uow, access, row_of(body))


async def _update(uow: UnitOfWork, access: AccessScope, row: Row, body: SeatBody) -> Row:
    return await operations.update(uow, access, row, row_of(body))


router = RecordApi(
    kind=operations.SEATS,
    roles=ROLES,
    listing=LISTING,
    answer=Seat,
    create_body=SeatBody,
    body=SeatBody,
    present=present,
    guard_context=operations.load_guard_context,
    create=_create,
    update=_update,
    transition=operations.transition,
    fields=SeatFields,
    written=written,
).routes()
