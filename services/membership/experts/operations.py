"""Writing experts: one function per verb. Each writes its rows, one audit entry and one fact."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from sqlalchemy import bindparam
from sqlalchemy import update as sql_update

from services.membership.duplicates.operations import look_again
from services.membership.duplicates.queries import lookalikes_beside
from services.membership.experts import domain, queries
from services.membership.experts.tables import affiliation, expert
from services.membership.experts.values import enter_values, replace_values
from services.membership.likeness.names import name_key, probes
from shared.auth.second_person import second_person_fault
from shared.database.statements import Row, Statement
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now, today
from shared.kernel.errors import invalid_field
from shared.kernel.ids import uuid7
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.resource import Resource
from shared.records.kind import Kind, Step, permitted, require, require_publishing
from shared.records.sight import Sight
from shared.records.store import Beside

WRITABLE = (
    "names", "country", "emails", "orcid", "languages", "fields", "planetary_boundaries", "ecosystems", "keywords",
    "biography", "gender", "category", "visibility",
)  # fmt: skip
_DOCUMENTS = ("names", "emails", "biography")
_AT_ONCE = 500
EXPERTS: Kind[domain.ExpertCase] = Kind(
    Resource("membership", "experts", "expert"),
    expert,
    domain.LIFECYCLE,
    (*WRITABLE, "status", "term_starts", "term_ends", "merged_into"),
    is_personal=True,
)
_LOOKALIKES = lookalikes_beside(expert)
_FOLLOW = Statement(
    sql_update(affiliation)
    .where(affiliation.c.expert_id == bindparam("key"))
    .values(country=bindparam("country"), visibility=bindparam("visibility"))
)
"""Affiliations carry their expert's country and visibility."""


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a caller writes, as they stand in a row that was read."""
    return {name: orjson.loads(row[name]) if name in _DOCUMENTS else row[name] for name in WRITABLE}


async def create(uow: UnitOfWork, sight: Sight, values: Mapping[str, Any], *, invite: bool = False) -> Row:
    """A new expert: a prospect, or invited; who enters themselves, without an office over the register, has
    applied.

    Raises Forbidden `country_forbidden` outside the caller's grant, Invalid `email_missing` for an applicant.
    """
    record = uuid7()
    entitled = sight.read.everywhere or sight.write.everywhere or bool(sight.write.countries)
    applies = sight.principal.kind is PrincipalKind.ACCOUNT and not entitled
    if applies:
        if not values["emails"]:
            raise invalid_field("/emails", "email_missing", "Who applies gives an e-mail address.")
        await uow.admit(record)
    else:
        require(sight, "create", values["country"])
        require_publishing(sight, values["visibility"], values["country"])
    status = "applied" if applies else "invited" if invite else "prospect"
    row = await EXPERTS.enter(
        uow,
        {
            "id": record,
            "status": status,
            **values,
            **derived(values),
            **_clock(status),
            "account_id": sight.principal.id if applies else None,
            "profile_confirmed_on": today() if applies else None,
        },
        beside=Beside(_LOOKALIKES, {"lookalike_keys": probes(values["names"])}),
    )
    enter_values(uow, row)
    return row


async def update(uow: UnitOfWork, sight: Sight, seen: Row, values: Mapping[str, Any]) -> Row:
    """The expert with new values; where nothing differs, nothing is written and the version stays."""
    before = await EXPERTS.lock(uow, seen["id"], seen["version"])
    moves = (values["country"], values["visibility"]) != (before["country"], before["visibility"])
    if moves:
        require(sight, "update", values["country"])
        require_publishing(sight, values["visibility"], values["country"], before["id"])
    confirmed = {"profile_confirmed_on": today()} if _is_own(sight.principal, before) else {}
    after = await EXPERTS.edit(uow, before, {**values, **derived(values), **confirmed})
    if after["version"] != before["version"]:
        await replace_values(uow, after)
        look_again(uow, "experts", before, after)
    if moves:
        place = {"country": after["country"], "visibility": after["visibility"]}
        await _FOLLOW.execute(uow.connection, key=after["id"], **place)
    return after


async def transition(uow: UnitOfWork, sight: Sight, seen: Row, step: Step) -> Row:
    """One step of the lifecycle. Raises what `Lifecycle.advance` raises, and Invalid for bad `fields`."""
    before = await EXPERTS.lock(uow, seen["id"], seen["version"])
    case = await case_of(uow.connect, sight.principal, before, step.fields)

    def effects(target: str) -> dict[str, Any]:
        if step.action not in ("approve", "renew"):
            return _clock(target)
        starts, ends = domain.default_term(*_term(step.fields), today())
        return {**_clock(target), "term_starts": starts, "term_ends": ends}

    return await EXPERTS.step(uow, before, step, case, permitted(sight, before), effects)


async def pass_time(uow: UnitOfWork) -> None:
    """Moves experts whose term is over into their time of grace, and those whose time of grace is over out of it, at
    most 500 at once."""
    for before in await queries.lock_over(uow.connection, today(), _AT_ONCE):
        await EXPERTS.pass_time(uow, before, "expire")


async def case_of(
    connect: Connect, principal: Principal, row: Mapping[str, Any], fields: Mapping[str, Any]
) -> domain.ExpertCase:
    """What the guards look at, for this caller and this expert."""
    second: str | None = "second_person_missing"
    if "second_person" in fields:
        async with connect() as connection:
            second = await second_person_fault(connection, principal, fields["second_person"])
    return domain.ExpertCase(
        has_email=row["emails"] not in ("[]", []),
        is_applicant=_is_own(principal, row),
        profile_confirmed_on=row["profile_confirmed_on"],
        conflict_of_interest_on=row["conflict_of_interest_on"],
        today=today(),
        second_person=second,
    )


def derived(values: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that follow from the written ones."""
    names = values["names"]
    return {
        "display_name": domain.display_name(names),
        "sort_name": domain.sort_name(names),
        "search_key": domain.names_search_key(names),
        "name_key": name_key(names),
        "email_keys": [email["value"].casefold() for email in values["emails"]],
    }


def _is_own(principal: Principal, row: Mapping[str, Any]) -> bool:
    return row["account_id"] is not None and row["account_id"] == principal.id


def _clock(status: str) -> dict[str, Any]:
    since = now() if status in domain.HOLDERS else None
    return {"clock_since": since, "clock_target": since + domain.SCREENING_TARGET if since else None}


def _term(fields: Mapping[str, Any]) -> tuple[date | None, date | None]:
    parsed: list[date | None] = []
    for name in ("starts", "ends"):
        raw = fields.get(name)
        try:
            parsed.append(None if raw is None else date.fromisoformat(raw))
        except (TypeError, ValueError):
            raise invalid_field(f"/fields/{name}", "invalid_format", "A date is YYYY-MM-DD.") from None
    starts, ends = parsed
    if ends is not None and ends <= (starts or today()):
        raise invalid_field("/fields/ends", "invalid_format", "The term ends after it starts.")
    return starts, ends
