"""Writing supports: one function per verb, and how a signature becomes the support of an expert."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from services.membership.events.prospects.domain import NamedPerson
from services.membership.events.prospects.operations import find_or_add
from services.membership.initiatives.initiatives import queries as initiatives
from services.membership.initiatives.initiatives.domain import PUBLISHED, SIGNER_OF, digest_read, is_within
from services.membership.initiatives.initiatives.operations import INITIATIVES
from services.membership.initiatives.supports import domain, queries
from services.membership.initiatives.supports.record import Organisation, Signer, Support
from services.membership.initiatives.supports.tables import support
from services.membership.register.experts.owners import require_owner
from services.membership.register.institutions.naming import meant
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, FieldError, invalid_field, unknown_reference
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.messaging.outbox import defer_once
from shared.records.access_scope import AccessScope, access_scope_for
from shared.records.documents import are_available, with_digest
from shared.records.hosting import represented
from shared.records.requirements import permitted, require
from shared.records.resource_type import ResourceType, TransitionRequest

SUPPORTS: ResourceType[Support, domain.SupportGuardContext] = ResourceType.of(
    Support, support, domain.LIFECYCLE, is_personal=True
)
SEND_DECISION = "send_support_decision"
"""The job that mails a signer what the office decided, and its checkpoint."""
_ACTIVE = frozenset(("active", "grace", "verified"))
"""The states of experts and institutions that confirm their own supports."""


async def create(uow: UnitOfWork, access: AccessScope, new: Support) -> Support:
    """Inserts a pending support by an expert or an institution.

    Raises Invalid for an unknown initiative or supporter, or not exactly one, and for a capacity in which nobody signs
    it; Forbidden outside the caller's grant; Conflict `initiative_not_open` for a signature outside its period, and if
    the supporter has a living support of it.
    """
    country = await _country_of_supporter(uow, access, new)
    signed = await _initiative(uow, access, new)
    require_signer(signed["signers"], new.capacity, is_institution=new.institution_id is not None)
    await require_organisation(uow, access.principal, new.organisation)
    if await queries.other_living(uow.connection, new) is not None:
        raise _not_unique(new)
    placed = replace(
        new,
        country=country,
        visibility="restricted",
        status="pending",
        consent_to_contact=False,
        email_verified=False,
        text_digest=digest_read(signed["text_digests"], "en"),
    )
    placed = await with_digest(uow, "evidence", placed)
    placed = await _held(uow, await _with_organisation(uow, placed, placed.organisation))
    return await SUPPORTS.insert(uow, placed)


async def update(uow: UnitOfWork, _access: AccessScope, before: Support, wanted: Support) -> Support:
    """Updates the consent to be listed, or the evidence. Raises Invalid for another field."""
    changed = replace(before, consent_to_list=wanted.consent_to_list, evidence=wanted.evidence)
    for name in ("initiative_id", "expert_id", "institution_id", "capacity", "organisation", "signed_at"):
        if getattr(wanted, name) != getattr(before, name):
            raise invalid_field(f"/{name}", "invalid_value", "Only `consent_to_list` and `evidence` change.")
    changed = await with_digest(uow, "evidence", changed, before)
    if changed.status == "accepted" and changed.consent_to_list != before.consent_to_list:
        changed = await listed(uow, changed)
    return await SUPPORTS.update(uow, before, changed)


async def transition(uow: UnitOfWork, access: AccessScope, before: Support, requested: TransitionRequest) -> Support:
    """Applies one transition. `verify` of a signature finds or adds its expert. A confirmed address gets the decision.

    Raises what `Lifecycle.advance` raises, Invalid for an unknown category, and Conflict if the expert has another
    living support.
    """
    may = permitted(access, before)
    guard_context = await load_guard_context(uow.connect, access.principal, before, requested.fields)
    after = await apply(uow, before, requested, guard_context, may)
    if before.signer is not None and before.email_verified and after.status in domain.DECIDED:
        defer_once(uow, "membership", SEND_DECISION, {"support": str(after.id)})
    return after


async def apply(
    uow: UnitOfWork,
    before: Support,
    requested: TransitionRequest,
    guard_context: domain.SupportGuardContext,
    may: Callable[[str], bool],
) -> Support:
    """Applies one transition, of which nothing is written if it is not permitted."""
    SUPPORTS.lifecycle.advance(before.status, requested.action, guard_context, may, reason=requested.reason)
    wanted = before
    if requested.action == "verify":
        wanted = await _accepted(uow, before, email_verified=guard_context.email_verified)
        if await queries.other_living(uow.connection, wanted) is not None:
            raise _not_unique(wanted)
    elif requested.action == "reject":
        wanted = replace(before, rejected_for=_category(requested.fields))
    elif requested.action in ("withdraw", "annul"):
        wanted = _ended(before)
    return await SUPPORTS.apply_transition(uow, before, requested, guard_context, may, lambda _target: wanted)


async def load_guard_context(
    connect: Connect, principal: Principal, record: Support, _fields: Fields
) -> domain.SupportGuardContext:
    """Loads the inputs of the guards. An account that owns or represents the supporter is no office."""
    async with connect() as connection:
        person = await queries.expert_of(connection, record.expert_id) if record.expert_id else None
        is_available = record.status == "pending" and await are_available(connection, [record.evidence])
        place = await queries.institution_of(connection, record.institution_id) if record.institution_id else None
    is_own = person is not None and principal.is_account(person["account_id"])
    is_represented = principal.account_id is not None and str(record.institution_id) in represented(principal)
    supporter = person if is_own else place if is_represented else None
    return domain.SupportGuardContext(
        email_verified=record.email_verified,
        has_evidence=record.evidence is not None,
        is_evidence_available=is_available,
        hold=record.hold,
        is_office=supporter is None,
        is_own_active=supporter is not None and supporter["status"] in _ACTIVE,
    )


async def supporter_of(uow: UnitOfWork, signer: Signer, *, email_verified: bool) -> UUID:
    """The expert who signed: the one of the verified address, else a new prospect."""
    organisation = signer["organisation"]
    named = organisation and (UUID(one) if (one := organisation["institution_id"]) else organisation["raw"])
    (expert,) = await find_or_add(
        uow,
        [
            NamedPerson(
                names=[{"full": signer["name"], "kind": "preferred"}],
                country=signer["country"],
                category="supporter",
                email=signer["email"],
                email_verified=email_verified,
                organisation=named,
                role=signer["role"],
                language=signer["language"],
            )
        ],
    )
    await uow.allow_record(expert)
    return expert


async def list_again(uow: UnitOfWork, expert: UUID) -> None:
    """Lists the supports of an expert, or takes them off public lists, after the expert's record was restricted, or is
    not any more."""
    for before in await queries.lock_consented(uow.connection, expert):
        await SUPPORTS.update(uow, before, await listed(uow, before))


async def unlist(uow: UnitOfWork, expert: UUID) -> None:
    """Takes the supports of an expert off public lists, who has withdrawn the consent to be listed."""
    for before in await queries.lock_consented(uow.connection, expert):
        await SUPPORTS.update(uow, before, await listed(uow, replace(before, consent_to_list=False)))


async def forget_networks(uow: UnitOfWork) -> None:
    """Deletes the hashes of networks after their time."""
    await queries.forget_networks(uow.connection, now() - domain.NETWORK_KEPT)


def require_signer(signers: list[str], capacity: str, *, is_institution: bool) -> None:
    """Raises Invalid if nobody signs the initiative in this capacity."""
    if is_institution and capacity != domain.ORGANISATION:
        raise invalid_field("/capacity", "invalid_value", "An institution signs in the capacity `organisation`.")
    if SIGNER_OF[capacity] not in signers:
        raise invalid_field("/capacity", "not_one_of", "Nobody signs this initiative in this capacity.")


def not_open() -> Conflict:
    """The error of a signature outside the period of its initiative."""
    return Conflict("The initiative is not open for signatures.", code="initiative_not_open")


async def _initiative(uow: UnitOfWork, access: AccessScope, new: Support) -> Row:
    found = await initiatives.to_sign(uow.connection, new.initiative_id)
    knowing = access_scope_for(access.principal, access.roles, INITIATIVES.resource)
    if found is None or not knowing.knows_row(found, PUBLISHED):
        raise unknown_reference("/initiative_id", "initiative")
    is_past = found["status"] in PUBLISHED and new.signed_at <= now()
    if not is_past or not is_within(found["opens"], found["closes"], new.signed_at):
        raise not_open()
    return found


async def _country_of_supporter(uow: UnitOfWork, access: AccessScope, new: Support) -> str:
    if (new.expert_id is None) == (new.institution_id is None):
        raise invalid_field("/expert_id", "required", "Either an expert or an institution supports an initiative.")
    if new.expert_id is not None:
        return (await require_owner(uow.connection, access, new.expert_id)).country
    institution = UUID(str(new.institution_id))
    known = await meant(uow.connection, access.principal, [institution])
    found = await queries.institution_of(uow.connection, known[institution]) if known else None
    if found is None or known[institution] != institution:
        raise unknown_reference("/institution_id", "institution")
    country: str = found["country"]
    require(access, "create", country, institution)
    return country


async def require_organisation(uow: UnitOfWork, principal: Principal, organisation: Organisation | None) -> None:
    """Raises Invalid if the principal may not know of the named institution."""
    named = organisation["institution_id"] if organisation else None
    if named and not await meant(uow.connection, principal, [UUID(named)]):
        raise unknown_reference("/organisation/institution_id", "institution")


async def _accepted(uow: UnitOfWork, before: Support, *, email_verified: bool) -> Support:
    """The support as it is accepted: with its expert and its organisation, without the signature's personal data."""
    wanted = before
    if before.signer is not None:
        expert = await supporter_of(uow, before.signer, email_verified=email_verified)
        found = await queries.expert_of(uow.connection, expert)
        country = found["country"] if found else before.country
        wanted = replace(before, expert_id=expert, country=country, signer=None)
        wanted = await _with_organisation(uow, wanted, before.signer["organisation"])
    return await listed(uow, replace(wanted, accepted_at=now(), email_verified=email_verified, hold=None))


