"""Promise 47: a role follows from a record at once only if whoever caused it may grant it; otherwise it waits."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.access.reactions import REACTIONS
from services.access.settings import AccessSettings
from services.actions.app import create_app as create_actions
from services.actions.settings import ActionsSettings
from services.centres.app import create_app as create_centres
from services.centres.settings import CentresSettings
from services.membership.app import create_app as create_membership
from services.membership.settings import MembershipSettings
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now, today
from shared.kernel.principal import Grant, Principal, PrincipalKind
from shared.mail import tokens
from shared.messaging.inbox import Inbox
from tests.access.caller import Caller as Signed
from tests.support.callers import CALLERS, Caller, grant, serving
from tests.support.centres import COMMITTEES, SEATS, Members, applied, entered, stepped, unused_country
from tests.support.facts import type_of
from tests.support.membership import EXPERTS, activated, expert
from tests.support.merges import MERGES
from tests.support.principals import enter_callers, enter_principal

FOCAL_POINTS = "/actions/v1/focal_points"
_INBOX = Inbox("access", REACTIONS)
WHOLE: dict[str, Any] = {
    "resources": frozenset({"membership.*", "centres.*", "actions.*", "access.*"}),
    "verbs": frozenset({"read", "write"}),
}


class World:
    """The services with the records, the database, and the reactions of access."""

    def __init__(self, services: dict[str, httpx.AsyncClient], database: Database, rows: asyncpg.Connection) -> None:
        self.services, self.database, self.rows = services, database, rows
        self.known: dict[str, Principal] = {}

    def caller(self, service: str, name: str = "admin") -> Caller:
        return Caller(self.services[service], name)

    async def actor(self, monkeypatch: pytest.MonkeyPatch, kind: str, *grants: Grant, **more: Any) -> Principal:
        """A principal that the services know, with its rows."""
        principal = Principal(PrincipalKind(kind), more.pop("id", None) or uuid4(), f"{kind} {uuid4().hex}", grants)
        principal = Principal(principal.kind, principal.id, principal.name, grants, **more)
        await enter_principal(self.rows, principal)
        monkeypatch.setitem(CALLERS, principal.name, principal)
        return principal

    async def person(self, country: str, account: UUID | None = None) -> tuple[str, UUID]:
        """An expert with an account, and the account."""
        record = await Members(self.caller("membership")).expert(country)
        account = account or uuid4()
        await self.rows.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(record), account)
        return record, account

    async def committee(self, country: str) -> dict[str, Any]:
        return await entered(self.caller("centres"), COMMITTEES, {"country": country, "names": {"en": "Committee"}})

    async def seat(self, name: str, committee: dict[str, Any], person: str, **more: Any) -> dict[str, Any]:
        body = {"committee_id": committee["id"], "person": {"expert_id": person}, "office": "president", **more}
        made = await entered(self.caller("centres", name), SEATS, body)
        await self.react("centres", "seat", "appointed", made["id"])
        return made

    async def change(self, name: str, seat: dict[str, Any], **values: Any) -> None:
        caller, path = self.caller("centres", name), seat["links"]["self"]
        etag = (await caller.get(path)).headers["etag"]
        changed = await caller.patch(path, values, etag=etag)
        assert changed.status_code == 200, changed.text
        await self.react("centres", "seat", "updated", seat["id"])

    async def react(self, service: str, entity: str, what: str, record: str) -> None:
        """Applies the worker's reaction to a fact that is delivered twice."""
        for _ in range(2):
            fact = Fact(type=type_of(service, entity, what), subject=UUID(record), ref="X", version=1, link="/x")
            async with unit_of_work(self.database, SYSTEM_CONTEXT) as uow:
                await _INBOX.react(uow, [fact])

    async def held(self, account: UUID) -> list[tuple[str, str]]:
        rows = await self.rows.fetch(
            "SELECT status, role FROM access_grant WHERE principal_id = $1 AND created_by = 'system'"
            " AND status IN ('proposed', 'active') ORDER BY id",
            account,
        )
        return [(row["status"], row["role"]) for row in rows]

    async def link(self, account: UUID) -> str:
        found = await self.rows.fetchval(
            "SELECT id FROM access_grant WHERE principal_id = $1 AND status = 'proposed'", account
        )
        return f"/access/v1/grants/{found}"


