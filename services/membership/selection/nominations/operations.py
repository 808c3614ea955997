"""Writing nominations: one function per verb, and what the schedule does. See `confirmation` for the nominator's."""

from dataclasses import replace
from datetime import datetime

from services.membership.access import ROLES
from services.membership.register.experts.owners import owner_of, record_of_account
from services.membership.selection.calls.domain import PUBLISHED, is_eligible
from services.membership.selection.calls.operations import CALLS
from services.membership.selection.calls.queries import call_of
from services.membership.selection.conflicts.operations import find_conflicts
from services.membership.selection.nominations import domain, queries
from services.membership.selection.nominations.record import Nomination
from services.membership.selection.nominations.tables import nomination
from shared.database.locks import lock_names
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import CommittedConflict, Conflict, FieldError, Forbidden, NotFound, invalid_field
from shared.kernel.lifecycle import Fields, given
from shared.kernel.principal import Principal
from shared.kernel.text import email_key
from shared.mail import tokens
from shared.messaging.outbox import defer_once
from shared.records.access_scope import AccessScope
from shared.records.documents import are_available, with_each_digest
from shared.records.panels import CHAIR, conflict_of, office_of
from shared.records.references import require_known
from shared.records.requirements import permitted
from shared.records.resource_type import ResourceType, TransitionRequest
from shared.records.rows import with_columns

NOMINATIONS: ResourceType[Nomination, domain.NominationGuardContext] = ResourceType.of(
    Nomination, nomination, domain.LIFECYCLE, is_personal=True
)
SEND_NOMINATION = "send_nomination"
"""The job that mails a nominator."""
ASKED, CONFIRMED, DECLINED = TEMPLATES = ("nomination", "nomination_confirmed", "nomination_declined")
"""The mails to a nominator: the link, and the receipts of the decision."""


async def create(uow: UnitOfWork, access: AccessScope, new: Nomination) -> Nomination:
    """Inserts a draft of the caller's own nomination.

    Raises Forbidden for a machine, Invalid for an unknown call, Conflict `record_missing` for a person without a record
    in the register, and if the call takes no nominations now, or the caller is nominated already.
    """
    account = access.principal.account_id
    if account is None:
        raise Forbidden("Experts enter their own nominations.", members={"reason": "not_the_person"})
    call = require_known(
        access.principal, await call_of(uow.connection, new.call_id), CALLS.resource, PUBLISHED, "/call_id"
    )
    expert = await record_of_account(uow.connection, account)
    owner = await owner_of(uow.connection, expert) if expert else None
    if expert is None or owner is None:
        raise Conflict("You have no record in the register.", code="record_missing")
    fault = domain.opening_fault(call, None, now())
    if fault is not None and now() >= call.opens:
        raise Conflict("The call takes no nominations now.", members={"current_state": call.status, "reason": fault})
    await uow.allow_record(expert)
    await lock_names(uow.connection, f"nomination {call.id} {expert}")
    if await queries.is_nominated(uow.connection, call.id, expert):
        detail = "You are nominated to this call."
        raise Conflict(detail, errors=[FieldError("not_unique", detail, pointer="/call_id")])
    placed = replace(
        new,
        expert_id=expert,
        country=owner.country,
        visibility="restricted",
        status="draft",
        nominator_key=email_key(new.nominator["email"]),
        nominators_asked=0,
        conflicts=[],
        documents=await with_each_digest(uow, "/documents", new.documents),
    )
    return await NOMINATIONS.insert(uow, placed)


async def update(uow: UnitOfWork, access: AccessScope, before: Nomination, wanted: Nomination) -> Nomination:
    """Updates a draft; afterwards the consents alone. Raises Conflict for anything else, Invalid for another call."""
    if wanted.call_id != before.call_id:
        raise invalid_field("/call_id", "invalid_value", "A nomination stays with its call.")
    if before.status != "draft" and replace(wanted, consents=before.consents) != before:
        shown = (await load_guard_context(uow.connect, access.principal, before, {})).record
        raise Conflict("Only the consents change after the submission.", members={"current_state": shown.status})
    if wanted.documents != before.documents:
        wanted = replace(wanted, documents=await with_each_digest(uow, "/documents", wanted.documents))
    return await NOMINATIONS.update(uow, before, replace(wanted, nominator_key=email_key(wanted.nominator["email"])))


