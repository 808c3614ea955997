"""Reading supports: accepted ones with consent for everybody, the others for grants that cover the supporter."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    LargeBinary,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    delete,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.membership.initiatives.initiatives.tables import initiative
from services.membership.initiatives.supports.domain import (
    CAPACITIES,
    HOLDS,
    LIFECYCLE,
    LIVING,
    MOST_FROM_NETWORK,
    PUBLISHED,
    organisation_key,
)
from services.membership.initiatives.supports.record import Support
from services.membership.initiatives.supports.tables import support
from services.membership.register.experts.tables import affiliation, expert
from services.membership.register.institutions.domain import PUBLISHED as KNOWN_TO_ALL
from services.membership.register.institutions.tables import institution
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import AccessKind, constant, visible
from shared.records.listing import Extras, Filter, one_of, values
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import listing
from shared.records.rows import record_of, records_of

SUPPORTERS_BY = ("expert_id", "institution_id")
"""The columns of which one names the supporter."""
_HIDDEN = ("organisation_key", "affiliation", "email_digest", "name_key", "network_key", "replaced_by", "replaced_from")
_living = support.c.status.in_([constant(status) for status in LIVING])
_institution_meant = func.escm.member_institution_merge_target(support.c.organisation_id, type_=Uuid)
ORGANISATION = {
    "organisation_name": (
        select(institution.c.display_name)
        .where(support.c.organisation_id.is_not(None), institution.c.id == _institution_meant)
        .scalar_subquery()
        .label("organisation_name")
    ),
    "organisation_match": (
        select(func.coalesce(affiliation.c.match_status, constant("waiting")))
        .where(affiliation.c.id == support.c.affiliation, affiliation.c.raw.is_not(None))
        .scalar_subquery()
        .label("organisation_match")
    ),
}


def _visible_to(access_kind: AccessKind) -> Select[Any]:
    """Accepted supports by their visibility; others for grants that cover the country or the supporter."""
    known = visible(support, access_kind, PUBLISHED)
    if access_kind in (AccessKind.COVERED, AccessKind.SCOPED):
        granted = any_(bindparam("granted_records", type_=ARRAY(Text)))
        known = or_(known, *(cast(support.c[name], Text) == granted for name in SUPPORTERS_BY))
    return select(support).where(known)


def _of_organisation(bound: Any) -> ColumnElement[bool]:
    """Of the institution, or of one that was merged into it."""
    meant = select(func.escm.member_institution_merge_target(bound, type_=Uuid)).scalar_subquery()
    return _institution_meant == meant


def _of_supporter(value: ColumnElement[Any], condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return select(value).where(condition).correlate(support).scalar_subquery()


_WAITS_FOR_OFFICE = NextStep("pending", "verify", only=or_(support.c.email_verified, support.c.signer.is_(None)))
NEXT_STEPS = NextSteps("membership.supports", support, (_WAITS_FOR_OFFICE,))
_LISTING = listing(
    Support,
    support,
    LIFECYCLE.states,
    _visible_to,
    values("capacity", support.c.capacity, "Capacities, separated by commas", one_of(CAPACITIES)),
    values("hold", support.c.hold, "Reasons of holds, separated by commas", one_of(HOLDS)),
    Filter("organisation_id", "Supports that name this institution", UUID, _of_organisation),
    NEXT_STEPS.holder,
)
LISTING = replace(
    _LISTING,
    columns={
        **{name: column for name, column in _LISTING.columns.items() if name not in _HIDDEN},
        **ORGANISATION,
    },
    sorts={**_LISTING.sorts, "signed_at": support.c.signed_at},
)
_named = func.json_build_object(
    literal_column("'initiative'"), initiative.c.code,
    literal_column("'name'"), _of_supporter(expert.c.names[0], expert.c.id == support.c.expert_id),
    literal_column("'email'"), _of_supporter(expert.c.emails[0]["value"], expert.c.id == support.c.expert_id),
    literal_column("'role'"), _of_supporter(affiliation.c.role, affiliation.c.id == support.c.affiliation),
)  # fmt: skip
_text = select(cast(_named, Text)).where(initiative.c.id == support.c.initiative_id).scalar_subquery()
EXPORTED = replace(LISTING, extras=Extras({"named": _text.label("named")}))
"""The list with what an export names: the code of the initiative, and the expert's name, address and role."""
_OTHERS = {
    supporter: Lookup(
        select(support)
        .where(
            support.c.initiative_id == bindparam("initiative"),
            support.c[supporter] == bindparam("supporter"),
            support.c.id != bindparam("but"),
            _living,
        )
        .limit(1)
    )
    for supporter in SUPPORTERS_BY
}
_some = (
    select(support.c.id)
    .where(support.c.network_key == bindparam("network"), support.c.signed_at > bindparam("since"))
    .limit(MOST_FROM_NETWORK + 1)
    .subquery()
)
_FROM_NETWORK = Lookup(select(func.count().label("n")).select_from(_some).limit(1))
_NAMESAKE = Lookup(
    select(support.c.id)
    .where(
        support.c.initiative_id == bindparam("initiative"),
        support.c.name_key == bindparam("name_key"),
        support.c.country == bindparam("country"),
        support.c.email_digest.is_distinct_from(bindparam("email_digest", type_=LargeBinary)),
        support.c.name_key.is_not(None),
        _living & or_(support.c.status == constant("accepted"), support.c.email_verified, support.c.signer.is_(None)),
    )
    .limit(1)
)
_INSTITUTION = Lookup(
    select(institution.c.country, institution.c.status, institution.c.domains, institution.c.display_name)
    .where(institution.c.id == bindparam("institution"))
    .limit(1)
)
_EXPERT = Lookup(
    select(expert.c.country, expert.c.status, expert.c.display_name, expert.c.account_id, expert.c.restricted_at)
    .where(expert.c.id == bindparam("expert"))
    .limit(1)
)
_works = (
    select(*(affiliation.c[name] for name in ("id", "expert_id", "raw", "institution_id")), institution.c.display_name)
    .select_from(affiliation)
    .outerjoin(
        institution,
        (institution.c.id == affiliation.c.institution_id)
        & institution.c.status.in_([constant(status) for status in sorted(KNOWN_TO_ALL)])
        & (institution.c.visibility != constant("restricted")),
    )
)
_AFFILIATIONS = Lookup(
    _works.where(affiliation.c.expert_id == bindparam("expert")).order_by(affiliation.c.id).limit(200)
)
_CONSENTED = Statement(
    select(support)
    .where(
        support.c.expert_id == bindparam("expert"),
        support.c.status == constant("accepted"),
        support.c.consent_to_list.is_(True),
    )
    .order_by(support.c.id)
    .with_for_update()
)
_REPLACED = Lookup(
    select(support.c.id).where(support.c.replaced_by == bindparam("key")).order_by(support.c.id).limit(1_000)
)
_SUPPORTER = Lookup(select(support.c.expert_id).where(support.c.id == bindparam("key")).limit(1))
_NAMED = Lookup(
    _works.where(affiliation.c.expert_id == any_(bindparam("experts", type_=ARRAY(Uuid))))
    .order_by(affiliation.c.id)
    .limit(200_000)
)
_EXISTS = Statement(select(support.c.id).where(support.c.id == bindparam("key")))
_FORGET_NETWORKS = Statement(
    update(support)
    .where(support.c.network_key.is_not(None), support.c.signed_at < bindparam("before"))
    .values(network_key=None)
)
_DELETE = Statement(delete(support).where(support.c.id == bindparam("key")))


