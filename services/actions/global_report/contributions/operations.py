"""Writing contributions: one function per verb, and what the schedule does."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.actions.access import ROLES
from services.actions.global_report.contributions import domain, queries
from services.actions.global_report.contributions.record import Consent, Contribution
from services.actions.global_report.contributions.tables import contribution
from services.actions.global_report.editions.domain import PUBLISHED, entry_of, require_living, takes_proposals
from services.actions.global_report.editions.operations import EDITIONS
from services.actions.global_report.editions.queries import edition_of
from services.actions.global_report.editions.record import Edition
from shared.database.locks import lock_names
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, to_text, today
from shared.kernel.errors import Conflict, Forbidden, Invalid, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields, given, given_id
from shared.kernel.principal import Principal
from shared.messaging.outbox import defer_once
from shared.records.access_scope import AccessScope
from shared.records.erasing import ERASE
from shared.records.references import NAMED_EXPERTS, require_known
from shared.records.requirements import permitted
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import differing

CONTRIBUTIONS: ResourceType[Contribution, domain.ContributionGuardContext] = ResourceType.of(
    Contribution, contribution, domain.LIFECYCLE
)
ASK_AUTHORS = "ask_authors"
"""The job that mails authors without a record, and its checkpoint."""
_OF_EDITORS = frozenset(("due", "outline_key"))


def own_records(principal: Principal) -> frozenset[str]:
    """The ids of the caller's own records in the register."""
    return principal.permission_scope(ROLES, CONTRIBUTIONS.resource.name, domain.CONFIRM).records


def comments_lock(edition: UUID) -> str:
    """The name of the lock of whoever comments on an edition, and of what depends on its comments."""
    return f"comments on {edition}"


async def create(uow: UnitOfWork, access: AccessScope, new: Contribution) -> Contribution:
    """Inserts a draft of an editor, or the proposal of one of its authors.

    Raises Invalid for an edition, place or expert that the caller may not know of, and for authors that do not fit,
    Forbidden for who is neither an editor nor one of the authors, Conflict `call_not_open` for a proposal outside the
    call, and once the edition is abandoned.
    """
    found = await edition_of(uow.connection, new.edition_id)
    edition = require_known(access.principal, found, EDITIONS.resource, PUBLISHED, "/edition_id")
    is_editors = access.may("accept", None, edition.id)
    entry = entry_of(edition, new.outline_key)
    if entry is None or new.country not in (None, entry["country"]):
        at = "/country" if entry else "/outline_key"
        raise invalid_field(at, "unknown_reference", "The outline has no such place.")
    placed = domain.with_authors(
        None,
        replace(
            new,
            country=entry["country"],
            visibility="restricted",
            status="draft" if is_editors else "proposed",
            due=_due(edition, new.due) if is_editors else None,
            number=0,
            expert_ids=[],
            unconfirmed_ids=[],
            corresponding_id=None,
            authors_asked=0,
        ),
    )
    if not is_editors:
        await _require_proposal(uow, access, edition, placed)
    else:
        require_living(await EDITIONS.lock(uow, edition.id))
    await _require_authors(uow, None, placed)
    numbered = replace(placed, number=await queries.next_number(uow.connection, edition.id))
    return await _asked(uow, await CONTRIBUTIONS.insert(uow, _asking(numbered)), None)


async def _require_proposal(uow: UnitOfWork, access: AccessScope, edition: Edition, new: Contribution) -> None:
    own = own_records(access.principal)
    if not access.may("create", None, tuple(UUID(key) for key in own)):
        raise Forbidden("Your grants do not include this.", members={"reason": "not_permitted"})
    if not takes_proposals(edition, now()):
        raise Conflict("The call is not open.", code="call_not_open", members={"current_state": edition.status})
    if own.isdisjoint(map(str, new.expert_ids)):
        raise invalid_field("/authors", "required", "Who proposes a contribution is one of its authors.")
    await uow.allow_record(*own)


