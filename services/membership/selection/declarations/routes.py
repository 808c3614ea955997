"""Declarations over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.selection.declarations import operations
from services.membership.selection.declarations.queries import LISTING
from services.membership.selection.declarations.schemas import (
    Declaration,
    DeclarationBody,
    DeclarationFields,
    columns,
    present,
)
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

router = record_routes(
    RecordApi(
        kind=operations.DECLARATIONS,
        roles=ROLES,
        listing=LISTING,
        response_model=Declaration,
        present=present,
        bodies=Bodies(DeclarationBody, columns=columns),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, guards=operations.load_guard_context, fields=DeclarationFields),
    )
)
