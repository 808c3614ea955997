"""Looking up the experts whom lists and signatures name, regardless of what the caller may read."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Text, bindparam, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from services.membership.events.prospects.domain import Confirmed, NamedPerson, Namesake
from services.membership.register.experts.domain import LIVING
from services.membership.register.experts.tables import affiliation, expert
from services.membership.register.institutions.tables import institution
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row
from shared.kernel.text import email_key, fold
from shared.records.access_scope import constant

_MOST = 200_000
"""Most rows of one look-up: more than a batch of an import finds."""
_is_living = (
    expert.c.status.in_([constant(status) for status in LIVING]),
    expert.c.merged_into.is_(None),
    expert.c.erased_at.is_(None),
)
_named = (
    func.unnest(bindparam("countries", type_=ARRAY(Text)), bindparam("sort_names", type_=ARRAY(Text)))
    .table_valued("country", "sort_name")
    .render_derived(name="named")
)
_NAMESAKES = Lookup(
    select(
        expert.c.id,
        expert.c.country,
        expert.c.sort_name,
        expert.c.email_keys,
        affiliation.c.institution_id,
        affiliation.c.raw,
        institution.c.display_name,
    )
    .select_from(
        _named.join(expert, (expert.c.country == _named.c.country) & (expert.c.sort_name == _named.c.sort_name))
        .outerjoin(affiliation, affiliation.c.expert_id == expert.c.id)
        .outerjoin(institution, institution.c.id == affiliation.c.institution_id)
    )
    .where(*_is_living)
    .limit(_MOST)
)
_address = func.unnest(bindparam("addresses", type_=ARRAY(Text))).table_valued("value").render_derived(name="address")
_with_address = (
    func.escm.member_expert_with_email(_address.c.value).table_valued("id").render_derived(name="known").lateral()
)
_OWNERS = Lookup(
    select(expert.c.id, expert.c.emails, expert.c.country, expert.c.search_key)
    .select_from(_address.join(_with_address, true()).join(expert, expert.c.id == _with_address.c.id))
    .where(*_is_living)
    .limit(_MOST)
)
_OWNERS_BY_ACCOUNT = Lookup(
    select(expert.c.id, expert.c.country, expert.c.search_key, views.ACCOUNTS.c.email_key)
    .select_from(
        _address.join(views.ACCOUNTS, views.ACCOUNTS.c.email_key == _address.c.value).join(
            expert, expert.c.account_id == views.ACCOUNTS.c.id
        )
    )
    .where(views.ACCOUNTS.c.is_verified, *_is_living)
    .limit(_MOST)
)
_MERGE_TARGETS = "SELECT named, escm.member_institution_merge_target(named) AS meant FROM unnest($1::uuid[]) named"


async def owners_of(connection: Connection, addresses: Iterable[str]) -> dict[str, UUID]:
    """By address, the living expert whose verified address it is; the oldest of several. Addresses have the form for
    comparison."""
    found: dict[str, UUID] = {}
    for row in sorted(await _OWNERS.fetch(connection, addresses=sorted(addresses)), key=lambda row: row["id"]):
        for email in row["emails"]:
            if email.get("verified"):
                found.setdefault(email_key(email["value"]), row["id"])
    return found


async def confirmed_of(connection: Connection, addresses: Iterable[str]) -> dict[str, dict[UUID, Confirmed]]:
    """By address, the living experts who have shown that it is theirs: by a mail to the record, or by their account."""
    asked, found = sorted(addresses), defaultdict[str, dict[UUID, Confirmed]](dict)
    for row in await _OWNERS.fetch(connection, addresses=asked):
        for email in row["emails"]:
            if email.get("verified"):
                found[email_key(email["value"])][row["id"]] = _confirmed(row)
    for row in await _OWNERS_BY_ACCOUNT.fetch(connection, addresses=asked):
        found[row["email_key"]][row["id"]] = _confirmed(row)
    return found


def _confirmed(row: Row) -> Confirmed:
    return Confirmed(row["country"], frozenset(row["search_key"].split()))


async def namesakes_of(
    connection: Connection, people: Sequence[NamedPerson]
) -> Mapping[tuple[str, str], Mapping[UUID, Namesake]]:
    """The living experts with the country and name of these people, by country and folded name."""
    asked = sorted({(person.country, person.sort_name) for person in people})
    countries, sort_names = [country for country, _ in asked], [name for _, name in asked]
    found: dict[tuple[str, str], dict[UUID, Namesake]] = defaultdict(dict)
    for row in await _NAMESAKES.fetch(connection, countries=countries, sort_names=sort_names):
        namesakes = found[row["country"], row["sort_name"]]
        namesake = namesakes.setdefault(row["id"], Namesake(row["email_keys"]))
        names = {fold(text) for text in (row["raw"], row["display_name"]) if text}
        namesake.workplaces |= names | {row["institution_id"]} - {None, ""}
    return found


async def merge_targets(connection: Connection, institutions: Iterable[UUID]) -> dict[UUID, UUID]:
    """The institutions, or those that they were merged into."""
    rows = await connection.fetch(_MERGE_TARGETS, list(institutions))
    return {row["named"]: row["meant"] or row["named"] for row in rows}
