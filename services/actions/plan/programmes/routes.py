"""Programmes over HTTP."""

from services.actions.access import ROLES
from services.actions.plan.programmes import operations, schemas
from services.actions.plan.programmes.queries import LISTING
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

router = record_routes(
    RecordApi(
        kind=operations.PROGRAMMES,
        roles=ROLES,
        listing=LISTING,
        response_model=schemas.Programme,
        present=schemas.present,
        bodies=Bodies(schemas.ProgrammeBody, creation=schemas.ProgrammeCreate),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.ProgrammeFields),
        is_public=True,
    )
)
