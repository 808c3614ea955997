"""Writing figures: one function per verb."""

from dataclasses import replace

from services.actions.global_report.editions.domain import PUBLISHED as EDITIONS_PUBLISHED
from services.actions.global_report.editions.domain import require_living
from services.actions.global_report.editions.operations import EDITIONS
from services.actions.global_report.editions.queries import edition_of
from services.actions.global_report.figures import answers, domain, queries
from services.actions.global_report.figures.record import Figure
from services.actions.global_report.figures.tables import figure
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, invalid_field
from shared.records.access_scope import AccessScope
from shared.records.references import require_known
from shared.records.requirements import require
from shared.records.resource_type import ResourceType
from shared.records.rows import differing

FIGURES: ResourceType[Figure, None] = ResourceType.of(Figure, figure, domain.LIFECYCLE)
SHOWN = frozenset(("kind", "query", "x", "y", "series"))
"""What decides whether the data of a figure fits it."""


async def create(uow: UnitOfWork, access: AccessScope, new: Figure) -> Figure:
    """A live figure of an edition in work.

    Raises Invalid for an edition that the caller may not know of, for a query that the API does not answer to everybody
    for a past day (`figure_query_not_public`) and for members that its answer lacks, Forbidden outside the caller's
    grants, Conflict `edition_frozen`.
    """
    found = await edition_of(uow.connection, new.edition_id)
    edition = require_known(access.principal, found, EDITIONS.resource, EDITIONS_PUBLISHED, "/edition_id")
    require(access, "create", None, edition.id)
    require_living(await EDITIONS.lock(uow, edition.id))
    if await queries.number_of(uow.connection, edition.id) >= domain.MOST_FIGURES:
        raise Conflict(f"An edition has at most {domain.MOST_FIGURES} figures.")
    _check(uow, new)
    placed = replace(new, country=None, visibility="restricted", status="live")
    return await FIGURES.insert(uow, placed)


async def update(uow: UnitOfWork, _access: AccessScope, before: Figure, wanted: Figure) -> Figure:
    """Updates a live figure, which is locked; a freeze locks it too, and refuses one whose query it has not asked.

    Raises Conflict `edition_frozen`, and what `create` raises for a query.
    """
    changed = differing(before, wanted).keys()
    if not changed:
        return before
    if (edition := await edition_of(uow.connection, before.edition_id)) is not None:
        require_living(edition)
    if before.status != "live":
        raise Conflict("This does not change any more.", members={"current_state": before.status})
    if changed & SHOWN:
        _check(uow, wanted)
    return await FIGURES.update(uow, before, wanted)


def _check(uow: UnitOfWork, of: Figure) -> None:
    """Raises Invalid unless the API answers the query for a past day, and the answer has the members of the axes."""
    domain.check(of.query)
    asked: answers.Asked = uow.scratch.get(answers.ASKED, {})
    answer = asked.get(answers.name_of(of.query, domain.freezing_day(None, today())))
    if answer is None:
        raise Conflict("The figure changed in the meantime.")
    if isinstance(answer, answers.Refusal):
        raise domain.not_public(answer.reason, "/query")
    try:
        answers.axes_of(of, answer.data)
    except answers.Unfit as error:
        raise invalid_field(f"/{error.member}", error.code, error.sentence) from error
