"""Grants of an institution's representative over the designated centres that it hosts, over the applications that they
or their predecessors entered for it, and over the agreements that it is asked to sign."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Text, Uuid, any_, bindparam, cast, exists, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row
from shared.kernel.principal import READ, Grant, Principal
from shared.records.access_scope import constant

_ROLE = "institution_representative"
_OF_APPLICATIONS = ("centres.agreements", "centres.centres")
"""The resources whose routes give representatives their role over the applications that they entered."""
_AGREEMENTS = frozenset({"centres.agreements"})
_centre, _agreement = views.CENTRES.c, views.AGREEMENTS.c


def _label(account: ColumnElement[Any]) -> ColumnElement[str]:
    """What an account is in `created_by`."""
    return literal("account:") + cast(account, Text)


_files = (
    select(_centre.id, _centre.host_institution_id)
    .where(_centre.host_institution_id == any_(bindparam("institutions", type_=ARRAY(Uuid))))
    .order_by(_centre.id.desc())
    .limit(200)
)
_HOSTED = Lookup(_files.where(_centre.designated_on.is_not(None)))
_LABELS = any_(bindparam("labels", type_=ARRAY(Text)))
_handed_over, _earlier = views.HANDED_OVER.c, views.HANDED_OVER.alias("earlier").c
_direct = (
    select(_handed_over.scope_id, _label(_handed_over.leaver_id).label("label"))
    .where(_handed_over.role == constant(_ROLE), _label(_handed_over.account_id) == _LABELS)
    .cte("predecessors", recursive=True)
)
_predecessors = _direct.union(
    select(_earlier.scope_id, _label(_earlier.leaver_id)).where(
        _earlier.role == constant(_ROLE),
        _earlier.scope_id == _direct.c.scope_id,
        _label(_earlier.account_id) == _direct.c.label,
    )
).c
_by_predecessor = exists().where(
    _predecessors.label == _centre.created_by, _predecessors.scope_id == cast(_centre.host_institution_id, Text)
)
_ENTERED = Lookup(_files.where(or_(_centre.created_by == _LABELS, _by_predecessor)))
_ASKED = Lookup(
    _files.where(
        exists().where(
            _agreement.centre_id == _centre.id,
            _agreement.status != constant("drafting"),
            _centre.host_institution_id == any_(_agreement.institutions),
        )
    )
)


def represented(principal: Principal) -> dict[str, Grant]:
    """By the id of the institution, the principal's grants as its representative."""
    own = (grant for grant in principal.grants if grant.role == _ROLE and grant.scope_kind == "institution")
    return {grant.scope_id: grant for grant in own if grant.scope_id}


async def hosted(connection: Connection, institutions: Collection[str]) -> list[Row]:
    """The latest 200 designated centres that these institutions host: `id` and `host_institution_id`."""
    return await _HOSTED.fetch(connection, institutions=list(institutions))


async def entered(connection: Connection, institutions: Collection[str], labels: Collection[str]) -> list[Row]:
    """The latest 200 centres that these institutions host and that one of these labels entered, or somebody who handed
    the role over to them."""
    return await _ENTERED.fetch(connection, institutions=list(institutions), labels=list(labels))


def for_signing(principal: Principal) -> dict[str, Grant]:
    """By the id of the institution, the principal's grants as its representative, for agreements alone."""
    return _limited(represented(principal), _AGREEMENTS)


async def asked_to_sign(connection: Connection, institutions: Collection[str]) -> list[Row]:
    """The latest 200 centres that these institutions host, with an agreement that names the host and was sent."""
    return await _ASKED.fetch(connection, institutions=list(institutions))


def _limited(grants: Mapping[str, Grant], resources: Iterable[str]) -> dict[str, Grant]:
    return {
        key: replace(grant, resources=frozenset(name for name in resources if grant.admits(name, READ)))
        for key, grant in grants.items()
    }


def over_centres(institutions: Mapping[str, Grant], centres: Iterable[Row]) -> tuple[Grant, ...]:
    """The grants of representatives over centres of their institutions."""
    return tuple(
        replace(institutions[str(row["host_institution_id"])], scope_kind="centre", scope_id=str(row["id"]))
        for row in centres
    )


async def with_work(connection: Connection, principal: Principal) -> Principal:
    """The principal with what waits for a representative: of hosted centres, of applications that they entered, and
    the agreements that their institution is asked to sign."""
    institutions = represented(principal)
    if not institutions:
        return principal
    own, signing = _limited(institutions, _OF_APPLICATIONS), _limited(institutions, _AGREEMENTS)
    of_host = over_centres(institutions, await hosted(connection, institutions))
    applied = over_centres(own, await entered(connection, institutions, principal.labels))
    asked = over_centres(signing, await asked_to_sign(connection, institutions))
    return principal.holding(*of_host, *applied, *asked)