async def other_living(connection: Connection, of: Support) -> Support | None:
    """Another living support of the same initiative by the same supporter, regardless of the caller."""
    for name in SUPPORTERS_BY:
        if (supporter := getattr(of, name)) is not None:
            row = await _OTHERS[name].fetchrow(connection, initiative=of.initiative_id, supporter=supporter, but=of.id)
            return record_of(Support, row) if row else None
    return None


async def from_network(connection: Connection, network: bytes, since: datetime) -> int:
    """How many signatures came from a network after an instant, counted up to the bound of the hold."""
    found: int = await _FROM_NETWORK.fetchval(connection, network=network, since=since)
    return found


async def has_namesake(
    connection: Connection, initiative: UUID, name_key: str, country: str, email_digest: bytes = b""
) -> bool:
    """Whether there is a living support of the initiative under this name and country, from another address if one is
    given. A signature counts once its address is confirmed, so that nobody holds those of others."""
    found = await _NAMESAKE.fetchval(
        connection, initiative=initiative, name_key=name_key, country=country, email_digest=email_digest
    )
    return found is not None


async def institution_of(connection: Connection, institution: UUID) -> Row | None:
    """Country, state, domains and name of an institution, regardless of the caller."""
    return await _INSTITUTION.fetchrow(connection, institution=institution)


async def expert_of(connection: Connection, expert: UUID) -> Row | None:
    """Country, state, name, account and restriction of an expert, regardless of the caller."""
    return await _EXPERT.fetchrow(connection, expert=expert)


async def affiliation_meant(
    connection: Connection, expert: UUID, organisation: Mapping[str, Any], known: UUID | None = None
) -> Row | None:
    """The affiliation of an expert with the id `known`, else the latest that names this organisation by its text or by
    its published institution."""
    named, key = organisation["institution_id"], organisation_key(organisation["raw"])
    found = None
    for row in await _AFFILIATIONS.fetch(connection, expert=expert):
        if row["id"] == known:
            return row
        is_meant = str(row["institution_id"]) == named if named else key in _keys_of(row)
        found = row if is_meant else found
    return found


async def lock_consented(connection: Connection, expert: UUID) -> list[Support]:
    """The accepted supports of an expert with a consent to be listed, locked."""
    return records_of(Support, await _CONSENTED.fetch(connection, expert=expert))


async def replaced_by(connection: Connection, key: UUID) -> list[UUID]:
    """The supports that a merge annulled because of this one, regardless of the caller."""
    return [row["id"] for row in await _REPLACED.fetch(connection, key=key)]


async def supporter_of(connection: Connection, key: UUID) -> UUID | None:
    """The expert who supports, if there is one, regardless of the caller."""
    found: UUID | None = await _SUPPORTER.fetchval(connection, key=key)
    return found


async def affiliations_named(
    connection: Connection, experts: Sequence[UUID]
) -> dict[tuple[UUID | None, str | None], Row]:
    """The affiliations of experts, by expert and the digests of text and institution's name; the latest of several."""
    rows = await _NAMED.fetch(connection, experts=list(experts)) if experts else ()
    return {(row["expert_id"], key): row for row in rows for key in _keys_of(row)}


def _keys_of(work: Row) -> set[str]:
    """The digests of the text of an affiliation and of its institution's name."""
    return {key for text in (work["raw"], work["display_name"]) if (key := organisation_key(text))}


async def exists(connection: Connection, key: UUID) -> bool:
    """Whether there is this support."""
    return await _EXISTS.fetchval(connection, key=key) is not None


async def forget_networks(connection: Connection, before: datetime) -> None:
    """Deletes the hashes of the networks of signatures before an instant."""
    await _FORGET_NETWORKS.execute(connection, before=before)


async def remove(connection: Connection, key: UUID) -> None:
    """Deletes a support."""
    await _DELETE.execute(connection, key=key)
