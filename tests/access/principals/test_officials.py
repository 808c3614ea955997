"""Focal points invite accounts and propose clients for their own country; both are suspended when the last one ends."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.access.reactions import REACTIONS
from shared.auth.keys import InvalidToken
from shared.auth.tokens import Authenticator
from shared.contracts.actions import FOCAL_POINT_ENDED
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.countries import COUNTRIES, FICTIONAL_CODES
from tests.access.caller import Caller
from tests.support import callers
from tests.support.centres import Members, entered, stepped
from tests.support.mailbox import Mailbox, token_in
from tests.support.passwords import choose_password

CONFIRM = "/access/v1/accounts/password_reset/confirm"
PASSWORD = "four quiet words today"
FOCAL_POINTS = "/actions/v1/focal_points"
_CODES = iter(sorted(set(COUNTRIES) - FICTIONAL_CODES, reverse=True))
"""The countries of these tests begin at the end of the alphabet, where no other test enters focal points."""


class Country:
    """A country with a focal point who signs in."""

    def __init__(self, caller: Caller, database_url: str) -> None:
        self.code = next(_CODES)
        self.caller = Caller(caller.http, caller.demo, database_url)

    async def official(self, name: str, *roles: str) -> str:
        """The id of a person of the secretariat's making with these roles here; secretariat_admin is for everywhere."""
        email = f"{uuid4().hex}@example.org"
        made = (await self.caller.enter_person(email, PASSWORD)).json()
        self.caller.accounts[name] = {"username": email, "password": PASSWORD}
        for role in roles:
            await self.grant("admin", made["id"], role)
        return str(made["id"])

    async def grant(self, by: str, holder: str, role: str = "national_author") -> dict[str, Any]:
        scope = {"scope_kind": "country", "scope_id": self.code}
        if role == "secretariat_admin":
            scope = {"scope_kind": "global"}
        body = {"principal": {"kind": "account", "id": holder}, "role": role, **scope}
        made = await self.caller.send(by, "POST", "/grants", body)
        assert made.status_code == 201, made.text
        if made.json()["status"] == "proposed":
            confirmed = await self.caller.step("admin2", made.json()["links"]["self"], "confirm")
            assert confirmed.status_code == 200, confirmed.text
        return dict(made.json())

    async def invite(self, by: str = "focal", country: str | None = "own", **more: Any) -> httpx.Response:
        body = {"email": f"{uuid4().hex}@example.org", "name": "Carla Colleague", **more}
        if country is not None:
            body["country"] = self.code if country == "own" else country
        return await self.caller.send(by, "POST", "/accounts", body)

    async def propose(self, by: str = "focal", scope_kind: str = "country", **more: Any) -> httpx.Response:
        body = {"name": "Ministry portal", "scope_kind": scope_kind, "resources": ["membership.*"], "verbs": ["read"]}
        if scope_kind != "global":
            body["scope_id"] = self.code
        return await self.caller.send(by, "POST", "/clients", body | more)

    async def colleague(self) -> dict[str, Any]:
        """An account that the focal point invited and whose owner chose a password."""
        made = (await self.invite()).json()
        await choose_password(self.caller._database_url, made["email"], PASSWORD)
        connection = await asyncpg.connect(self.caller._database_url, server_settings={"search_path": "escm"})
        await connection.execute("UPDATE access_account SET status = 'active' WHERE id = $1", UUID(made["id"]))
        await connection.close()
        return dict(made)

    async def step(self, by: str, record: dict[str, Any], action: str, **body: Any) -> httpx.Response:
        return await self.caller.step(by, record["links"]["self"], action, **body)

    async def read(self, by: str, record: dict[str, Any]) -> httpx.Response:
        return await self.caller.send(by, "GET", record["links"]["self"].removeprefix("/access/v1"))


@pytest.fixture
async def country(caller: Caller, database_url: str) -> Country:
    made = Country(caller, database_url)
    await made.official("focal", "government_focal_point")
    return made


async def _react(database: Database, point: dict[str, Any]) -> None:
    fact = Fact(type=FOCAL_POINT_ENDED, subject=UUID(point["id"]), ref="X", version=1, link="/x")
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await REACTIONS[fact.type](uow, [fact])


async def _in_office(actions: callers.Caller, country: Country) -> dict[str, Any]:
    body = {"country": country.code, "person": {"name": "Fay Focal"}}
    return await stepped(actions, await entered(actions, FOCAL_POINTS, body), "accept")


