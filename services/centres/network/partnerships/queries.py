"""Reading partnerships: whoever has a grant over a side may know of them, others once both sides are known."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Column,
    ColumnElement,
    FromClause,
    Select,
    Text,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.centres.network.partnerships import domain
from services.centres.network.partnerships.domain import Side
from services.centres.network.partnerships.record import Partnership
from services.centres.network.partnerships.tables import partnership
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.kernel.principal import VISIBILITIES
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.filters import one_of, reference, values
from shared.records.next_steps import NextStep, NextSteps
from shared.records.plain import by_grant, listing
from shared.records.references import NAMED_CENTRES, NAMED_INSTITUTIONS, NAMED_NETWORKS
from shared.records.rows import records_of

_p = partnership.c
_KEY = bindparam("key", type_=Uuid)
_MOST = 200
_living = _p.status.in_([constant(status) for status in domain.LIVING])
_ENDED_CENTRES = frozenset({"declined", "closed", "withdrawn"})
_ENDED_INSTITUTIONS = frozenset({"inactive", "linked", "out_of_scope", "withdrawn"})
_ENDED_NETWORKS = frozenset({"closed"})


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The partnerships that the caller may know of: also those of which a grant covers either side."""
    sides = (
        by_grant(partnership, _p.centre_id, access_kind),
        by_grant(partnership, _p.partner_centre_id, access_kind, _p.partner_country),
        by_grant(partnership, _p.partner_institution_id, access_kind, _p.partner_country),
    )
    return select(partnership).where(or_(visible(partnership, access_kind, domain.PUBLISHED), *sides))


def _texts(name: str) -> ColumnElement[Any]:
    return any_(bindparam(name, type_=ARRAY(Text)))


def _known(access: AccessScope) -> Mapping[str, list[str]]:
    """What the caller may know of a side: by its visibility, its country, or the id of either side."""
    read = access.read
    visibilities = VISIBILITIES if read.everywhere else access.open_visibilities
    return {
        "side_visibilities": [*visibilities],
        "side_countries": sorted(read.countries),
        "side_records": sorted(read.records),
    }


def _of_known_side(name: str, column: Column[Any], visibility: Column[Any], country: Column[Any]) -> Any:
    """The filter by a side, which finds nothing if the caller may not know of that side."""
    records = (cast(key, Text) for key in (_p.centre_id, _p.partner_centre_id, _p.partner_institution_id))
    known = or_(
        visibility == _texts("side_visibilities"),
        country == _texts("side_countries"),
        *(key == _texts("side_records") for key in records),
    )
    return replace(reference(name, column), condition=lambda bound: and_(column == bound, known), of_caller=_known)


NEXT_STEPS = NextSteps(
    "centres.partnerships",
    partnership,
    (NextStep("proposed", "accept", not_by=_p.created_by),),
    func.coalesce(_p.partner_centre_id, _p.partner_institution_id),
    func.coalesce(_p.partner_country, _p.country),
    _p.centre_id,
)
_COMMON = listing(
    Partnership,
    partnership,
    domain.LIFECYCLE.states,
    visible_to,
    values("kind", _p.kind, "Kinds, separated by commas", one_of(domain.KINDS)),
    NEXT_STEPS.holder,
)
_BY_SIDE = {
    "centre_id": _of_known_side("centre_id", _p.centre_id, _p.centre_visibility, _p.country),
    **{
        column.name: _of_known_side(column.name, column, _p.partner_visibility, _p.partner_country)
        for column in (_p.partner_centre_id, _p.partner_institution_id, _p.partner_network_id)
    },
}
LISTING = replace(_COMMON, filters={**_COMMON.filters, **_BY_SIDE})


def _lookup(source: FromClause) -> Lookup:
    return Lookup(select(source).where(source.c.id == _KEY).limit(1))


_CENTRE, _INSTITUTION, _NETWORK = _lookup(views.CENTRES), _lookup(views.INSTITUTIONS), _lookup(views.NETWORKS)
_agreement = views.AGREEMENTS.c
_AGREEMENT = Lookup(
    select(_agreement.id).where(_agreement.id == _KEY, _agreement.centre_id == bindparam("centre", type_=Uuid)).limit(1)
)
_OTHER_COUNTRY = Lookup(
    select(_p.id, _p.partner_country)
    .where(or_(_p.id == _KEY, _p.ref == bindparam("ref", type_=Text)), _p.partner_country.is_not(None))
    .limit(1)
)
_locked = select(partnership).order_by(_p.id).limit(_MOST).with_for_update()
_OF_CENTRE = Statement(_locked.where(_living, or_(_p.centre_id == _KEY, _p.partner_centre_id == _KEY)))
_OF_INSTITUTION = Statement(_locked.where(_living, _p.partner_institution_id == _KEY))
_OF_NETWORK = Statement(_locked.where(_living, _p.partner_network_id == _KEY))
_OVER = Statement(_locked.where(_p.status == constant("active"), _p.ends < bindparam("today")))
_PAIR = Statement(
    select(_p.id).where(
        _living,
        _p.centre_id == bindparam("centre"),
        _p.partner_institution_id == _KEY,
        _p.kind == bindparam("kind"),
    )
)
_visibility = bindparam("visibility", type_=Text)


