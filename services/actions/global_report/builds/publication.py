"""Publishing an edition: with its contributions, figures and files, once its numbers can be computed again."""

from collections.abc import Sequence
from dataclasses import replace

import orjson

from services.actions.access import ROLES
from services.actions.global_report.builds import material, queries
from services.actions.global_report.builds.domain import FINAL
from services.actions.global_report.builds.operations import order_again
from services.actions.global_report.contributions.operations import CONTRIBUTIONS
from services.actions.global_report.editions import operations
from services.actions.global_report.editions.domain import FROZEN, EditionGuardContext
from services.actions.global_report.editions.operations import EDITIONS, transition
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.figures import queries as figures
from services.actions.global_report.figures.answers import ASKED, Answer, Asked, digest_of, name_of, verified
from services.actions.global_report.figures.operations import FIGURES
from services.actions.global_report.figures.record import Figure
from services.actions.global_report.review.comments import queries as comments
from services.actions.global_report.review.comments.domain import naming_lock
from services.actions.global_report.volumes.domain import Whole
from services.actions.global_report.volumes.state import state_of
from shared.bulk.store import FileStore
from shared.database.locks import lock_names
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import PermissionScope, Principal
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require
from shared.records.resource_type import TransitionRequest

STORE = "files of builds"
"""Where the operation finds the store of files, in `uow.scratch`."""


async def load_guard_context(
    connect: Connect, principal: Principal, record: Edition, fields: Fields
) -> EditionGuardContext:
    """The inputs of the guards, for a frozen edition also what its publication needs: of figures what the last
    verification found, which asks the API, and of builds all but whether their files stand."""
    loaded = await operations.load_guard_context(connect, principal, record, fields)
    if record.status != FROZEN or not _publishers(principal).covers(None, record.id):
        return loaded
    async with connect() as connection:
        whole = await material.whole_of(connection, record, FINAL, has_contents=False)
        stale = _why_stale(record, whole, await queries.last_final(connection, record.id))
        has_other_numbers = await figures.has_other_numbers(connection, record.id)
    return replace(loaded, has_stale_build=stale is not None, has_other_numbers=has_other_numbers)


def _publishers(principal: Principal) -> PermissionScope:
    return principal.permission_scope(ROLES, EDITIONS.resource.name, "publish")


async def verify_figures(
    uow: UnitOfWork, access: AccessScope, before: Edition, requested: TransitionRequest
) -> Edition:
    """The frozen edition, whose figures note whether the API answers for their day what is frozen, as it was asked
    before the transaction opened. Raises what `Lifecycle.advance` raises."""
    loaded = await operations.load_guard_context(uow.connect, access.principal, before, requested.fields)
    after = await EDITIONS.apply_transition(uow, before, requested, loaded, permitted(access, before))
    asked: Asked = uow.scratch.get(ASKED, {})
    contents = await material.contents_of(uow.connection, before.id)
    for one in await figures.lock_of(uow.connection, before.id, "frozen"):
        answer, is_same = asked.get(name_of(one.query, one.as_of)), _is_same(one, contents.get(one.key), asked)
        seen = answer.sha256 if isinstance(answer, Answer) else None
        await figures.note_verification(uow.connection, one.id, now(), seen, is_same=is_same)
    return after


async def publish(uow: UnitOfWork, access: AccessScope, before: Edition, requested: TransitionRequest) -> Edition:
    """The published edition, whose contributions and figures are public as it is; so are comments with an answer, if it
    says so.

    Raises what `Lifecycle.advance` raises; a refusal for want of a final build in all languages that says what the
    edition says and whose files stand has the code `build_stale`, one for figures that the API answers otherwise for
    their day, as it was asked before the transaction opened, `figure_not_reproducible`, with their keys.
    """
    loaded = await operations.load_guard_context(uow.connect, access.principal, before, requested.fields)
    EDITIONS.lifecycle.advance(before.status, requested.action, loaded, permitted(access, before))
    require(access, requested.action, None, before.id)
    await uow.flush()
    whole = await material.whole_of(uow.connection, before, FINAL)
    stale = await _why_no_build(uow, before, whole)
    locked = await figures.lock_of(uow.connection, before.id, "frozen")
    asked: Asked = uow.scratch.get(ASKED, {})
    others = sorted(one.key for one in locked if not _is_same(one, whole.contents.get(one.key), asked))
    found = replace(loaded, has_stale_build=stale is not None, has_other_numbers=bool(others))
    try:
        after = await EDITIONS.apply_transition(
            uow,
            before,
            requested,
            found,
            permitted(access, before),
            lambda _target: replace(before, published_at=now()),
        )
    except Conflict as refused:
        raise _named(refused, stale, others) from None
    for passage in whole.passages:
        contribution = await CONTRIBUTIONS.lock(uow, passage.id)
        shown = replace(contribution, visibility=after.visibility, published_version=passage.text.number)
        await CONTRIBUTIONS.apply_scheduled(uow, contribution, "publish", shown)
    if before.review["publish_comments"]:
        keys, actor = [one.id for one in whole.passages], uow.origin.actor.label
        await lock_names(uow.connection, naming_lock(before.id))
        await comments.publish(uow.connection, keys, after.visibility, now(), actor)
    for one in locked:
        await FIGURES.write(uow, "publish", one, replace(one, visibility=after.visibility), fact="updated")
    return after


async def retract(uow: UnitOfWork, access: AccessScope, before: Edition, requested: TransitionRequest) -> Edition:
    """The retracted edition, which is built again, so that its files say so. Raises what `Lifecycle.advance` raises."""
    after = await transition(uow, access, before, requested)
    await order_again(uow, after)
    return after


def _named(refused: Conflict, stale: str | None, others: Sequence[str]) -> Conflict:
    """The refusal of a publication under the code of its reason, with what is missing."""
    reason = refused.members.get("reason")
    if reason == "build_stale":
        return Conflict(stale or "", code=reason, members=refused.members)
    if reason == "figure_not_reproducible":
        detail = f"Not what the API answers for the day: {', '.join(others)}."
        return Conflict(detail, code=reason, members={**refused.members, "figures": others})
    return refused


def _why_stale(of: Edition, whole: Whole, last: Row | None) -> str | None:
    """Why the last final build does not say what the edition says; None if it does."""
    if last is None or last["state"] != state_of(whole):
        return "No final build says what the edition says."
    missing = sorted({*of.languages} - {*last["languages"]})
    return f"The last final build lacks {', '.join(missing)}." if missing else None


async def _why_no_build(uow: UnitOfWork, of: Edition, whole: Whole) -> str | None:
    """The same, also if a file of the build is lost."""
    last = await queries.last_final(uow.connection, of.id)
    stale = _why_stale(of, whole, last)
    if last is None or stale is not None:
        return stale
    store: FileStore = uow.scratch[STORE]
    for file in await queries.files_of(uow.connection, last["id"]):
        if await store.size(file["sha256"]) != file["size"]:
            return f"The file {file['name']} is lost: build again."
    return None


def _is_same(of: Figure, content: str | None, asked: Asked) -> bool:
    answer = asked.get(name_of(of.query, of.as_of))
    if content is None or of.sha256 is None or not isinstance(answer, Answer):
        return False
    return verified(orjson.loads(content), digest_of(content), of.sha256, of.definition, answer).match
