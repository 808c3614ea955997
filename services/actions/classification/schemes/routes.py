"""Editions of schemes over HTTP; the current one is also found by the code of its scheme."""

from services.actions.access import ROLES
from services.actions.classification.schemes import operations, record
from services.actions.classification.schemes.domain import CODE, SchemeGuardContext
from services.actions.classification.schemes.queries import LISTING, edition_of
from services.actions.classification.schemes.schemas import Scheme, SchemeBody, present
from shared.database.statements import Row
from shared.kernel.errors import NotFound
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.records.withheld import Withheld
from shared.web.request.error_mapping import register_constraint
from shared.web.request.request_context import CurrentContext

register_constraint("action_scheme_edition_key", "/edition", "The scheme has this edition.")


class SchemeApi(RecordApi[record.Scheme, SchemeGuardContext]):
    """Addresses name an edition by id, by ref, or by the code of its scheme: then the one of the parameter `edition`,
    by default the current one."""

    async def shown_to(self, record: str, ctx: CurrentContext) -> Row | Withheld:
        edition = ctx.request.query_params.get("edition")
        if CODE.fullmatch(record):
            async with ctx.connection() as connection:
                record = str(await edition_of(connection, record, edition))
        found = await super().shown_to(record, ctx)
        if edition is not None and not isinstance(found, Withheld) and found["edition"] != edition:
            raise NotFound("This is another edition of the scheme.")
        return found


SCHEME_API = SchemeApi(
    kind=operations.SCHEMES,
    roles=ROLES,
    listing=LISTING,
    response_model=Scheme,
    present=present,
    bodies=Bodies(SchemeBody),
    create=operations.create,
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context),
    is_public=True,
)
router = record_routes(SCHEME_API)
