"""Writing experts: one function per verb. Each writes its rows, one audit entry and one fact."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import bindparam
from sqlalchemy import update as sql_update

from services.membership.access import ROLES, SOURCES
from services.membership.linkage.record_linkage.names import blocking_keys
from services.membership.register.duplicates.operations import schedule_check_if_changed
from services.membership.register.duplicates.queries import lookalikes_of
from services.membership.register.experts import domain, owners, queries
from services.membership.register.experts.record import (
    Expert,
    asserted_after,
    asserted_at_entry,
    is_still_authenticated,
    with_verified,
)
from services.membership.register.experts.tables import affiliation, expert
from services.membership.register.experts.values import enter_values, replace_values
from services.membership.register.messages.operations import CONVERSATION
from services.membership.register.terms.domain import following, term_of
from shared.auth.offices import holds
from shared.database.statements import Statement
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, to_text, today
from shared.kernel.errors import CommittedConflict, Conflict, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields, given_day, given_id
from shared.kernel.principal import Principal
from shared.messaging.outbox import defer
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted, require, require_publishing
from shared.records.resource_type import Inserted, ResourceType, TransitionRequest
from shared.records.rows import columns_of, differing
from shared.records.store import InsertLookup

_AT_ONCE = 500
EXPERTS: ResourceType[Expert, domain.ExpertGuardContext] = ResourceType.of(
    Expert, expert, domain.LIFECYCLE, is_personal=True
)
SEND_CLAIM = "send_claim_mail"
"""The job that mails the link with which a person claims their record."""
_LOOKALIKES = lookalikes_of(expert)
_FOLLOW = Statement(
    sql_update(affiliation)
    .where(affiliation.c.expert_id == bindparam("key"))
    .values(country=bindparam("country"), visibility=bindparam("visibility"))
)
"""Affiliations have the country and visibility of their expert."""


async def create(uow: UnitOfWork, access: AccessScope, new: Expert) -> Inserted[Expert]:
    """Inserts an expert as prospect or invited, and looks up those that it may repeat. A person who enters themselves,
    without an office over the register, becomes an applicant.

    Raises Forbidden `country_forbidden` outside the caller's grant, Invalid `email_missing` for an applicant.
    """
    applies = access.is_person_without_office
    if applies:
        if not new.emails:
            raise invalid_field("/emails", "email_missing", "An applicant must give an e-mail address.")
        await _refuse_second_record(uow, access.principal.id)
        await uow.allow_record(new.id)
    else:
        require(access, "create", new.country)
        require_publishing(access, new.visibility, new.country)
    by = "self" if applies else _source(access.principal, new.country)
    new = replace(
        new,
        **domain.derived(new.names, new.emails),
        emails=with_verified(new.emails),
        orcid_authenticated=False,
        asserted=asserted_at_entry(by),
    )
    if applies:
        new = replace(new, status="applied", account_id=access.principal.id, profile_confirmed_on=today())
    lookup = InsertLookup(_LOOKALIKES, {"lookalike_keys": blocking_keys(new.names)})
    inserted = await EXPERTS.insert_with(uow, _with_clock(new, "", new.status), lookup)
    enter_values(uow, columns_of(inserted.record))
    if new.status == "invited":
        _send_claim(uow, new.id)
    return inserted


async def _refuse_second_record(uow: UnitOfWork, account: UUID | None) -> None:
    """Raises Conflict `record_exists` if the account owns a living record, or if one has its verified address: without
    an owner, it gets a mail to claim it."""
    if account is None:
        return
    if await owners.record_of_account(uow.connection, account) is not None:
        raise Conflict("You have a record already.", code="record_exists")
    if await owners.is_known_elsewhere(uow.connection, account):
        detail = "A record with your address belongs to another account. Sign in with that one, or ask the secretariat."
        raise Conflict(detail, code="record_exists")
    known = await owners.record_to_take_over(uow.connection, account)
    if known is not None:
        _send_claim(uow, known, account)
        detail = "There is a record with your address. Use the link in the mail that is on its way to you."
        raise CommittedConflict(detail, code="record_exists")


def _send_claim(uow: UnitOfWork, record: UUID, account: UUID | None = None) -> None:
    """Assigns a mail with a claim link to the worker: to the record's first address, or to that of an account."""
    payload = {"expert": str(record), "account": None if account is None else str(account)}
    defer(uow, "membership", SEND_CLAIM, payload, created_by=uow.origin.actor.label)


