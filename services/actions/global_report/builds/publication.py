"""Publishing an edition: with its contributions, figures and files, once its numbers can be computed again."""

from collections.abc import Sequence
from dataclasses import replace

import orjson

from services.actions.global_report.builds import material, queries
from services.actions.global_report.builds.domain import FINAL
from services.actions.global_report.builds.operations import order_again
from services.actions.global_report.comments import queries as comments
from services.actions.global_report.contributions.operations import CONTRIBUTIONS
from services.actions.global_report.editions.operations import EDITIONS, load_guard_context, transition
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.figures import domain as figures
from services.actions.global_report.figures.answers import ASKED, Answer, Asked, digest_of, name_of, verified
from services.actions.global_report.figures.operations import FIGURES
from services.actions.global_report.figures.queries import lock_of
from services.actions.global_report.figures.record import Figure
from services.actions.global_report.volumes.domain import Whole
from services.actions.global_report.volumes.state import state_of
from shared.bulk.store import FileStore
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import TransitionRequest

STORE = "files of builds"
"""Where the operation finds the store of files, in `uow.scratch`."""


async def publish(uow: UnitOfWork, access: AccessScope, before: Edition, requested: TransitionRequest) -> Edition:
    """The published edition, whose contributions and figures are public as it is; so are comments with an answer, if it
    says so.

    Raises what `Lifecycle.advance` raises, Conflict `build_stale` without a final build in all languages that says what
    the edition says and whose files stand, `figure_not_reproducible` with the keys of figures that the API answers
    otherwise for their day.
    """
    loaded = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    EDITIONS.lifecycle.advance(before.status, requested.action, loaded, permitted(access, before))
    require(access, requested.action, None, before.id)
    await uow.flush()
    whole = await material.whole_of(uow.connection, before, FINAL)
    await _require_build(uow, before, whole)
    locked = await lock_of(uow.connection, before.id, "frozen")
    figures.require_reproducible(_matches(locked, whole, uow.scratch.get(ASKED, {})))
    after = await EDITIONS.apply_transition(
        uow, before, requested, loaded, permitted(access, before), lambda _target: replace(before, published_at=now())
    )
    for passage in whole.passages:
        contribution = await CONTRIBUTIONS.lock(uow, passage.id)
        shown = replace(contribution, visibility=after.visibility, published_version=passage.text.number)
        await CONTRIBUTIONS.apply_scheduled(uow, contribution, "publish", shown)
    if before.review["publish_comments"]:
        keys, actor = [one.id for one in whole.passages], uow.origin.actor.label
        await comments.publish(uow.connection, keys, after.visibility, now(), actor)
    for one in locked:
        await FIGURES.write(uow, "publish", one, replace(one, visibility=after.visibility), fact="updated")
    return after


async def retract(uow: UnitOfWork, access: AccessScope, before: Edition, requested: TransitionRequest) -> Edition:
    """The retracted edition, which is built again, so that its files say so. Raises what `Lifecycle.advance` raises."""
    after = await transition(uow, access, before, requested)
    await order_again(uow, after)
    return after


async def _require_build(uow: UnitOfWork, of: Edition, whole: Whole) -> None:
    row = await queries.last_final(uow.connection, of.id)
    if row is None or row["state"] != state_of(whole):
        raise Conflict("No final build says what the edition says.", code="build_stale")
    if missing := sorted({*of.languages} - {*row["languages"]}):
        raise Conflict(f"The last final build lacks {', '.join(missing)}.", code="build_stale")
    store: FileStore = uow.scratch[STORE]
    for file in await queries.files_of(uow.connection, row["id"]):
        if await store.size(file["sha256"]) != file["size"]:
            raise Conflict(f"The file {file['name']} is lost: build again.", code="build_stale")


def _matches(of: Sequence[Figure], whole: Whole, asked: Asked) -> dict[str, bool]:
    """Whether the frozen data of each figure is what the API answers for its day now."""
    return {one.key: _is_same(one, whole.contents.get(one.key), asked) for one in of}


def _is_same(of: Figure, content: str | None, asked: Asked) -> bool:
    answer = asked.get(name_of(of.query, of.as_of))
    if content is None or of.sha256 is None or not isinstance(answer, Answer):
        return False
    return verified(orjson.loads(content), digest_of(content), of.sha256, of.definition, answer).match
