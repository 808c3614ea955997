"""Reading what conflicts of interest are found by, in a context that reads every row, and adding conflicts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, cast, column, func, null, or_, select, true
from sqlalchemy import table as sql_table
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.membership.register.experts.tables import affiliation, expert
from services.membership.register.institutions.tables import institution
from services.membership.selection.conflicts.domain import Nominee, Person
from services.membership.selection.declarations.domain import IN_FORCE
from services.membership.selection.declarations.tables import declaration
from shared.contracts import views
from shared.database.statements import Connection, Row, Shapes, Statement
from shared.database.tables import SCHEMA
from shared.kernel.clock import today
from shared.kernel.text import email_key, fold
from shared.records.access_scope import constant
from shared.records.panels import Conflict, is_recent

_call = sql_table("member_call", column("id", Uuid), column("status", Text), column("panel", JSONB), schema=SCHEMA)
_nomination = sql_table(
    "member_nomination",
    *(column(name, Uuid) for name in ("id", "call_id", "expert_id")),
    *(column(name, Text) for name in ("status", "nominator_key")),
    *(column(name, JSONB) for name in ("interests", "conflicts")),
    schema=SCHEMA,
)
_WAITING = ("awaiting_nominator", "nominated", "selected", "not_selected")
_BEFORE_RESULTS = ("open", "assessing", "decided")
"""The states of a call in which a conflict still matters."""
_KEYS = any_(bindparam("keys", type_=ARRAY(Uuid)))
_PANEL = Statement(select(_call.c.panel).where(_call.c.id == bindparam("call")))
_of_call = (
    select(_nomination)
    .where(_nomination.c.call_id == bindparam("call"), _nomination.c.status.in_([constant(one) for one in _WAITING]))
    .order_by(_nomination.c.id)
)
AT_ONCE = 1_000
"""Nominations of a call that are compared with its panel at once."""
_NOMINATIONS = Shapes(
    lambda is_first: (_of_call if is_first else _of_call.where(_nomination.c.id > bindparam("after"))).limit(
        bindparam("limit")
    )
)
_NOMINATION = Statement(_of_call.where(_nomination.c.id == bindparam("nomination")))
_EXPERTS = Statement(
    select(expert.c.id, expert.c.names, expert.c.display_name, expert.c.email_keys, views.ACCOUNTS.c.email_key)
    .select_from(expert.outerjoin(views.ACCOUNTS, views.ACCOUNTS.c.id == expert.c.account_id))
    .where(expert.c.id == _KEYS)
)
_AFFILIATIONS = Statement(
    select(
        affiliation.c.expert_id,
        affiliation.c.institution_id,
        affiliation.c.raw,
        affiliation.c.ends,
        institution.c.display_name,
    )
    .select_from(affiliation.outerjoin(institution, institution.c.id == affiliation.c.institution_id))
    .where(affiliation.c.expert_id == _KEYS, or_(affiliation.c.institution_id.is_not(None), affiliation.c.raw != ""))
)
_INTERESTS = Statement(
    select(declaration.c.expert_id, declaration.c.interests).where(
        declaration.c.expert_id == _KEYS,
        declaration.c.year == bindparam("year"),
        declaration.c.status.in_([constant(status) for status in IN_FORCE]),
    )
)
_named = (
    select(expert.c.id)
    .where(expert.c.id == _KEYS)
    .union(
        select(affiliation.c.expert_id).where(affiliation.c.id == _KEYS),
        select(declaration.c.expert_id).where(declaration.c.id == _KEYS),
    )
    .cte("named")
)
_seat = func.jsonb_array_elements(_call.c.panel).table_valued(column("value", JSONB)).alias("seat")
_is_undecided = _call.c.status.in_([constant(status) for status in _BEFORE_RESULTS])
_CONCERNED = Statement(
    select(_call.c.id.label("call_id"), null().label("nomination"))
    .select_from(_call.join(_seat, true()).join(_named, cast(_seat.c.value["expert_id"].astext, Uuid) == _named.c.id))
    .where(_is_undecided)
    .union(
        select(_nomination.c.call_id, _nomination.c.id)
        .join(_named, _named.c.id == _nomination.c.expert_id)
        .join(_call, _call.c.id == _nomination.c.call_id)
        .where(_is_undecided, _nomination.c.status.in_([constant(one) for one in _WAITING]))
    )
    .order_by("call_id", "nomination")
)
_ADD = """
UPDATE escm.member_nomination n SET conflicts = n.conflicts || added.conflicts
FROM unnest($1::uuid[], $2::jsonb[]) added (id, conflicts)
WHERE n.id = added.id AND NOT n.conflicts @> added.conflicts
"""


async def panel_of(connection: Connection, call: UUID) -> list[UUID]:
    """The experts in the panel of a call."""
    found = await _PANEL.fetchval(connection, call=call)
    return [UUID(member["expert_id"]) for member in found or ()]


async def nominations_of(
    connection: Connection, call: UUID, nomination: UUID | None, after: UUID | None = None
) -> list[Row]:
    """The nominations of a call that the panel will see or sees, at most 1,000 after an id, or one of them."""
    if nomination is None:
        return await _NOMINATIONS.get(after is None).fetch(connection, call=call, after=after, limit=AT_ONCE)
    return await _NOMINATION.fetch(connection, call=call, nomination=nomination)


async def concerned(connection: Connection, keys: Sequence[UUID]) -> list[Row]:
    """Calls before their results in whose panel one of these experts is, and nominations to such calls, with the call;
    for affiliations and declarations those of their expert. Few calls are in these states: their panels are read."""
    return await _CONCERNED.fetch(connection, keys=keys)


async def persons(connection: Connection, keys: Collection[UUID]) -> Mapping[UUID, Person]:
    """What is compared about these experts."""
    ids = list(keys)
    institutions, parties = defaultdict[UUID, set[str]](set), defaultdict[UUID, set[str]](set)
    for row in await _AFFILIATIONS.fetch(connection, keys=ids):
        if is_recent(row["ends"], today()):
            texts = (str(row["institution_id"] or ""), fold(row["raw"] or ""), fold(row["display_name"] or ""))
            institutions[row["expert_id"]].update(text for text in texts if text)
    for row in await _INTERESTS.fetch(connection, keys=ids, year=today().year):
        parties[row["expert_id"]].update(parties_of(row["interests"]))
    return {
        row["id"]: Person(
            row["id"],
            frozenset((*row["email_keys"], *([row["email_key"]] if row["email_key"] else ()))),
            frozenset(institutions[row["id"]]),
            frozenset(filter(None, map(fold, _names(row)))),
            frozenset(parties[row["id"]]),
        )
        for row in await _EXPERTS.fetch(connection, keys=ids)
    }


def nominee_of(row: Row, person: Person) -> Nominee:
    """A nomination and its nominee, whose interests are those of the nomination too."""
    stated = row["interests"] if isinstance(row["interests"], list) else ()
    own = person.parties | parties_of(stated)
    compared = Person(person.expert_id, person.addresses, person.institutions, person.names, own)
    return Nominee(row["id"], compared, email_key(row["nominator_key"]), row["conflicts"])


def parties_of(interests: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The folded parties of interests."""
    return frozenset(filter(None, (fold(interest["party"]) for interest in interests)))


async def add(connection: Connection, added: Mapping[UUID, Sequence[Conflict]]) -> None:
    """Adds conflicts to nominations. Their versions stay."""
    await connection.execute(_ADD, list(added), [list(conflicts) for conflicts in added.values()])


def _names(row: Row) -> list[str]:
    """Each name of an expert in one line."""
    parts = [(name.get("full"), name.get("given"), name.get("family")) for name in row["names"]]
    return [row["display_name"], *(full or f"{given or ''} {family or ''}" for full, given, family in parts)]