async def update(
    uow: UnitOfWork, access: AccessScope, before: Expert, wanted: Expert, reason: str | None = None
) -> Expert:
    """Updates the expert; without a difference, nothing is written and the version does not change.

    Raises Forbidden `country_forbidden` if the caller may not change experts of the new country too, Conflict
    `listing_withdrawn` if the expert would become public without the person's consent.
    """
    if wanted.country != before.country:
        require(access, "update", wanted.country)
    if before.restricted_at and wanted.visibility != before.visibility:
        raise Conflict("The record is restricted.", members={"reason": "is_restricted"})
    if (wanted.country, wanted.visibility) != (before.country, before.visibility):
        require_publishing(access, wanted.visibility, wanted.country, before.id)
    if wanted.visibility == "public" != before.visibility and before.listing_withdrawn_on is not None:
        raise Conflict("The person has withdrawn the consent to be listed.", code="listing_withdrawn")
    wanted = replace(
        wanted,
        **domain.derived(wanted.names, wanted.emails),
        emails=with_verified(wanted.emails, before.emails),
        orcid_authenticated=is_still_authenticated(before.orcid, wanted),
    )
    is_own = access.principal.is_account(before.account_id)
    if is_own:
        wanted = replace(wanted, profile_confirmed_on=today())
    by = "self" if is_own else _source(access.principal, wanted.country)
    asserted = asserted_after(before.asserted, differing(before, wanted), by, to_text(now()))
    after = await EXPERTS.update(uow, before, replace(wanted, asserted=asserted), reason=reason)
    await sync_dependents(uow, before, after)
    return after


async def sync_dependents(uow: UnitOfWork, before: Expert, after: Expert) -> None:
    """Copies a change of an expert to its dependents: the values of filters, and the country and visibility of
    affiliations."""
    if after.version != before.version:
        await replace_values(uow, columns_of(after))
        schedule_check_if_changed(uow, "experts", before, after)
    if (after.country, after.visibility) != (before.country, before.visibility):
        await _FOLLOW.execute(uow.connection, key=after.id, country=after.country, visibility=after.visibility)


async def publish(uow: UnitOfWork, access: AccessScope, before: Expert, requested: TransitionRequest) -> Expert:
    """Makes the expert public, while its state is a published one."""
    return await update(uow, access, before, replace(before, visibility="public"), requested.reason)


async def unpublish(uow: UnitOfWork, access: AccessScope, before: Expert, requested: TransitionRequest) -> Expert:
    """Makes a public expert visible only to the network; another one does not change."""
    wanted = replace(before, visibility=domain.unlisted(before.visibility))
    return await update(uow, access, before, wanted, requested.reason)


async def unlist(uow: UnitOfWork, before: Expert) -> None:
    """Takes the expert off public lists because the person withdrew the consent to be listed."""
    wanted = replace(before, visibility=domain.unlisted(before.visibility), listing_withdrawn_on=today())
    await sync_dependents(uow, before, await EXPERTS.update(uow, before, wanted))


async def transition(uow: UnitOfWork, access: AccessScope, before: Expert, requested: TransitionRequest) -> Expert:
    """Applies one transition. Raises what `Lifecycle.advance` raises, and Invalid for invalid `fields`."""
    may = permitted(access, before)
    wanted = await _wanted(uow, before, requested) if may(requested.action) else before
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)

    def effects(target: str) -> Expert:
        if target == before.status:
            return wanted
        assignee = before.assignee if target in domain.HOLDERS else None
        return replace(_with_clock(wanted, before.status, target), assignee=assignee)

    after = await EXPERTS.apply_transition(uow, before, requested, guard_context, may, effects)
    if requested.action == "invite":
        _send_claim(uow, after.id)
    if requested.action in domain.CONVERSING and requested.reason:
        await CONVERSATION.post(uow, after, requested.reason)
    if after.visibility != before.visibility:
        await sync_dependents(uow, before, after)
    return after