async def transition(
    uow: UnitOfWork, access: AccessScope, before: Nomination, requested: TransitionRequest
) -> Nomination:
    """Applies one transition, and mails the nominator who is asked.

    Raises what `Lifecycle.advance` raises, and CommittedConflict `transition_not_allowed` if a conflict of interest of
    the caller is found.
    """
    may = permitted(access, before)
    if requested.action in domain.DECIDING and may(requested.action):
        before = await _with_conflicts(uow, before)
        await CALLS.lock(uow, before.call_id)
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    if requested.action in domain.DECIDING and guard_context.panel.is_conflicted:
        raise CommittedConflict(
            "You have a conflict of interest.", code="transition_not_allowed", members={"reason": "conflicted"}
        )

    def effects(_target: str) -> Nomination:
        return _changed(guard_context, requested)

    is_aside = requested.action in domain.OF_PANEL
    after = await NOMINATIONS.apply_transition(
        uow, guard_context.record, requested, guard_context, may, effects, is_aside=is_aside
    )
    if requested.action == "change_nominator":
        await tokens.end(uow.connection, service=tokens.MEMBERSHIP, purpose=tokens.NOMINATION, subject=after.id)
    if requested.action in ("submit", "change_nominator"):
        mail_nominator(uow, after, ASKED)
    return after


def mail_nominator(uow: UnitOfWork, of: Nomination, template: str) -> None:
    """Assigns a mail to the nominator of a nomination to the worker. It is about this request to a nominator alone, so
    that a late one does not end the link of the next."""
    payload = {"nomination": str(of.id), "template": template, "asked": of.nominators_asked}
    defer_once(uow, "membership", SEND_NOMINATION, payload)


async def load_guard_context(
    connect: Connect, principal: Principal, record: Nomination, fields: Fields
) -> domain.NominationGuardContext:
    """What the guards look at, for this caller and this nomination."""
    nominator = given(fields, "nominator", dict) or record.nominator
    async with connect() as connection:
        call = await call_of(connection, record.call_id)
        nominee = await queries.nominee_of(connection, record.expert_id)
        if call is None or nominee is None:
            raise NotFound
        is_nominee = nominee["account_id"] in principal.identities
        if is_nominee and call.published_at is None:
            record = domain.before_decision(record)
        found = domain.NominationGuardContext(
            record,
            call,
            now(),
            is_own=principal.is_account(nominee["account_id"]),
            is_eligible=nominee["restricted_at"] is None
            and is_eligible(call, nominee["country"], nominee["category"], nominee["fields"]),
            nominator=domain.NominatorInputs(
                is_nominee=email_key(nominator["email"]) in (*nominee["email_keys"], nominee["email_key"]),
                kind=nominator.get("kind"),
            ),
            are_documents_available=await are_available(connection, record.documents),
        )
        if record.status != "nominated":
            return found
        own = await record_of_account(connection, principal.account_id) if principal.account_id else None
        office = office_of(call.panel, own)
        panel = domain.PanelInputs(
            own=own if office and not is_nominee else None,
            may_decide=office == CHAIR or _selects_everywhere(principal),
            is_conflicted=is_nominee or conflict_of(record.conflicts, own) is not None,
            scores=await queries.scorers(connection, record.id, record.conflicts),
            free_seats=call.seats - await queries.selected(connection, call.id),
        )
        return replace(found, panel=panel)


def _selects_everywhere(principal: Principal) -> bool:
    """Whether the principal selects by an office over everything, not as a member of the panel."""
    return principal.permission_scope(ROLES, NOMINATIONS.resource.name, "select").everywhere


async def lapse(uow: UnitOfWork) -> None:
    """Ends nominations that were not confirmed in time; at most 200 at once."""
    for before in await queries.lock_over(uow.connection, now()):
        await NOMINATIONS.apply_scheduled(uow, before, "lapse")


async def _with_conflicts(uow: UnitOfWork, before: Nomination) -> Nomination:
    await find_conflicts(uow, before.call_id, before.id)
    return await NOMINATIONS.lock(uow, before.id, before.version)


def _changed(guard_context: domain.NominationGuardContext, requested: TransitionRequest) -> Nomination:
    """The nomination with what a transition changes in addition to the state."""
    before, reason, fields = guard_context.record, requested.reason or "", requested.fields
    after = before
    match requested.action:
        case "submit":
            after = domain.asking(before)
        case "change_nominator":
            after = _with_nominator(domain.asking(before), fields)
        case "extend":
            after = replace(before, extended_until=domain.extension(given(fields, "until", datetime), now()))
        case domain.RECUSE:
            after = replace(before, conflicts=[*before.conflicts, domain.recusal(guard_context.panel.own)])
        case "appeal":
            after = domain.appealed(before, reason, now())
        case "answer_appeal":
            after = domain.answered(before, given(fields, "outcome", str), reason, now())
    return after


def _with_nominator(before: Nomination, fields: Fields) -> Nomination:
    """The nomination with another nominator. Raises Invalid without one."""
    nominator = given(fields, "nominator", dict)
    if nominator is None:
        raise invalid_field("/fields/nominator", "required", "The new nominator.")
    return with_columns(before, {"nominator": nominator, "nominator_key": email_key(nominator["email"])})
