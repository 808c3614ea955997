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
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.DECLARATIONS,
    roles=ROLES,
    listing=LISTING,
    response_model=Declaration,
    body=DeclarationBody,
    present=present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    columns=columns,
    transition=operations.transition,
    fields=DeclarationFields,
).routes()