async def _require_authors(uow: UnitOfWork, before: Contribution | None, wanted: Contribution) -> None:
    """Raises Invalid for authors that do not fit, or whom the actor may not know of."""
    if faults := list(domain.faults_of(wanted.authors, wanted.addresses)):
        raise Invalid(errors=faults)
    known = set(before.expert_ids) if before else set()
    known |= {UUID(key) for key in own_records(uow.origin.actor)}
    named = {
        f"/authors/{place}/expert_id": UUID(key)
        for place, author in enumerate(wanted.authors)
        if (key := author["expert_id"]) and UUID(key) not in known
    }
    await NAMED_EXPERTS.require(uow, named)
    if len(wanted.addresses) + wanted.authors_asked > domain.MOST_MAILS:
        raise Conflict(f"A contribution asks at most {domain.MOST_MAILS} authors by mail.")


def _due(edition: Edition | None, wanted: date | None) -> date | None:
    """The last day of a draft: that of the edition by default."""
    days = edition.deadlines if edition else None
    return wanted or (date.fromisoformat(days["draft"]) if days else None)


def _still_ahead(due: date | None) -> date | None:
    """The last day of who has the draft again. Raises Invalid for one that has passed."""
    if due is not None and due < today():
        raise invalid_field("/fields/due", "invalid_date", f"{due} has passed: give a day from today on.")
    return due


async def update(uow: UnitOfWork, access: AccessScope, before: Contribution, wanted: Contribution) -> Contribution:
    """Updates a contribution that its authors have. Its place and its last day are the editors'. Whoever is named
    otherwise confirms anew.

    Raises Conflict in another state, Forbidden for an author who changes what is the editors', Invalid as `create`
    does.
    """
    wanted = domain.with_authors(before, wanted)
    changed = differing(before, wanted).keys()
    if not changed:
        return before
    if before.status not in domain.EDITABLE:
        raise Conflict("This does not change any more.", members={"current_state": before.status})
    if changed & _OF_EDITORS and not access.may("accept", before.country, before.edition_id):
        raise Forbidden("Place and last day are the editors'.", members={"reason": "not_permitted"})
    if "outline_key" in changed:
        edition = await edition_of(uow.connection, before.edition_id)
        entry = edition and entry_of(edition, wanted.outline_key)
        if not entry:
            raise invalid_field("/outline_key", "unknown_reference", "The outline has no such place.")
        wanted = replace(wanted, country=entry["country"])
    if {"authors", "addresses"} & changed:
        await _require_authors(uow, before, wanted)
    return await _asked(uow, await CONTRIBUTIONS.update(uow, before, _asking(wanted)), before)


def _asking(of: Contribution) -> Contribution:
    """The contribution with its authors asked, once it is accepted."""
    return domain.asking(of) if of.status in domain.AWAITED else of


async def _asked(uow: UnitOfWork, after: Contribution, before: Contribution | None) -> Contribution:
    """Assigns the mails to authors that a change asks to the worker."""
    last = before.authors_asked if before else 0
    if after.authors_asked > last:
        defer_once(uow, "actions", ASK_AUTHORS, {"contribution": str(after.id), "after": last})
    return after


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Contribution, requested: TransitionRequest
) -> Contribution:
    """Applies one transition. Raises what `Lifecycle.advance` raises, Invalid for `assign` to an account that is no
    editor of the edition."""
    may = permitted(access, before)
    if requested.action == "clear":
        await lock_names(uow.connection, comments_lock(before.edition_id))
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    wanted = before
    if may(requested.action):
        wanted = await _changed(uow, access, before, requested)

    def effects(target: str) -> Contribution:
        return domain.asking(wanted) if target in domain.AWAITED and target != before.status else wanted

    after = await CONTRIBUTIONS.apply_transition(uow, before, requested, guard_context, may, effects)
    return await _asked(uow, after, before)