@pytest.fixture(scope="module")
async def world(database_url: str, redis_url: str, settings: AccessSettings) -> AsyncIterator[World]:
    await enter_callers(database_url)
    urls: Any = {"database_url": database_url, "redis_url": redis_url}
    rows = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    database = await Database.open(settings.database_dsn(), size=2)
    async with (
        serving(create_membership(MembershipSettings(**urls))) as membership,
        serving(create_centres(CentresSettings(**urls))) as centres,
        serving(create_actions(ActionsSettings(**urls))) as actions,
    ):
        yield World({"membership": membership, "centres": centres, "actions": actions}, database, rows)
    await database.close()
    await rows.close()


async def _without_right(world: World, monkeypatch: pytest.MonkeyPatch, who: str, country: str) -> Principal:
    """A person who may create seats and focal points but not grant the role, for the reason `who`."""
    admin = grant("secretariat_admin", "global", **WHOLE)
    if who == "narrowed client":
        return await world.actor(
            monkeypatch, "client", grant("secretariat_admin", "global", **WHOLE | {"resources": _RECORDS})
        )
    if who == "sandbox client":
        return await world.actor(monkeypatch, "client", admin, sandbox=True)
    if who == "key":
        owner = await world.actor(monkeypatch, "account", grant("secretariat_admin", "global"))
        return await world.actor(monkeypatch, "key", admin, owner=owner.id)
    if who == "deputy":
        source = await world.actor(monkeypatch, "account", grant("secretariat_officer", "country", country))
        lent = await world.rows.fetchval("SELECT id FROM access_grant WHERE principal_id = $1", source.id)
        return await world.actor(
            monkeypatch, "account", grant("secretariat_officer", "country", country, delegated_from=lent)
        )
    role = {"officer for themselves": "secretariat_officer", "colleague": "government_focal_point"}[who]
    roles = (role, "committee_president") if who == "colleague" else (role,)
    return await world.actor(monkeypatch, "account", *(grant(one, "country", country) for one in roles))


_RECORDS = frozenset({"centres.seats", "centres.committees", "actions.focal_points", "membership.experts"})
WITHOUT_RIGHT = ("narrowed client", "key", "deputy", "officer for themselves", "colleague")


@pytest.mark.parametrize("who", WITHOUT_RIGHT)
async def test_a_seat_by_whoever_may_not_grant_its_role_leaves_the_role_waiting(
    world: World, caller: Signed, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    country = unused_country()
    actor = await _without_right(world, monkeypatch, who, country)
    person, account = await world.person(country, actor.id if who == "officer for themselves" else None)
    seat = await world.seat(actor.name, await world.committee(country), person)
    assert await world.held(account) == [("proposed", "committee_president")]
    link = await world.link(account)
    shown = (await caller.send("admin", "GET", link.removeprefix("/access/v1"))).json()
    assert (shown["caused_by"], shown["reason"]) == (actor.label, f"seat {seat['id']}")
    confirmed = await caller.step("admin", link, "confirm")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "active")
    await world.change("admin", seat, to="2099")
    assert await world.held(account) == [("active", "committee_president")]


