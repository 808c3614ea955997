"""The lists of centres that are exported and not imported."""

from services.centres.access import ROLES
from services.centres.agreements import queries as agreements
from services.centres.agreements import schemas as agreement
from services.centres.agreements.operations import AGREEMENTS
from services.centres.centres import queries as centres
from services.centres.centres import schemas as centre
from services.centres.centres.operations import CENTRES
from services.centres.committees import queries as committees
from services.centres.committees import schemas as committee
from services.centres.committees.operations import COMMITTEES
from services.centres.seats import queries as seats
from services.centres.seats import schemas as seat
from services.centres.seats.operations import SEATS
from shared.bulk.exported_list import ExportedList

EXPORTED = tuple(
    ExportedList(kind.resource, ROLES, listing, response.model_fields, present)
    for kind, listing, response, present in (
        (AGREEMENTS, agreements.LISTING, agreement.Agreement, agreement.present),
        (CENTRES, centres.LISTING, centre.Centre, centre.present),
        (COMMITTEES, committees.LISTING, committee.Committee, committee.present),
        (SEATS, seats.LISTING, seat.Seat, seat.present),
    )
)