async def _with_organisation(uow: UnitOfWork, record: Support, organisation: Organisation | None) -> Support:
    """The support with an organisation: the institution that is named, or that the expert's affiliation means."""
    if record.institution_id is not None:
        return replace(record, organisation_id=record.institution_id)
    if organisation is None:
        return record
    expert = record.expert_id
    found = await queries.affiliation_meant(uow.connection, expert, organisation) if expert else None
    named = organisation["institution_id"]
    return replace(
        record,
        organisation=organisation,
        organisation_id=UUID(named) if named else found and found["institution_id"],
        organisation_key=domain.organisation_key(organisation["raw"]),
        affiliation=found and found["id"],
    )


async def listed(uow: UnitOfWork, record: Support) -> Support:
    """The accepted support: for everybody and with its supporter's name if they agreed and their record is not
    restricted, else neither."""
    name = None
    if record.consent_to_list and record.expert_id is not None:
        person = await queries.expert_of(uow.connection, record.expert_id)
        name = person["display_name"] if person and person["restricted_at"] is None else None
    elif record.consent_to_list and record.institution_id is not None:
        institution = await queries.institution_of(uow.connection, record.institution_id)
        name = institution["display_name"] if institution else None
    return replace(record, visibility="public" if name else "restricted", listed_name=name or None)