@pytest.mark.parametrize("who", [*WITHOUT_RIGHT, "sandbox client"])
async def test_a_focal_point_by_whoever_may_not_grant_the_role_waits_until_it_ends(
    world: World, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    actor = await _without_right(world, monkeypatch, who, "XA")
    person, account = await world.person("XA", actor.id if who == "officer for themselves" else None)
    acting = world.caller("actions", actor.name)
    point = await entered(acting, FOCAL_POINTS, {"country": "XA", "person": {"expert_id": person}})
    await stepped(acting, point, "accept")
    await world.react("actions", "focal_point", "activated", point["id"])
    assert await world.held(account) == [("proposed", "government_focal_point")]
    await stepped(acting, point, "end")
    await world.react("actions", "focal_point", "ended", point["id"])
    assert await world.held(account) == []


@pytest.mark.parametrize("kind", ["account", "client"])
async def test_a_seat_by_whoever_may_grant_its_role_gives_it_at_once(
    world: World, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    country = unused_country()
    held = grant("secretariat_admin", "global", **(WHOLE if kind == "client" else {}))
    actor = await world.actor(monkeypatch, kind, held)
    person, account = await world.person(country)
    await world.seat(actor.name, await world.committee(country), person)
    assert await world.held(account) == [("active", "committee_president")]


async def test_a_right_that_came_after_the_act_does_not_count(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    country = unused_country()
    actor = await world.actor(monkeypatch, "account", grant("secretariat_admin", "global"))
    await world.rows.execute(
        "UPDATE access_grant SET updated_at = now() + interval '1 hour' WHERE principal_id = $1", actor.id
    )
    person, account = await world.person(country)
    await world.seat(actor.name, await world.committee(country), person)
    assert await world.held(account) == [("proposed", "committee_president")]


async def test_a_longer_term_by_whoever_may_not_grant_the_role_waits_while_the_shorter_holds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    country = unused_country()
    person, account = await world.person(country)
    until = (today() + timedelta(days=30)).isoformat()
    seat = await world.seat("admin", await world.committee(country), person, to=until)
    assert await world.held(account) == [("active", "committee_president")]
    actor = await _without_right(world, monkeypatch, "narrowed client", country)
    await world.change(actor.name, seat, to="2099")
    assert sorted(await world.held(account)) == [("active", "committee_president"), ("proposed", "committee_president")]
    ends = await world.rows.fetchval(
        "SELECT ends FROM access_grant WHERE principal_id = $1 AND status = 'active'", account
    )
    assert ends.isoformat() == until
    await world.change("admin", seat, to="2098")
    assert await world.held(account) == [("active", "committee_president")]


async def test_another_person_in_the_seat_is_a_new_act(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    country = unused_country()
    person, account = await world.person(country)
    seat = await world.seat("admin", await world.committee(country), person)
    actor = await _without_right(world, monkeypatch, "narrowed client", country)
    other, gaining = await world.person(country)
    await world.change(actor.name, seat, person={"expert_id": other})
    assert (await world.held(account), await world.held(gaining)) == ([], [("proposed", "committee_president")])


async def test_a_role_that_was_taken_back_does_not_return_with_an_edit(
    world: World, caller: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    country = unused_country()
    person, account = await world.person(country)
    seat = await world.seat("admin", await world.committee(country), person)
    found = await world.rows.fetchval("SELECT id FROM access_grant WHERE principal_id = $1", account)
    assert (await caller.step("admin", f"/access/v1/grants/{found}", "revoke")).status_code == 200
    actor = await _without_right(world, monkeypatch, "narrowed client", country)
    await world.change(actor.name, seat, to="2099")
    assert await world.held(account) == [("proposed", "committee_president")]


async def test_a_merge_moves_no_role_to_another_account_for_whoever_may_not_grant_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A merge gives the expert in the seat another account. The merger has no permission at the time of the
    reaction."""
    country = unused_country()
    person, account = await world.person(country)
    other, gaining = await world.person(country)
    seat = await world.seat("admin", await world.committee(country), person)
    await world.rows.execute("UPDATE member_expert SET account_id = NULL WHERE id = $1", UUID(person))
    await world.react("centres", "seat", "updated", seat["id"])
    assert await world.held(account) == []
    body = {"resource": "experts", "winner_id": person, "loser_id": other}
    merger = await world.actor(monkeypatch, "account", grant("secretariat_admin", "global"))
    made = await world.caller("membership", merger.name).post(MERGES, body)
    assert made.status_code == 201, made.text
    await world.rows.execute("DELETE FROM access_grant WHERE principal_id = $1", merger.id)
    await world.react("centres", "seat", "updated", seat["id"])
    assert await world.held(gaining) == [("proposed", "committee_president")]


async def test_who_caused_a_role_does_not_get_it_by_delegation(
    world: World, caller: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    country = unused_country()
    seated = UUID(caller.account("expert"))
    actor = await world.actor(monkeypatch, "account", grant("secretariat_officer", "country", country))
    person, account = await world.person(country, seated)
    await world.seat(actor.name, await world.committee(country), person)
    assert await world.held(account) == [("active", "committee_president")]
    source = await world.rows.fetchval("SELECT id FROM access_grant WHERE principal_id = $1", account)
    body = {
        "principal": {"kind": "account", "id": str(actor.id)},
        "role": "committee_president",
        "scope_kind": "country",
        "scope_id": country,
        "to": (today() + timedelta(days=5)).isoformat(),
        "delegated_from": str(source),
    }
    lent = await caller.send("expert", "POST", "/grants", body)
    assert (lent.status_code, lent.json()["reason"]) == (403, "own_grant")
    await world.rows.execute("UPDATE access_grant SET caused_by = $2 WHERE id = $1", source, f"account:{account}")
    third = {"principal": {"kind": "account", "id": caller.account("reviewer1")}}
    other = await caller.send("expert", "POST", "/grants", body | third)
    assert (other.status_code, other.json()["reason"]) == (403, "follows_own_act")


async def _seated_without_account(world: World) -> tuple[str, str]:
    """An expert whom the administrator made president before the expert had an account, and the country."""
    country = unused_country()
    made = await world.caller("membership").post(
        EXPERTS, expert(country=country, emails=[{"value": f"{uuid4().hex}@example.org"}])
    )
    assert made.status_code == 201, made.text
    await world.seat("admin", await world.committee(country), made.json()["id"])
    return str(made.json()["id"]), country


async def _take_over(world: World, monkeypatch: pytest.MonkeyPatch, record: str) -> UUID:
    """A new account claims the expert with a token like that of the last invitation."""
    account = await world.actor(monkeypatch, "account")
    assert account.id is not None
    read = (await world.caller("membership").get(f"{EXPERTS}/{record}")).json()
    token = uuid4().hex
    address = read["emails"][0]["value"]
    valid: dict[str, Any] = {"service": "membership", "purpose": "claim", "until": now() + timedelta(days=1)}
    await tokens.issue(world.rows, subject=UUID(record), address=address, token=token, **valid)
    taken = await world.caller("membership", account.name).post(f"{EXPERTS}/claim", {"token": token})
    assert taken.status_code == 200, taken.text
    await world.react("membership", "expert", "account_linked", record)
    return account.id


async def test_whoever_takes_their_record_over_gets_the_roles_of_its_offices(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, _ = await _seated_without_account(world)
    assert (await world.caller("membership").step(f"{EXPERTS}/{record}", "invite")).status_code == 200
    account = await _take_over(world, monkeypatch, record)
    assert sorted(await world.held(account)) == [("active", "committee_president"), ("active", "expert")]


async def test_a_claim_confirms_the_addresses_that_the_expert_had_in_office(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither the client that entered the address nor the one that sent the link may grant the role."""
    country = unused_country()
    narrowed = grant("secretariat_officer", "country", country, **WHOLE | {"resources": _RECORDS | {"membership.*"}})
    client = await world.actor(monkeypatch, "client", narrowed)
    body = expert(country=country, emails=[{"value": f"{uuid4().hex}@example.org"}])
    made = await world.caller("membership", client.name).post(EXPERTS, body)
    record = str(made.json()["id"])
    await world.seat("admin", await world.committee(country), record)
    invited = await world.caller("membership", client.name).step(f"{EXPERTS}/{record}", "invite")
    assert invited.status_code == 200, invited.text
    account = await _take_over(world, monkeypatch, record)
    assert sorted(await world.held(account)) == [("active", "committee_president"), ("active", "expert")]


async def test_a_role_waits_where_whoever_set_the_address_may_not_grant_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, country = await _seated_without_account(world)
    author = await world.actor(monkeypatch, "account", grant("national_author", "country", country))
    changing, path = world.caller("membership", author.name), f"{EXPERTS}/{record}"
    etag = (await changing.get(path)).headers["etag"]
    body = {"emails": [{"value": f"{uuid4().hex}@example.org"}]}
    assert (await changing.patch(path, body, etag=etag)).status_code == 200
    more = {"emails": [*body["emails"], {"value": f"{uuid4().hex}@example.org"}]}
    assert (await world.caller("membership").change(path, **more)).status_code == 200
    assert (await world.caller("membership").step(path, "invite")).status_code == 200
    account = await _take_over(world, monkeypatch, record)
    assert sorted(await world.held(account)) == [("active", "expert"), ("proposed", "committee_president")]


async def test_an_administrator_who_links_an_account_gives_its_roles_but_not_to_themselves(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = await world.actor(monkeypatch, "account")
    own = await world.actor(monkeypatch, "account", grant("secretariat_admin", "global"))
    for name, linked, status in (("admin", account, "active"), (own.name, own, "proposed")):
        record, _ = await _seated_without_account(world)
        assert linked.id is not None
        fields = {"account_id": str(linked.id)}
        done = await world.caller("membership", name).step(f"{EXPERTS}/{record}", "link_account", fields=fields)
        assert done.status_code == 200, done.text
        await world.react("membership", "expert", "account_linked", record)
        assert (status, "committee_president") in await world.held(linked.id)
        freed = await world.caller("membership").step(f"{EXPERTS}/{record}", "unlink_account", reason="left")
        assert freed.status_code == 200
        await world.react("membership", "expert", "account_unlinked", record)
        assert await world.held(linked.id) == []


async def test_officials_of_a_country_do_not_learn_who_waits_to_review(
    world: World, caller: Signed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The role of a reviewer whom a key invited waits for an officer, and for nobody of the country."""
    members = Members(world.caller("membership"))
    centre = await applied(world.caller("centres"), members, "XA", visibility="restricted")
    await stepped(world.caller("centres"), centre, "accept_complete")
    actor = await _without_right(world, monkeypatch, "key", "XA")
    record, account = str((await activated(world.caller("membership"), country="XA"))["id"]), uuid4()
    await world.rows.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(record), account)
    due = (today() + timedelta(days=30)).isoformat()
    inviting = world.caller("centres", actor.name)
    path = f"{centre['links']['self']}/reviewers"
    invited = await entered(inviting, path, {"expert_id": record, "due": due})
    await world.rows.execute("UPDATE centre_reviewer SET status = 'accepted' WHERE id = $1", UUID(invited["id"]))
    await world.react("centres", "reviewer", "accepted", invited["id"])
    assert await world.held(account) == [("proposed", "reviewer")]
    link = (await world.link(account)).removeprefix("/access/v1")
    for who, status in (("government_xa", 404), ("officer", 200)):
        assert (await caller.send(who, "GET", link)).status_code == status, who
        listed = await caller.everything(who, "/grants?holder=me&limit=200")
        worked = await caller.everything(who, "/work_list?kind=grants&limit=200")
        for found in (listed, worked):
            assert (link.rpartition("/")[2] in [one["id"] for one in found]) == (status == 200), who
    assert (await caller.step("officer", f"/access/v1{link}", "confirm")).json()["status"] == "active"