def _reason(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["reason"]


async def test_an_invited_person_signs_in_with_their_roles_after_the_mail(country: Country, posted: Mailbox) -> None:
    made = await country.invite(language="fr")
    account = made.json()
    assert (made.status_code, account["status"], account["country"]) == (201, "invited", country.code)
    assert account["made_by_country"]
    given = await country.grant("focal", account["id"])
    assert given["status"] == "active"
    mail = await posted.next_to(account["email"])
    assert mail["Content-Language"] == "fr"
    assert (await country.caller.log_in(account["email"], PASSWORD)).status_code == 400
    chosen = await country.caller.http.post(CONFIRM, json={"token": token_in(mail), "password": PASSWORD})
    assert chosen.status_code == 204, chosen.text
    token = (await country.caller.log_in(account["email"], PASSWORD)).json()["access_token"]
    me = await country.caller.http.get("/access/v1/me", headers={"Authorization": f"Bearer {token}"})
    assert [(grant["role"], grant["scope_id"]) for grant in me.json()["grants"]] == [("national_author", country.code)]
    history = (await country.caller.send("focal", "GET", f"/accounts/{account['id']}/history")).json()["items"]
    assert [(line["action"], line["to"], line["by"]["id"]) for line in history][:1] == [
        ("activate", "active", account["id"])
    ]


async def test_a_role_of_an_invited_account_has_no_effect(country: Country, app: Any) -> None:
    account = (await country.invite()).json()
    await country.grant("focal", account["id"])
    view = "SELECT count(*) FROM escm.access_published_grant WHERE principal_id = $1"
    async with app.state.database.acquire() as connection:
        assert await connection.fetchval(view, UUID(account["id"])) == 0


async def test_an_invited_person_who_registers_or_forgets_gets_the_mail_again(
    country: Country, posted: Mailbox
) -> None:
    account = (await country.invite()).json()
    await posted.next_to(account["email"])
    asked = {"email": account["email"]}
    await country.caller.http.post("/access/v1/accounts/verification", json=asked)
    await country.caller.http.post("/access/v1/accounts/password_reset", json=asked)
    await posted.next_to(account["email"], 2)
    await country.caller.http.post("/access/v1/accounts/registration", json={**asked, "name": "Carla"})
    mail = await posted.next_to(account["email"], 3)
    chosen = await country.caller.http.post(CONFIRM, json={"token": token_in(mail), "password": PASSWORD})
    assert chosen.status_code == 204, chosen.text
    assert (await country.read("focal", account)).json()["status"] == "active"
    assert len(posted.to(account["email"])) == 3


async def test_a_focal_point_makes_nothing_for_another_country_or_for_none(country: Country) -> None:
    for refused in (
        await country.invite(country="XB"),
        await country.invite(country=None),
        await country.propose(scope_id="XB"),
        await country.propose(scope_kind="region", scope_id="002"),
        await country.propose(scope_kind="global"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "country_forbidden"), refused.text
    unknown = await country.invite(country="ZZ")
    assert unknown.status_code == 422


async def test_keys_and_delegates_of_a_focal_point_make_nothing(country: Country) -> None:
    key = {"name": "k", "resources": ["access.*"], "verbs": ["read", "write"]}
    secret = (await country.caller.send("focal", "POST", "/api_keys", key)).json()["secret"]
    delegate = await country.official("delegate")
    (held,) = (await country.caller.send("focal", "GET", "/grants?role=government_focal_point")).json()["items"]
    passed = {name: held[name] for name in ("role", "scope_kind", "scope_id")}
    passed |= {"principal": {"kind": "account", "id": delegate}, "to": "2099-01-01", "delegated_from": held["id"]}
    assert (await country.caller.send("focal", "POST", "/grants", passed)).status_code == 201
    country.caller._tokens["key"] = secret, float("inf")
    for who in ("key", "delegate"):
        assert _reason(await country.invite(who)) == (403, "role_not_yours_to_hand_on")
    assert _reason(await country.propose("delegate")) == (403, "role_not_yours_to_hand_on")
    refused = await country.propose("key")
    assert (refused.status_code, refused.json()["code"]) == (403, "needs_a_person")


async def test_a_focal_point_reads_accounts_of_their_own_country_only(country: Country) -> None:
    own = (await country.invite()).json()
    neighbour = Country(country.caller, country.caller._database_url)
    await neighbour.official("focal", "government_focal_point")
    other = (await neighbour.invite()).json()
    client = (await neighbour.propose()).json()
    nowhere = await country.official("nobody")
    listed = (await country.caller.send("focal", "GET", "/accounts")).json()["items"]
    assert [one["id"] for one in listed] == [own["id"]]
    found = await country.caller.send("admin", "GET", f"/accounts?country={country.code}")
    assert [one["id"] for one in found.json()["items"]] == [own["id"]]
    for path in (f"/accounts/{other['id']}", f"/accounts/{nowhere}", f"/clients/{client['id']}"):
        for tail in ("", "/history", "/transitions"):
            assert (await country.caller.send("focal", "GET", path + tail)).status_code == 404
    assert (await country.caller.send("focal", "GET", "/clients")).json()["items"] == []


async def test_the_expert_of_an_account_is_not_shown_to_focal_points(
    country: Country, superuser: asyncpg.Connection, members: callers.Caller
) -> None:
    account = (await country.invite()).json()
    expert = await Members(members).expert("XB")
    await superuser.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(expert), UUID(account["id"]))
    assert (await country.read("admin", account)).json()["expert_id"] == expert
    assert (await country.read("focal", account)).json()["expert_id"] is None
    suspended = await country.step("focal", account, "suspend", reason="left")
    assert (suspended.status_code, suspended.json()["expert_id"]) == (200, None)


async def test_a_known_address_is_refused_without_more(country: Country) -> None:
    other = await country.caller.send(
        "admin", "POST", "/accounts", {"email": f"{uuid4().hex}@example.org", "name": "Somebody Else"}
    )
    refused, known = [await country.invite(by, email=other.json()["email"].upper()) for by in ("focal", "admin")]
    assert refused.status_code == 409
    assert refused.json()["errors"] == known.json()["errors"]
    assert "Somebody" not in refused.text
    assert other.json()["id"] not in refused.text


async def test_a_focal_point_suspends_and_reinstates_what_they_could_grant(country: Country) -> None:
    colleague = await country.colleague()
    await country.grant("focal", colleague["id"])
    signed_in = (await country.caller.log_in(colleague["email"], PASSWORD)).json()
    assert (await country.step("focal", colleague, "suspend")).status_code == 422
    suspended = await country.step("focal", colleague, "suspend", reason="left the ministry")
    assert (suspended.status_code, suspended.json()["suspended_by"]) == (200, "country")
    form = {"grant_type": "refresh_token", "refresh_token": signed_in["refresh_token"]}
    assert (await country.caller.http.post("/access/v1/oauth/token", data=form)).status_code == 400
    reinstated = await country.step("focal", colleague, "reinstate")
    assert (reinstated.json()["status"], reinstated.json()["suspended_by"]) == ("active", None)
    assert (await country.caller.log_in(colleague["email"], PASSWORD)).status_code == 200
    path = colleague["links"]["self"].removeprefix("/access/v1")
    etag = (await country.read("focal", colleague)).headers["etag"]
    moved = await country.caller.send(
        "focal", "PATCH", path, {"email": f"{uuid4().hex}@example.org"}, **{"If-Match": etag}
    )
    assert moved.status_code == 403


async def test_a_focal_point_suspends_nobody_who_holds_more_than_they_may_grant(country: Country) -> None:
    colleague = await country.colleague()
    await country.grant("admin", colleague["id"], "government_focal_point")
    refused = await country.step("focal", colleague, "suspend", reason="rivalry")
    assert _reason(refused) == (409, "holds_more_than_you_may_grant")
    offered = (await country.read("focal", colleague)).json()["allowed_actions"]
    assert [one["reason"] for one in offered if one["action"] == "suspend"] == ["holds_more_than_you_may_grant"]


async def test_a_suspension_by_the_secretariat_stays(country: Country) -> None:
    account, client = (await country.invite()).json(), (await country.propose()).json()
    for record in (account, client):
        suspended = await country.step("admin", record, "suspend", reason="under inquiry")
        assert suspended.json()["suspended_by"] == "secretariat", suspended.text
        assert _reason(await country.step("focal", record, "reinstate")) == (409, "suspended_by_the_secretariat")
    assert (await country.step("admin", account, "reinstate")).json()["status"] == "invited"
    assert (await country.step("admin", client, "reinstate")).json()["status"] == "proposed"


async def test_a_proposed_client_works_once_the_secretariat_confirms_it(country: Country) -> None:
    made = await country.propose()
    client = made.json()
    assert (made.status_code, client["status"], client["made_by_country"]) == (201, "proposed", True)
    assert "secret" not in (await country.read("focal", client)).json()
    shown = client["client_id"], client["secret"]
    assert (await country.caller.client_token(*shown)).status_code == 401
    grants = f"/grants?principal_id={client['id']}"
    assert (await country.caller.send("admin", "GET", grants)).json()["items"] == []
    assert (await country.step("focal", client, "confirm")).status_code == 403
    secret = await country.caller.send("focal", "POST", f"/clients/{client['id']}/secrets")
    assert secret.status_code == 403
    confirmed = await country.step("admin2", client, "confirm")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "active"), confirmed.text
    token = (await country.caller.client_token(*shown)).json()["access_token"]
    me = (await country.caller.http.get("/access/v1/me", headers={"Authorization": f"Bearer {token}"})).json()
    (held,) = me["grants"]
    assert (held["role"], held["scope_id"]) == ("api_client", country.code)
    assert (held["resources"], held["verbs"]) == (["membership.*"], ["read"])
    assert len((await country.caller.send("admin", "GET", grants)).json()["items"]) == 1


