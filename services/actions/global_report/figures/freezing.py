"""Freezing an edition: each figure keeps what the API answered for one day that has ended."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from services.actions.global_report.editions.operations import EDITIONS, load_guard_context
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.figures import domain, queries
from services.actions.global_report.figures.answers import ASKED, Answer, Asked, Unfit, axes_of, name_of
from services.actions.global_report.figures.operations import FIGURES
from services.actions.global_report.figures.record import Figure
from services.actions.global_report.figures.tables import figure_data
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import Conflict
from shared.kernel.lifecycle import given
from shared.kernel.release import release
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted
from shared.records.resource_type import TransitionRequest


async def freeze(uow: UnitOfWork, access: AccessScope, before: Edition, requested: TransitionRequest) -> Edition:
    """The frozen edition, whose figures have the answers that were asked before the transaction opened. Raises what
    `Lifecycle.advance` raises; `figures` names those without data."""
    day = domain.freezing_day(given(requested.fields, "as_of", date), today())
    figures = await queries.lock_of(uow.connection, before.id, "live")
    found = _answers(figures, uow.scratch.get(ASKED, {}), day)
    lacking = [one.key for one in figures if one.key not in found]
    loaded = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    try:
        after = await EDITIONS.apply_transition(
            uow,
            before,
            requested,
            replace(loaded, lacks_data=bool(lacking)),
            permitted(access, before),
            lambda _target: replace(before, as_of=day, frozen_at=now()),
        )
    except Conflict as refused:
        refused.members |= {"figures": lacking} if refused.members.get("reason") == "figure_without_data" else {}
        raise
    for one in figures:
        await _keep(uow, one, found[one.key], day)
    return after


async def thaw(uow: UnitOfWork, access: AccessScope, before: Edition, requested: TransitionRequest) -> Edition:
    """The edition in writing again; the frozen data of its figures is dropped. Raises what `Lifecycle.advance`
    raises."""
    loaded = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    after = await EDITIONS.apply_transition(
        uow,
        before,
        requested,
        loaded,
        permitted(access, before),
        lambda _target: replace(before, as_of=None, frozen_at=None),
    )
    for one in await queries.lock_of(uow.connection, before.id, "frozen"):
        await queries.forget_data(uow.connection, one.id)
        wanted = replace(one, as_of=None, definition=None, release=None, sha256=None)
        await FIGURES.apply_scheduled(uow, one, "thaw", wanted)
    return after


def _answers(figures: Iterable[Figure], asked: Asked, day: date) -> Mapping[str, Answer]:
    """The answers by the keys of the figures that have data for the day."""
    found = {one.key: (one, asked.get(name_of(one.query, day))) for one in figures}
    return {key: answer for key, (one, answer) in found.items() if isinstance(answer, Answer) and _fits(one, answer)}


def _fits(of: Figure, answer: Answer) -> bool:
    """Whether the answer has what the figure shows; nothing to count is an answer."""
    try:
        axes_of(of, answer.data)
    except Unfit:
        return False
    return True


async def _keep(uow: UnitOfWork, of: Figure, answer: Answer, day: date) -> None:
    uow.append(figure_data, figure_id=of.id, content=answer.content)
    wanted = replace(of, as_of=day, definition=answer.definition, release=release(), sha256=answer.sha256)
    await FIGURES.apply_scheduled(uow, of, "freeze", wanted)