async def _held(uow: UnitOfWork, record: Support) -> Support:
    """The entered support, on hold if another person of this name and country has a living one."""
    person = await queries.expert_of(uow.connection, record.expert_id) if record.expert_id else None
    if person is None:
        return record
    name_key = domain.name_key(person["display_name"])
    has_namesake = await queries.has_namesake(uow.connection, record.initiative_id, name_key, record.country)
    return replace(record, name_key=name_key, hold=domain.DUPLICATE if has_namesake else None)


def _category(fields: Fields) -> str:
    category = fields.get("category", domain.OTHER)
    if category not in domain.REJECTIONS:
        raise invalid_field("/fields/category", "not_one_of", f"One of {', '.join(domain.REJECTIONS)}.")
    return str(category)


def _ended(before: Support) -> Support:
    """The support as it is withdrawn or annulled."""
    return replace(
        before,
        ended_at=now() if before.status == "accepted" else None,
        visibility="restricted",
        hold=None,
        listed_name=None,
        signer=None,
        email_digest=None,
        name_key=None,
        network_key=None,
    )


def _not_unique(record: Support) -> Conflict:
    detail = "The supporter has a support of this initiative."
    pointer = "/expert_id" if record.institution_id is None else "/institution_id"
    return Conflict(detail, errors=[FieldError("not_unique", detail, pointer=pointer)])
