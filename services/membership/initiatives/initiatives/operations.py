"""Writing initiatives: one function per verb."""

from dataclasses import replace

from services.membership.access import ROLES
from services.membership.events.congresses import queries as congresses
from services.membership.events.congresses.domain import PUBLISHED as CONGRESSES_PUBLISHED
from services.membership.events.congresses.operations import CONGRESSES
from services.membership.initiatives.initiatives import domain, queries
from services.membership.initiatives.initiatives.record import Initiative
from services.membership.initiatives.initiatives.tables import initiative
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, FieldError
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.references import require_known
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

INITIATIVES: ResourceType[Initiative, None] = ResourceType.of(Initiative, initiative, domain.LIFECYCLE)


async def create(uow: UnitOfWork, access: AccessScope, new: Initiative) -> Initiative:
    """Inserts a draft, by whoever may do so anywhere, since an initiative belongs to no country. Raises Conflict for a
    code in use, Invalid for an unknown congress, and if it closes before it opens."""
    if not makes(access.principal):
        require(access, "create", None)
    await uow.allow_record(new.id)
    await _check(uow, access, new, before=None)
    return await INITIATIVES.insert(uow, _placed(new, "draft"))


def makes(principal: Principal) -> bool:
    """Whether a principal may enter initiatives."""
    return bool(principal.permission_scope(ROLES, INITIATIVES.resource.name, "create"))


async def update(uow: UnitOfWork, access: AccessScope, before: Initiative, wanted: Initiative) -> Initiative:
    """Updates the initiative. Raises what `create` raises, and Conflict `text_signed` for a change of a signed text."""
    await _check(uow, access, wanted, before)
    if (wanted.titles, wanted.texts) != (before.titles, before.texts) and await queries.is_signed(
        uow.connection, before.id
    ):
        domain.check_frozen("titles", before.titles, wanted.titles)
        domain.check_frozen("texts", before.texts, wanted.texts)
    return await INITIATIVES.update(uow, before, _placed(wanted, before.status))


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Initiative, requested: TransitionRequest
) -> Initiative:
    """Applies one transition. Whoever opens or closes an initiative before its time sets its instant to now; a reopened
    one has no end until somebody sets it. Raises what `Lifecycle.advance` raises."""
    at = now()

    def effects(_target: str) -> Initiative:
        match requested.action:
            case "open":
                return before if before.opens and before.opens <= at else replace(before, opens=at)
            case "close":
                return before if before.closes and before.closes <= at else replace(before, closes=at)
            case "reopen":
                return replace(before, closes=None)
        return before

    return await INITIATIVES.apply_transition(uow, before, requested, None, permitted(access, before), effects)


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Opens and closes initiatives by time, at most 200 at once."""
    for before in await queries.lock_due(uow.connection, now()):
        await INITIATIVES.apply_scheduled(uow, before, "open" if before.status == "draft" else "close")


async def _check(uow: UnitOfWork, access: AccessScope, wanted: Initiative, before: Initiative | None) -> None:
    domain.check_period(wanted.opens, wanted.closes)
    if wanted.congress_id is not None and (before is None or wanted.congress_id != before.congress_id):
        found = await congresses.get(uow.connection, wanted.congress_id)
        require_known(access.principal, found, CONGRESSES.resource, CONGRESSES_PUBLISHED, "/congress_id")
    if (before is None or wanted.code != before.code) and await queries.of_code(uow.connection, wanted.code):
        detail = "Another initiative has this code."
        raise Conflict(detail, errors=[FieldError("not_unique", detail, pointer="/code")])


def _placed(wanted: Initiative, status: str) -> Initiative:
    """The initiative in a state, with the columns derived from others."""
    return replace(
        wanted,
        status=status,
        text_digests=domain.digests(wanted.titles, wanted.texts),
    )