async def _wanted(uow: UnitOfWork, before: Expert, requested: TransitionRequest) -> Expert:
    """The expert with what the transition changes in addition to its state. Raises Invalid for invalid `fields`."""
    wanted = before
    match requested.action:
        case "approve" | "renew":
            first, last = given_day(requested.fields, "starts"), given_day(requested.fields, "ends")
            if requested.action == "renew":
                first = first or following(before.status, before.term_ends, today())
            starts, ends = term_of(first, last, requested.reason, today())
            wanted = domain.with_term(before, starts, ends, today())
        case "assign":
            wanted = replace(before, assignee=_officer(requested.fields))
        case domain.LINK_ACCOUNT:
            wanted = replace(before, account_id=await _account(uow, requested.fields))
        case domain.CONFIRM_PROFILE:
            wanted = replace(before, profile_confirmed_on=today())
        case domain.UNLINK_ACCOUNT:
            wanted = replace(before, account_id=None, orcid_authenticated=False)
        case domain.RESTRICT:
            wanted = domain.restricted(before, domain.REQUEST, now())
        case "unmark_deceased" if before.previous_status == "suspended":
            wanted = replace(before, previous_status="active")
        case domain.LIFT:
            wanted = domain.unrestricted(before)
    return wanted


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Begins the terms that early renewals gave, moves experts whose term has ended into their grace period, and ends
    grace periods that are over; at most 500 of each at once."""
    for before in await queries.lock_renewed(uow.connection, today(), _AT_ONCE):
        await EXPERTS.apply_scheduled(uow, before, domain.BEGIN_TERM, domain.in_next_term(before))
    for before in await queries.lock_over(uow.connection, today(), _AT_ONCE):
        await EXPERTS.apply_scheduled(uow, before, "expire")


async def load_guard_context(
    connect: Connect, principal: Principal, record: Expert, fields: Fields
) -> domain.ExpertGuardContext:
    """Loads the inputs of the guards for this caller and this expert."""
    officer = None
    if fields.get("officer") is not None:
        officer = await _officer_fault(connect, record, _officer(fields))
    return domain.ExpertGuardContext(
        has_email=bool(record.emails),
        is_applicant=principal.is_account(record.account_id),
        profile_confirmed_on=record.profile_confirmed_on,
        conflict_of_interest_on=record.conflict_of_interest_on,
        today=today(),
        has_account=record.account_id is not None,
        officer=officer,
        has_record=await _has_record(connect, fields),
        restricted_for=record.restricted_for,
        sets_days=not fields.keys().isdisjoint(("starts", "ends")),
        status_since=record.status_since and record.status_since.date(),
    )


async def _officer_fault(connect: Connect, record: Expert, officer: UUID | None) -> domain.OfficerFault | None:
    """Why the file cannot be assigned to this account or client, or None."""
    if officer is None:
        return None
    if officer == record.account_id:
        return "is_the_applicant"
    async with connect() as connection:
        held = await holds(connection, officer, ROLES, EXPERTS.resource, "assign", record.country)
    return None if held else "officer_not_entitled"


async def _has_record(connect: Connect, fields: Fields) -> bool:
    """Whether the account to be linked owns a living record."""
    account = given_id(fields, "account_id")
    if account is None:
        return False
    async with connect() as connection:
        return await owners.record_of_account(connection, account) is not None


async def _account(uow: UnitOfWork, fields: Fields) -> UUID:
    """The active account of `account_id`. Raises Invalid."""
    account = given_id(fields, "account_id")
    if account is None:
        raise invalid_field("/fields/account_id", "required", "The id of the person's account.")
    if not await owners.account_in_use(uow.connection, account):
        raise unknown_reference("/fields/account_id", "account in use")
    return account


def _source(principal: Principal, country: str) -> str:
    """The source of what this principal writes about others."""
    offices = [grant for grant in principal.grants if grant.scope_kind == "global" or country in grant.countries]
    return next((SOURCES[grant.role] for grant in offices if grant.role in SOURCES), "government")


def _with_clock(record: Expert, left: str, entered: str) -> Expert:
    after = domain.next_clock(domain.Clock(record.clock_since, record.clock_target), left, entered, now())
    return replace(record, clock_since=after.since, clock_target=after.target)


def _officer(fields: Fields) -> UUID | None:
    """The account or client of `officer`; None for null."""
    if "officer" not in fields:
        raise invalid_field("/fields/officer", "required", "The id of an account or client, or null.")
    return given_id(fields, "officer")
