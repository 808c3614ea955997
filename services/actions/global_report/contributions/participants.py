"""What people do about contributions without a grant over them: reviewers and officials comment, authors answer. It
follows from rounds, invitations and authors each time it is asked, so that it ends with the round."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Select, Text, Uuid, any_, bindparam, literal, not_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.access import (
    AUTHORS_OF_REPORT,
    BLIND_AUTHOR,
    BLIND_COMMENTER,
    COMMENTER,
    OFFICIALS_WHO_COMMENT,
    OPEN_AUTHOR,
    OWN_COMMENTS,
    ROLES,
)
from services.actions.global_report.contributions.operations import CONTRIBUTIONS, own_records
from services.actions.global_report.contributions.tables import contribution, review_round, reviewer
from services.actions.global_report.editions.tables import edition
from shared.database.context import Lookup
from shared.database.statements import Connection, Row
from shared.kernel.clock import today
from shared.kernel.principal import READ, Grant, Principal
from shared.records.access_scope import AccessScope, constant

GOVERNMENTS = ("governments", "both")
"""The audiences of rounds in which officials comment."""
REVIEWING = ("accepted", "completed")
"""The states of an invitation in which the expert reads and comments: also who is done may still comment."""
LASTING = ("open", "answering")
"""The states of a round in which who takes part in it reads its contributions."""
_MOST = 5_000
_c, _r, _v = contribution.c, review_round.c, reviewer.c
_blind = edition.c.review["blind"].astext.label("blind")
_mine = _c.expert_ids.overlap(bindparam("own", type_=ARRAY(Uuid)))
_lasts = _r.status.in_([constant(status) for status in LASTING])


def _found(part: str, source: Any, round_id: Any) -> Select[Any]:
    columns = (literal(part, Text).label("part"), _c.id, _c.country, _blind, round_id)
    return select(*columns).select_from(source.join(edition, edition.c.id == _c.edition_id))


_of_author = _found("author", contribution, literal(None, Uuid).label("round_id")).where(_mine)
_of_reviewer = _found(
    "reviewer",
    reviewer.join(review_round, _r.id == _v.round_id).join(contribution, _c.id == _v.contribution_id),
    _r.id.label("round_id"),
).where(
    _v.expert_id == any_(bindparam("own", type_=ARRAY(Uuid))),
    _v.status.in_([constant(status) for status in REVIEWING]),
    _v.conflict_of_interest.is_(False),
    _lasts,
    not_(_mine),
)
_of_official = _found(
    "official", review_round.join(contribution, _c.id == any_(_r.contributions)), _r.id.label("round_id")
).where(
    bindparam("is_official"),
    _r.audience.in_([constant(audience) for audience in GOVERNMENTS]),
    _lasts,
    not_(_mine),
)
_PARTS = Lookup(select(union_all(_of_author, _of_reviewer, _of_official).subquery()).limit(_MOST))


async def parts_of(connection: Connection, principal: Principal) -> list[Grant]:
    """The roles that rounds, invitations and authorship lend now: to people, and within its own bounds to a program
    that has the office of an official."""
    office = next((grant for grant in principal.grants if grant.role in OFFICIALS_WHO_COMMENT), None)
    who = commenter_of(principal)
    if who is None or (principal.is_machine and office is None):
        return []
    own, places = own_records(principal), countries_of(principal)
    lent = [_lent(OWN_COMMENTS, who)]
    if own or places:
        arguments = {"own": [UUID(key) for key in own], "is_official": bool(places)}
        for row in await _PARTS.fetch(connection, **arguments):
            lent += _roles_of(row, principal, places)
    if principal.is_machine and office is not None:
        return [replace(one, resources=office.resources, verbs=office.verbs) for one in lent]
    return lent


def commenter_of(principal: Principal) -> UUID | None:
    """Whose the comments of a caller are: of the account or client, also if a key acts for it."""
    return principal.owner or principal.id


def countries_of(principal: Principal) -> frozenset[str]:
    """The countries of which the caller is an official who comments in rounds for governments."""
    held = (grant.countries for grant in principal.grants if grant.role in OFFICIALS_WHO_COMMENT)
    return frozenset().union(*held)


def is_hidden_from(principal: Principal, key: UUID) -> bool:
    """Whether the caller comments on this contribution without knowing its authors."""
    return str(key) in _records(principal, BLIND_COMMENTER)


def with_hidden(access: AccessScope) -> Mapping[str, Any]:
    """The parameters of a statement, with the ids of contributions of which the caller, an author, does not know the
    reviewers."""
    return {**access.parameters, "hidden": sorted(_records(access.principal, BLIND_AUTHOR))}


def hides_reviewers(principal: Principal, key: UUID) -> bool:
    """Whether the caller, an author, does not know who comments on this contribution."""
    return str(key) in _records(principal, BLIND_AUTHOR)


def is_author(principal: Principal, key: UUID) -> bool:
    """Whether the caller is an author of this contribution, as `with_parts` has found."""
    return any(str(key) in _records(principal, role) for role in AUTHORS_OF_REPORT)


def _records(principal: Principal, role: str) -> frozenset[str]:
    return principal.permission_scope(_BY_ROLE[role], role, READ).records


_BY_ROLE = {role: {role: frozenset({(role, READ)})} for role in (BLIND_COMMENTER, *AUTHORS_OF_REPORT)}


def _roles_of(row: Row, principal: Principal, places: frozenset[str]) -> list[Grant]:
    if row["part"] == "author":
        return [_lent(OPEN_AUTHOR if row["blind"] == "open" else BLIND_AUTHOR, row["id"])]
    reads = principal.permission_scope(ROLES, CONTRIBUTIONS.resource.name, "history")
    is_known = row["blind"] != "double" or reads.covers(row["country"]) or (row["country"] in places)
    role = COMMENTER if is_known else BLIND_COMMENTER
    return [_lent(role, row["id"]), _lent(role, row["round_id"])]


def _lent(role: str, key: UUID) -> Grant:
    return Grant(role, "record", str(key), today(), None)