async def _changed(
    uow: UnitOfWork, access: AccessScope, before: Contribution, requested: TransitionRequest
) -> Contribution:
    """The contribution with what a transition changes besides the state."""
    fields, wanted = requested.fields, before
    match requested.action:
        case domain.CONFIRM:
            wanted = domain.confirmed(before, {*own_records(access.principal)}, now())
        case "accept":
            edition = await edition_of(uow.connection, before.edition_id)
            wanted = replace(before, due=_due(edition, given(fields, "due", date)))
        case "return":
            wanted = replace(before, due=_still_ahead(given(fields, "due", date) or before.due), consent=None)
        case "consent":
            current = await queries.current_version(uow.connection, before.id, before.language)
            consent = current and Consent(version=current["number"], at=to_text(now()))
            wanted = replace(before, consent=consent)
        case "assign":
            editor = given_id(fields, "editor_id")
            if editor is not None and not await queries.is_editor(uow.connection, before.edition_id, editor):
                raise unknown_reference("/fields/editor_id", "editor of the edition")
            wanted = replace(before, editor_id=editor)
        case "decline" | "drop":
            wanted = replace(before, addresses={})
    return wanted


async def is_author_of(connect: Connect, principal: Principal, record: Contribution) -> bool:
    """Whether the caller is an author, by a grant over their own record or by their account."""
    if not own_records(principal).isdisjoint(map(str, record.expert_ids)):
        return True
    if principal.account_id is None or not record.expert_ids:
        return False
    async with connect() as connection:
        return principal.account_id in await queries.accounts_of(connection, record.expert_ids)


async def load_guard_context(
    connect: Connect, principal: Principal, record: Contribution, _fields: Fields
) -> domain.ContributionGuardContext:
    """The inputs of the guards for this caller and this contribution."""
    is_author, missing = await is_author_of(connect, principal, record), None
    if record.status == "in_review":
        return await _reviewed(connect, record, is_author=is_author)
    if record.status in domain.PUBLISHED:
        return await _published(connect, record, is_author=is_author)
    if record.status in domain.AWAITED:
        async with connect() as connection:
            has_version = await queries.has_version(connection, record.id, record.language)
        missing = domain.missing_in(record, has_version=has_version)
    return domain.ContributionGuardContext(is_author, domain.is_unconfirmed(record, {*own_records(principal)}), missing)


async def _reviewed(connect: Connect, record: Contribution, *, is_author: bool) -> domain.ContributionGuardContext:
    async with connect() as connection:
        comments = await queries.comments_of(connection, record.id)
        has_open_rounds = await queries.has_open_round(connection, record.id)
    return domain.ContributionGuardContext(
        is_author,
        is_unconfirmed=False,
        has_open_comments=bool(comments["open"]),
        has_open_rounds=has_open_rounds,
        is_chapter=record.country is not None,
        has_consent=record.consent is not None,
    )


async def _published(connect: Connect, record: Contribution, *, is_author: bool) -> domain.ContributionGuardContext:
    has_consent = False
    if record.country is not None and record.consent is not None:
        async with connect() as connection:
            current = await queries.current_version(connection, record.id, record.language)
        has_consent = current is not None and record.consent["version"] == current["number"]
    return domain.ContributionGuardContext(
        is_author, is_unconfirmed=False, is_chapter=record.country is not None, has_consent=has_consent
    )


async def remind(uow: UnitOfWork) -> None:
    """Announces that contributions are due soon or late, once for each day of a reminder; at most 500."""
    day = today()
    for one in await queries.take_reminded(uow.connection, day):
        if one.due is not None:
            CONTRIBUTIONS.record_change(uow, "remind", one, one, domain.reminder_of(one.due, day))


async def erase_author(uow: UnitOfWork, expert: UUID) -> int:
    """Empties what contributions say of an author who was erased. Returns how many there were."""
    found = await queries.lock_of_author(uow.connection, expert)
    for before in found:
        after = domain.without_statements(before, expert)
        if after != before:
            await CONTRIBUTIONS.write(uow, ERASE, before, after, fact="updated")
    return len(found)


async def drop_abandoned(uow: UnitOfWork) -> None:
    """Drops what is open in abandoned editions; at most 500 at once."""
    for before in await queries.lock_abandoned(uow.connection):
        await CONTRIBUTIONS.apply_scheduled(uow, before, "drop", replace(before, addresses={}))
