"""The lists of centres that are exported with the members of their items. Those of centres have in addition the
headings of an import."""

from collections.abc import Mapping
from typing import Any

from services.centres.access import ROLES
from services.centres.committees.committees import queries as committees
from services.centres.committees.committees import schemas as committee
from services.centres.committees.committees.operations import COMMITTEES
from services.centres.committees.seats import queries as seats
from services.centres.committees.seats import schemas as seat
from services.centres.committees.seats.operations import SEATS
from services.centres.designation.agreements import queries as agreements
from services.centres.designation.agreements import schemas as agreement
from services.centres.designation.agreements.operations import AGREEMENTS
from services.centres.designation.centres import queries as centres
from services.centres.designation.centres import schemas as centre
from services.centres.designation.centres.operations import CENTRES
from services.centres.register.registrations.jobs import CENTRE_IMPORT, HEADINGS
from shared.bulk.exported_list import ExportedList
from shared.records.access_scope import AccessScope


def _centre(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    (headings,) = CENTRE_IMPORT.lines(row, access)
    return {**centre.present(row, access), **headings}


EXPORTED = (
    *(
        ExportedList(kind.resource, ROLES, listing, response.model_fields, present)
        for kind, listing, response, present in (
            (AGREEMENTS, agreements.LISTING, agreement.Agreement, agreement.present),
            (COMMITTEES, committees.LISTING, committee.Committee, committee.present),
            (SEATS, seats.LISTING, seat.Seat, seat.present),
        )
    ),
    ExportedList(CENTRES.resource, ROLES, centres.EXPORTED, {*centre.Centre.model_fields, *HEADINGS}, _centre, "named"),
)
