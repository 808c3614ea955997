"""An office gives its role and ends it; experts who enter themselves keep their own record."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.access.reactions import REACTIONS
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from shared.kernel.principal import Grant, Principal, PrincipalKind
from shared.messaging.inbox import Inbox
from tests.support.callers import CALLERS, Caller
from tests.support.centres import COMMITTEES, SEATS, Members, entered, seated, stepped, unused_country
from tests.support.facts import type_of
from tests.support.membership import EXPERTS, expert
from tests.support.principals import enter_callers

FOCAL_POINTS = "/actions/v1/focal_points"
_INBOX = Inbox("access", REACTIONS)


@pytest.fixture(scope="module", autouse=True)
async def known(database_url: str) -> None:
    """The acting principals have rows, so that their permissions can be read."""
    await enter_callers(database_url)


async def _shown(database: Database, service: str, entity: str, what: str, record: str, times: int = 2) -> None:
    """Applies the worker's reaction to a fact that is delivered several times, under its own id and under another."""
    kind = type_of(service, entity, what)
    fact = Fact(type=kind, subject=UUID(record), ref="X", version=1, link="/x")
    for shown in [fact] * times + [fact.model_copy(update={"id": uuid4()})]:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await _INBOX.react(uow, [shown])


async def _person(membership: httpx.AsyncClient, superuser: asyncpg.Connection, country: str) -> tuple[str, UUID]:
    """An expert with an account, and the account."""
    record, account = await Members(Caller(membership, "admin")).expert(country), uuid4()
    await superuser.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(record), account)
    return record, account


async def _grants(superuser: asyncpg.Connection, account: UUID) -> list[tuple[Any, ...]]:
    rows = await superuser.fetch(
        "SELECT status, role, scope_kind, scope_id, ends FROM access_grant WHERE principal_id = $1 ORDER BY id", account
    )
    return [tuple(row) for row in rows]


@pytest.mark.parametrize(
    ("office", "role"), [("president", "committee_president"), ("secretary", "committee_secretary")]
)
async def test_an_officer_of_a_committee_holds_the_role_while_the_seat_is_theirs(
    membership: httpx.AsyncClient,
    centres: Caller,
    database: Database,
    superuser: asyncpg.Connection,
    office: str,
    role: str,
) -> None:
    country = unused_country()
    person, account = await _person(membership, superuser, country)
    committee = await entered(centres, COMMITTEES, {"country": country, "names": {"en": "Offices"}})
    until = today() + timedelta(days=90)
    seat = await seated(centres, committee, office, person={"expert_id": person}, to=until.isoformat())
    await _shown(database, "centres", "seat", "appointed", seat["id"])
    assert await _grants(superuser, account) == [("active", role, "country", country, until)]

    path = seat["links"]["self"]
    etag = (await centres.get(path)).headers["etag"]
    assert (await centres.patch(path, {"to": None}, etag=etag)).status_code == 200
    await _shown(database, "centres", "seat", "updated", seat["id"])
    assert await _grants(superuser, account) == [("active", role, "country", country, None)]

    await stepped(centres, seat, "end")
    await _shown(database, "centres", "seat", "ended", seat["id"])
    assert await _grants(superuser, account) == [("revoked", role, "country", country, None)]
    await _shown(database, "centres", "seat", "appointed", seat["id"])
    assert len(await _grants(superuser, account)) == 1, "a late fact brings no office back"
    history = await superuser.fetchval(
        "SELECT count(*) FROM core_audit a JOIN access_grant g ON g.id = a.subject WHERE g.principal_id = $1",
        account,
    )
    assert history == 3


async def test_members_and_people_without_an_account_get_no_role(
    membership: httpx.AsyncClient, centres: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    person, account = await _person(membership, superuser, country)
    committee = await entered(centres, COMMITTEES, {"country": country, "names": {"en": "Members"}})
    for office, who in (("member", {"expert_id": person}), ("president", {"name": "No Account"})):
        seat = await entered(
            centres, SEATS, {"committee_id": committee["id"], "person": who, "office": office, "from": "2026"}
        )
        await _shown(database, "centres", "seat", "appointed", seat["id"])
    assert await _grants(superuser, account) == []


async def test_a_focal_point_speaks_for_the_government_until_the_end(
    membership: httpx.AsyncClient, actions: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    person, account = await _person(membership, superuser, "XB")
    made = await actions.post(FOCAL_POINTS, {"country": "XB", "person": {"expert_id": person}})
    point = made.json()
    await _shown(database, "actions", "focal_point", "updated", point["id"])
    assert await _grants(superuser, account) == [], "who is only nominated holds nothing"
    await stepped(actions, point, "accept")
    await _shown(database, "actions", "focal_point", "activated", point["id"])
    held = ("government_focal_point", "country", "XB")
    assert await _grants(superuser, account) == [("active", *held, None)]
    until = today() + timedelta(days=30)
    await stepped(actions, point, "hand_over", fields={"until": until.isoformat()})
    await _shown(database, "actions", "focal_point", "handing_over", point["id"])
    assert await _grants(superuser, account) == [("active", *held, until)]
    await stepped(actions, point, "end")
    await _shown(database, "actions", "focal_point", "ended", point["id"])
    assert [grant[0] for grant in await _grants(superuser, account)] == ["revoked"]


async def test_who_enters_themselves_reads_and_changes_their_own_record_and_no_other(
    membership: httpx.AsyncClient, database: Database, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    me = Principal(PrincipalKind.ACCOUNT, uuid4(), "newcomer")
    monkeypatch.setattr("tests.support.callers.CALLERS", {**CALLERS, "newcomer": me})
    newcomer = Caller(membership, "newcomer")
    made = await newcomer.post(EXPERTS, expert(emails=[{"value": "own@example.org"}]))
    assert made.status_code == 201, made.text
    path, record = made.json()["links"]["self"], made.json()["id"]
    assert (await newcomer.get(path)).status_code == 404
    await _shown(database, "membership", "expert", "created", record)
    assert me.id is not None
    assert await _grants(superuser, me.id) == [("active", "expert", "self", record, None)]

    own = Grant("expert", "self", record, today(), None)
    entitled = Principal(PrincipalKind.ACCOUNT, me.id, "newcomer", (own,))
    monkeypatch.setattr("tests.support.callers.CALLERS", {**CALLERS, "newcomer": entitled})
    seen = await newcomer.get(path)
    assert (seen.status_code, seen.json()["status"]) == (200, "applied")
    changed = await newcomer.patch(path, {"keywords": ["glaciers"]}, etag=seen.headers["etag"])
    assert (changed.status_code, changed.json()["keywords"]) == (200, ["glaciers"])
    assert (await newcomer.get(f"{path}/history")).status_code == 200
    assert (await newcomer.step(path, "approve")).status_code == 403
    other = await Members(Caller(membership, "admin")).expert("XA")
    assert (await newcomer.get(f"{EXPERTS}/{other}")).status_code == 404

    await superuser.execute("UPDATE member_expert SET account_id = NULL WHERE id = $1", UUID(record))
    await _shown(database, "membership", "expert", "erased", record)
    assert [grant[0] for grant in await _grants(superuser, me.id)] == ["revoked"]