async def test_the_second_person_is_a_person_and_not_the_proposer(
    country: Country, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, named = (await country.propose()).json(), {"second_person": country.caller.account("admin2")}
    monkeypatch.setenv("ESCM_ENVIRONMENT", "production")
    machine = await country.step("secretariat", client, "confirm", fields=named)
    assert _reason(machine) == (409, "second_person_is_a_client")
    assert _reason(await country.step("secretariat", client, "confirm")) == (409, "second_person_missing")
    inviter = await country.step("admin", client, "confirm")
    assert _reason(inviter) == (409, "credentials_set_recently"), "the administrator entered the focal point"
    proposer = f"account:{country.caller.account('admin2')}"
    await superuser.execute("UPDATE access_client SET created_by = $2 WHERE id = $1", UUID(client["id"]), proposer)
    assert _reason(await country.step("admin2", client, "confirm")) == (409, "second_person_is_the_first")


async def test_a_rejected_client_never_works(country: Country) -> None:
    client = (await country.propose()).json()
    assert (await country.step("admin", client, "reject")).status_code == 422
    rejected = await country.step("admin", client, "reject", reason="no such system")
    assert rejected.json()["status"] == "revoked"
    assert (await country.step("admin2", client, "confirm")).status_code == 409
    assert (await country.caller.client_token(client["client_id"], client["secret"])).status_code == 401


async def test_a_focal_point_ends_only_clients_that_focal_points_proposed(country: Country) -> None:
    own, other = (await country.propose()).json(), (await country.propose("admin")).json()
    assert other["status"] == "active"
    assert (await country.read("focal", other)).status_code == 200
    for action in ("suspend", "revoke"):
        assert _reason(await country.step("focal", other, action, reason="x")) == (409, "not_made_by_the_country")
    assert (await country.step("admin2", own, "confirm")).status_code == 200
    assert (await country.step("focal", own, "suspend", reason="maintenance")).json()["suspended_by"] == "country"
    assert (await country.caller.client_token(own["client_id"], own["secret"])).status_code == 401
    assert (await country.step("focal", own, "reinstate")).json()["status"] == "active"
    assert (await country.step("focal", own, "revoke")).json()["status"] == "revoked"


async def test_what_a_country_made_is_bounded(country: Country, superuser: asyncpg.Connection) -> None:
    account, client = (await country.invite()).json(), (await country.propose()).json()
    for table, key, unique, count in (
        ("access_account", account["id"], "email_key", 499),
        ("access_client", client["id"], "client_id", 49),
    ):
        names = await superuser.fetch(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'escm' AND table_name = $1"
            " AND column_name NOT IN ('id', 'ref')",
            table,
        )
        columns = [row[0] for row in names]
        values = ", ".join(f"{name} || n" if name == unique else name for name in columns)
        await superuser.execute(
            f"INSERT INTO {table} (id, {', '.join(columns)}) SELECT uuidv7(), {values} FROM {table},"
            " generate_series(1, $2) n WHERE id = $1",
            UUID(key),
            count,
        )
    assert _reason(await country.invite()) == (409, "too_many_accounts")
    assert _reason(await country.propose()) == (409, "too_many_clients")
    assert (await country.invite("admin")).json()["status"] == "active"


async def test_the_end_of_the_last_focal_point_suspends_what_they_made(
    country: Country, actions: callers.Caller, database: Database, app: Any
) -> None:
    first, second = await _in_office(actions, country), await _in_office(actions, country)
    colleague, invited = await country.colleague(), (await country.invite()).json()
    by_secretariat = (await country.invite("admin")).json()
    client, waiting = (await country.propose()).json(), (await country.propose()).json()
    assert (await country.step("admin2", client, "confirm")).status_code == 200
    signed_in = (await country.caller.log_in(colleague["email"], PASSWORD)).json()
    shown = client["client_id"], client["secret"]
    token = (await country.caller.client_token(*shown)).json()["access_token"]
    made = (colleague, invited, client, waiting)

    async def states() -> list[str]:
        return [(await country.read("admin", record)).json()["status"] for record in made]

    await stepped(actions, first, "end")
    await _react(database, first)
    assert await states() == ["active", "invited", "active", "proposed"], "another focal point is in office"
    await stepped(actions, second, "hand_over")
    await _react(database, first)
    assert await states() == ["active", "invited", "active", "proposed"], "the handover is not over"
    await stepped(actions, second, "end")
    for point in (second, second, first):
        await _react(database, point)
    assert await states() == ["suspended"] * 4
    assert (await country.read("admin", by_secretariat)).json()["status"] == "active"
    trail = (await country.caller.send("admin", "GET", f"/accounts/{colleague['id']}/history")).json()["items"]
    assert [(line["action"], line["by"]["kind"]) for line in trail][:1] == [("suspend", "system")]
    assert trail[0]["reason"]
    assert (await country.caller.client_token(*shown)).status_code == 401
    assert (await country.caller.log_in(colleague["email"], PASSWORD)).status_code == 400
    elsewhere = Authenticator(app.state.database, app.state.settings, age=0.0)
    for ended in (token, signed_in["access_token"]):
        with pytest.raises(InvalidToken):
            await elsewhere.principal(f"Bearer {ended}")

    third = await _in_office(actions, country)
    await _react(database, first)
    await country.official("successor", "government_focal_point")
    for record in made:
        assert (await country.step("successor", record, "reinstate")).status_code == 200
    await _react(database, second)
    assert await states() == ["active", "invited", "active", "proposed"], "a late fact has no effect"
    assert (await country.caller.client_token(*shown)).status_code == 200
    assert third["status"] == "active"


async def test_an_administrator_whom_a_focal_point_invited_stays(
    country: Country, actions: callers.Caller, database: Database
) -> None:
    point, colleague = await _in_office(actions, country), await country.colleague()
    await country.grant("admin", colleague["id"], "secretariat_admin")
    await stepped(actions, point, "end")
    await _react(database, point)
    assert (await country.read("admin", colleague)).json()["status"] == "active"


async def test_a_focal_point_whose_role_has_just_ended_makes_nothing(
    country: Country, superuser: asyncpg.Connection, database_url: str
) -> None:
    """The token still counts for the role, and the request waits for the transaction that ends it."""
    suspended = (await country.invite()).json()
    assert (await country.step("focal", suspended, "suspend", reason="x")).status_code == 200
    other = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    waits = (
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()"
        " WHERE l.locktype = 'advisory' AND NOT l.granted"
    )
    async with other.transaction():
        await other.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", f"officials of {country.code}")
        await other.execute(
            "UPDATE access_grant SET status = 'revoked' WHERE role = 'government_focal_point' AND scope_id = $1",
            country.code,
        )
        late = [
            asyncio.create_task(country.invite()),
            asyncio.create_task(country.propose()),
            asyncio.create_task(country.step("focal", suspended, "reinstate")),
        ]
        async with asyncio.timeout(60):
            while await superuser.fetchval(waits) < len(late):
                await superuser.fetchval("SELECT pg_sleep(0.01)")
    await other.close()
    for response in await asyncio.gather(*late):
        assert _reason(response) == (403, "not_permitted")