def _stricter(other: ColumnElement[Any]) -> ColumnElement[Any]:
    """The stricter one of a side's visibility and that of the other side."""
    public, network, restricted = (constant(name) for name in VISIBILITIES)
    return case(
        (or_(_visibility == restricted, other == restricted), restricted),
        (or_(_visibility == network, other == network), network),
        else_=public,
    )


_CENTRE_FOLLOWS = Statement(
    update(partnership)
    .where(_p.centre_id == _KEY, _p.centre_visibility != _visibility)
    .values(centre_visibility=_visibility, visibility=_stricter(_p.partner_visibility))
)
_partner_changed = or_(
    _p.partner_visibility != _visibility,
    _p.partner_country.is_distinct_from(bindparam("country", type_=Text)),
)
_partner_follows = (
    update(partnership)
    .where(_partner_changed)
    .values(
        partner_visibility=_visibility,
        partner_country=bindparam("country", type_=Text),
        visibility=_stricter(_p.centre_visibility),
    )
)
_PARTNER_CENTRE_FOLLOWS = Statement(_partner_follows.where(_p.partner_centre_id == _KEY))
_INSTITUTION_FOLLOWS = Statement(_partner_follows.where(_p.partner_institution_id == _KEY))


def centre_side(country: str, status: str, visibility: str) -> Side:
    """The side that a centre is."""
    return domain.side(country, status, visibility, NAMED_CENTRES.published, _ENDED_CENTRES)


async def side_of_centre(connection: Connection, key: UUID) -> Side | None:
    """The side that a centre is, regardless of the caller."""
    row = await _CENTRE.fetchrow(connection, key=key)
    return centre_side(row["country"], row["status"], row["visibility"]) if row else None


async def side_of_institution(connection: Connection, key: UUID) -> Side | None:
    """The side that an institution is, regardless of the caller; None for a merged one."""
    row = await _INSTITUTION.fetchrow(connection, key=key)
    if row is None or row["merged_into"] is not None:
        return None
    return domain.side(
        row["country"], row["status"], row["visibility"], NAMED_INSTITUTIONS.published, _ENDED_INSTITUTIONS
    )


async def side_of_network(connection: Connection, key: UUID) -> Side | None:
    """The side that a network is, regardless of the caller."""
    row = await _NETWORK.fetchrow(connection, key=key)
    if row is None:
        return None
    return domain.side("", row["status"], row["visibility"], NAMED_NETWORKS.published, _ENDED_NETWORKS)


async def is_agreement_of(connection: Connection, agreement: UUID, centre: UUID) -> bool:
    """Whether an agreement is one of a centre, regardless of the caller."""
    return await _AGREEMENT.fetchrow(connection, key=agreement, centre=centre) is not None


async def other_country(connection: Connection, key: UUID | str) -> tuple[UUID, str] | None:
    """The id of a partnership, and the country of its partner if it has one, regardless of the caller."""
    key_is_id = isinstance(key, UUID)
    row = await _OTHER_COUNTRY.fetchrow(connection, key=key if key_is_id else None, ref=None if key_is_id else key)
    return (row["id"], row["partner_country"]) if row else None


async def lock_of_centre(connection: Connection, key: UUID) -> list[Partnership]:
    """The living partnerships of a centre, of either side, locked; at most 200."""
    return records_of(Partnership, await _OF_CENTRE.fetch(connection, key=key))


async def lock_of_institution(connection: Connection, key: UUID) -> list[Partnership]:
    """The living partnerships with an institution, locked; at most 200."""
    return records_of(Partnership, await _OF_INSTITUTION.fetch(connection, key=key))


async def lock_of_network(connection: Connection, key: UUID) -> list[Partnership]:
    """The living partnerships with a network, locked; at most 200."""
    return records_of(Partnership, await _OF_NETWORK.fetch(connection, key=key))


async def lock_over(connection: Connection, today: date) -> list[Partnership]:
    """Active partnerships whose last day is before today, locked; at most 200."""
    return records_of(Partnership, await _OVER.fetch(connection, today=today))


async def has_living(connection: Connection, centre: UUID, institution: UUID, kind: str) -> bool:
    """Whether the centre has a living partnership of this kind with the institution."""
    return await _PAIR.fetchrow(connection, centre=centre, key=institution, kind=kind) is not None


async def follow_centre(connection: Connection, key: UUID, centre: Side) -> None:
    """Gives the partnerships of a centre its present visibility."""
    await _CENTRE_FOLLOWS.execute(connection, key=key, visibility=centre.visibility)
    await _PARTNER_CENTRE_FOLLOWS.execute(connection, key=key, visibility=centre.visibility, country=centre.country)


async def follow_institution(connection: Connection, key: UUID, institution: Side) -> None:
    """Gives the partnerships with an institution its present visibility and country."""
    await _INSTITUTION_FOLLOWS.execute(
        connection, key=key, visibility=institution.visibility, country=institution.country
    )
