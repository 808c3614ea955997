"""Networks, and partnerships that one side proposes and the other accepts."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.centres.erasing import erase
from services.centres.merges import EXPERTS as EXPERT_MERGES
from services.centres.merges import INSTITUTIONS as INSTITUTION_MERGES
from services.centres.network.partnerships import operations
from services.centres.network.partnerships.domain import stricter
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import (
    CENTRES,
    Members,
    agreed,
    centre_body,
    designated,
    entered,
    stepped,
    unused_country,
)
from tests.support.membership import INSTITUTIONS

NETWORKS, PARTNERSHIPS = "/centres/v1/networks", "/centres/v1/partnerships"
_Record = dict[str, Any]
Enter = Callable[..., Caller]


@pytest.fixture
def entering(admin: Caller, monkeypatch: pytest.MonkeyPatch) -> Enter:
    """Registers a person with grants of one role. Returns the caller."""

    def enter(role: str, scope_kind: str, *scopes: str) -> Caller:
        name = f"{role}-{uuid4()}"
        monkeypatch.setitem(CALLERS, name, person(name, *(grant(role, scope_kind, scope) for scope in scopes)))
        return admin.known_as(name)

    return enter


@dataclass
class Pair:
    """Two designated centres of two countries, with a director each."""

    admin: Caller
    centre: _Record
    partner: _Record
    director: Caller
    other: Caller

    @property
    def body(self) -> _Record:
        return {
            "centre_id": self.centre["id"],
            "partner": {"centre_id": self.partner["id"]},
            "kind": "partner_centre",
        }

    async def proposed(self, **more: Any) -> _Record:
        return await entered(self.director, PARTNERSHIPS, {**self.body, **more})

    async def active(self) -> _Record:
        return await stepped(self.other, await self.proposed(), "accept")

    async def now(self, record: _Record) -> _Record:
        return dict((await self.admin.get(record["links"]["self"])).json())


@pytest.fixture
async def pair(admin: Caller, members: Members, superuser: asyncpg.Connection, entering: Enter) -> Pair:
    centres = [await designated(admin, members, superuser, unused_country(), visibility="public") for _ in range(2)]
    directors = [entering("centre_director", "centre", made["id"]) for made in centres]
    return Pair(admin, centres[0], centres[1], directors[0], directors[1])


async def _network(by: Caller, **more: Any) -> _Record:
    body = {"code": f"NET-{uuid4().hex[:12].upper()}", "titles": {"en": "Peatlands of the world"}, **more}
    return await entered(by, NETWORKS, body)


async def _listed(by: Caller, **filters: Any) -> list[str]:
    found = await by.get(PARTNERSHIPS, params=filters)
    assert found.status_code == 200, found.text
    return [one["id"] for one in found.json()["items"]]


def test_the_stricter_visibility_is_that_which_fewer_see() -> None:
    assert stricter("public", "public") == "public"
    assert stricter("public", "network") == stricter("network", "public") == "network"
    assert stricter("restricted", "network") == stricter("public", "restricted") == "restricted"


async def test_everybody_reads_networks_and_administrators_write_them(
    admin: Caller, anonymous: Caller, members: Members
) -> None:
    coordinator = await members.expert("XA")
    made = await _network(admin, themes=["peat", "peat"], coordinator_id=coordinator)
    assert (made["status"], made["country"], made["themes"]) == ("active", None, ["peat"])
    assert made["coordinator_id"] == coordinator
    path = made["links"]["self"]
    assert (await anonymous.get(path)).json()["code"] == made["code"]
    for filters in ({"code": made["code"]}, {"q": made["code"][:9]}, {"coordinator_id": coordinator}):
        found = await anonymous.get(NETWORKS, params=filters)
        assert made["id"] in [one["id"] for one in found.json()["items"]], filters
    again = await admin.post(NETWORKS, {"code": made["code"], "titles": {"en": "Another"}})
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/code")
    officer = admin.known_as("officer")
    assert (await officer.post(NETWORKS, {"code": "NET-XA", "titles": {"en": "x"}})).status_code == 403
    assert (await officer.change(path, titles={"en": "x"})).status_code == 403
    changed = await admin.change(path, titles={"en": "Peat"}, coordinator_id=None)
    assert (changed.json()["titles"], changed.json()["coordinator_id"]) == ({"en": "Peat"}, None)
    assert (await admin.change(path, code="NET-OTHER")).status_code == 422
    closed = await stepped(admin, made, "close")
    assert closed["status"] == "closed"
    assert (await admin.step(path, "close")).status_code == 409
    assert (await anonymous.get(path)).json()["status"] == "closed"


async def test_a_coordinator_follows_merges_and_leaves_with_an_erasure(
    admin: Caller, members: Members, database: Database, superuser: asyncpg.Connection
) -> None:
    winner, loser = [await members.expert("XA") for _ in range(2)]
    made = await _network(admin, coordinator_id=loser)

    async def coordinator() -> str | None:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await EXPERT_MERGES.rewrite(uow, UUID(loser))
        found: str | None = (await admin.get(made["links"]["self"])).json()["coordinator_id"]
        return found

    set_winner = "UPDATE member_expert SET merged_into = $2 WHERE id = $1"
    await superuser.execute(set_winner, loser, winner)
    assert await coordinator() == winner
    await superuser.execute(set_winner, loser, None)
    assert await coordinator() == loser
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await erase(uow, UUID(loser)) == {"coordinated_networks": 1}
    assert await coordinator() is None


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"code": "a b"}, "/code"),
        ({"titles": {}}, "/titles"),
        ({"themes": ["x"] * 51}, "/themes"),
        ({"coordinator_id": str(uuid4())}, "/coordinator_id"),
        ({"visibility": "public"}, "/visibility"),
    ],
)
async def test_a_network_has_bounds(admin: Caller, change: _Record, pointer: str) -> None:
    body = {"code": f"NET-{uuid4().hex[:12].upper()}", "titles": {"en": "Peatlands"}, **change}
    refused = await admin.post(NETWORKS, body)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer), refused.text


async def test_the_other_side_accepts_and_never_the_own_side(pair: Pair, entering: Enter) -> None:
    made = await pair.proposed()
    assert (made["status"], made["from"], made["to"]) == ("proposed", None, None)
    path, country = made["links"]["self"], str(pair.partner["country"])
    colleague = entering("centre_director", "centre", pair.centre["id"])
    host = entering("institution_representative", "institution", pair.centre["host_institution_id"])
    officer = entering("secretariat_officer", "country", str(pair.centre["country"]))
    both = entering("centre_director", "centre", pair.centre["id"], pair.partner["id"])
    for own in (pair.director, colleague, host, officer, both):
        refused = await own.step(path, "accept")
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden"), own.name
        offered = (await own.get(path)).json()["allowed_actions"]
        assert [one["allowed"] for one in offered if one["action"] == "accept"] == [False]
    strangers = (
        entering("centre_director", "centre", str(uuid4())),
        entering("committee_secretary", "country", country),
    )
    assert [(await one.step(path, "accept")).status_code for one in strangers] == [404, 403]
    accepted = await stepped(pair.other, made, "accept")
    assert (accepted["status"], accepted["from"]) == ("active", today().isoformat())


@pytest.mark.parametrize("role", ["institution_representative", "secretariat_officer", "secretariat_admin"])
async def test_the_host_of_the_partner_and_the_office_accept(pair: Pair, entering: Enter, role: str) -> None:
    made = await pair.proposed()
    scopes = {
        "institution_representative": ("institution", pair.partner["host_institution_id"]),
        "secretariat_officer": ("country", pair.partner["country"]),
    }
    by = entering(role, *scopes[role]) if role in scopes else pair.admin
    assert (await by.get(made["links"]["self"])).status_code == 200
    assert made["id"] in await _listed(by, centre_id=pair.centre["id"])
    assert (await stepped(by, made, "accept"))["status"] == "active"


async def test_whoever_proposed_does_not_accept_also_with_a_grant_over_both_sides(pair: Pair, entering: Enter) -> None:
    officer = entering("secretariat_officer", "country", pair.centre["country"], pair.partner["country"])
    made = await entered(officer, PARTNERSHIPS, pair.body)
    assert (await officer.step(made["links"]["self"], "accept")).status_code == 403
    assert (await stepped(pair.admin, made, "accept"))["status"] == "active"


async def test_an_institution_and_a_network_are_partners(
    pair: Pair, members: Members, entering: Enter, admin: Caller
) -> None:
    institution = await members.institution(pair.partner["country"], visibility="public")
    await members.admin.step(f"{INSTITUTIONS}/{institution}", "verify")
    common = {"centre_id": pair.centre["id"]}
    made = await entered(
        pair.director, PARTNERSHIPS, {**common, "partner": {"institution_id": institution}, "kind": "data"}
    )
    assert made["partner"] == {"institution_id": institution}
    representative = entering("institution_representative", "institution", institution)
    assert (await stepped(representative, made, "accept"))["status"] == "active"
    network = await _network(admin)
    joined = await entered(
        pair.director, PARTNERSHIPS, {**common, "partner": {"network_id": network["id"]}, "kind": "member"}
    )
    officer = entering("secretariat_officer", "country", pair.centre["country"])
    assert (await stepped(officer, joined, "accept"))["partner"] == {"network_id": network["id"]}
    assert await _listed(admin, partner_network_id=network["id"]) == [joined["id"]]
    await stepped(admin, network, "close")
    ended = await pair.now(joined)
    assert (ended["status"], ended["to"]) == ("ended", today().isoformat())
    again = await pair.director.post(
        PARTNERSHIPS, {**common, "partner": {"network_id": network["id"]}, "kind": "member"}
    )
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"partner": {}}, "/partner", "invalid_value"),
        ({"partner": {"centre_id": str(uuid4()), "network_id": str(uuid4())}}, "/partner", "invalid_value"),
        ({"partner": {"centre_id": str(uuid4())}}, "/partner/centre_id", "unknown_reference"),
        ({"partner": {"institution_id": str(uuid4())}}, "/partner/institution_id", "unknown_reference"),
        ({"partner": {"network_id": str(uuid4())}}, "/partner/network_id", "unknown_reference"),
        ({"centre_id": str(uuid4())}, "/centre_id", "unknown_reference"),
        ({"agreement_id": str(uuid4())}, "/agreement_id", "unknown_reference"),
        ({"kind": "friend"}, "/kind", "not_one_of"),
        ({"from": "2026-02-01", "to": "2026-01-31"}, "/to", "invalid_date"),
        ({"status": "active"}, "/status", "unknown_field"),
    ],
)
async def test_a_proposal_has_bounds(pair: Pair, change: _Record, pointer: str, code: str) -> None:
    refused = await pair.director.post(PARTNERSHIPS, {**pair.body, **change})
    assert refused.status_code == 422, refused.text
    assert (pointer, code) in [(one["pointer"], one["code"]) for one in refused.json()["errors"]]


async def test_a_partnership_keeps_its_sides_and_names_an_agreement_of_its_centre(pair: Pair) -> None:
    itself = await pair.director.post(PARTNERSHIPS, {**pair.body, "partner": {"centre_id": pair.centre["id"]}})
    assert (itself.status_code, itself.json()["errors"][0]["pointer"]) == (422, "/partner/centre_id")
    own, foreign = await agreed(pair.admin, pair.centre), await agreed(pair.admin, pair.partner)
    refused = await pair.director.post(PARTNERSHIPS, {**pair.body, "agreement_id": foreign["id"]})
    assert refused.json()["errors"][0]["pointer"] == "/agreement_id"
    made = await pair.proposed(agreement_id=own["id"])
    path = made["links"]["self"]
    for change, pointer in (
        ({"kind": "data"}, "/kind"),
        ({"centre_id": pair.partner["id"]}, "/centre_id"),
        ({"partner": {"centre_id": None, "institution_id": pair.centre["host_institution_id"]}}, "/partner"),
        ({"agreement_id": foreign["id"]}, "/agreement_id"),
        ({"from": "2026-02-01", "to": "2026-01-31"}, "/to"),
    ):
        refused = await pair.director.change(path, **change)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer), refused.text
    changed = await pair.other.change(path, **{"from": "2026-02-01", "agreement_id": None})
    assert (changed.status_code, changed.json()["from"]) == (200, "2026-02-01"), changed.text
    await stepped(pair.other, changed.json(), "decline")
    late = await pair.director.change(path, **{"from": "2026-03-01"})
    assert (late.status_code, late.json()["code"]) == (409, "conflict")


async def test_a_pair_has_one_living_partnership_of_a_kind(pair: Pair) -> None:
    made = await pair.proposed()
    mirrored = {**pair.body, "centre_id": pair.partner["id"], "partner": {"centre_id": pair.centre["id"]}}
    for by, body in ((pair.director, pair.body), (pair.other, mirrored)):
        again = await by.post(PARTNERSHIPS, body)
        assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/partner"), again.text
    assert (await pair.proposed(kind="data"))["status"] == "proposed"
    active = await stepped(pair.other, made, "accept")
    assert (await pair.director.post(PARTNERSHIPS, pair.body)).status_code == 409
    ended = await stepped(pair.director, active, "end")
    assert (ended["status"], ended["to"]) == ("ended", today().isoformat())
    assert (await entered(pair.other, PARTNERSHIPS, mirrored))["status"] == "proposed"


async def test_either_side_declines_and_ends(pair: Pair) -> None:
    assert (await stepped(pair.director, await pair.proposed(), "decline"))["status"] == "declined"
    assert (await stepped(pair.other, await pair.proposed(), "decline"))["status"] == "declined"
    assert (await stepped(pair.other, await pair.active(), "end"))["status"] == "ended"


async def test_a_partner_that_closes_ends_the_partnership(pair: Pair) -> None:
    active, proposed = await pair.active(), await pair.proposed(kind="satellite")
    await stepped(pair.admin, pair.partner, "close", reason="The host withdrew")
    for record in (active, proposed):
        ended = await pair.now(record)
        assert ended["status"] == "ended"
        lines = (await pair.admin.get(f"{record['links']['self']}/history")).json()["items"]
        assert lines[0]["action"] == "end_with_side"
    again = await pair.admin.post(PARTNERSHIPS, pair.body)
    assert (again.status_code, again.json()["code"]) == (409, "conflict")


async def test_a_partnership_is_public_when_both_sides_are(pair: Pair, anonymous: Caller, entering: Enter) -> None:
    made = await pair.proposed()
    path, reader = made["links"]["self"], entering("expert", "self", str(uuid4()))
    assert [(await one.get(path)).status_code for one in (anonymous, reader)] == [404, 404], "a proposal is not public"
    active = await stepped(pair.other, made, "accept")
    shown = (await anonymous.get(path)).json()
    assert (shown["visibility"], shown["centre_id"]) == ("public", pair.centre["id"])
    assert shown["partner"] == {"centre_id": pair.partner["id"]}
    assert "agreement_id" not in shown
    assert active["id"] in await _listed(anonymous, centre_id=pair.centre["id"])
    suspended = await stepped(pair.admin, pair.centre, "suspend", reason="A complaint")
    assert (await anonymous.get(path)).status_code == 404, "a suspended centre is not published"
    assert (await pair.now(active))["status"] == "active", "its partners stay"
    await stepped(pair.admin, suspended, "reinstate")
    assert (await anonymous.get(path)).status_code == 200
    for visibility, expected in (("network", (404, 200)), ("restricted", (404, 404)), ("public", (200, 200))):
        changed = await pair.admin.change(pair.partner["links"]["self"], visibility=visibility)
        assert changed.status_code == 200, changed.text
        assert tuple([(await one.get(path)).status_code for one in (anonymous, reader)]) == expected, visibility


async def test_a_restricted_partner_has_no_name_for_outsiders(pair: Pair, anonymous: Caller, entering: Enter) -> None:
    active = await pair.active()
    path, hidden = active["links"]["self"], str(pair.partner["id"])
    await pair.admin.change(pair.partner["links"]["self"], visibility="restricted")
    outsiders = (anonymous, entering("committee_secretary", "country", unused_country()))
    for outsider in outsiders:
        assert (await outsider.get(path)).status_code == 404
        assert hidden not in (await outsider.get(PARTNERSHIPS)).text
        assert await _listed(outsider, partner_centre_id=hidden) == []
    national = entering("committee_secretary", "country", str(pair.centre["country"]))
    shown = await national.get(path)
    assert (shown.status_code, shown.json()["partner"], shown.json()["centre_id"]) == (200, None, pair.centre["id"])
    assert active["id"] in await _listed(national, centre_id=pair.centre["id"])
    assert await _listed(national, partner_centre_id=hidden) == []
    assert (await national.get(f"{path}/history")).status_code == 403
    abroad = entering("committee_secretary", "country", str(pair.partner["country"]))
    assert (await abroad.get(path)).json()["partner"] == {"centre_id": hidden}
    for insider in (pair.director, pair.other, pair.admin):
        assert (await insider.get(path)).json()["partner"] == {"centre_id": hidden}
        assert await _listed(insider, partner_centre_id=hidden) == [active["id"]]


async def test_a_proposal_does_not_miss_a_change_of_a_side_at_the_same_time(
    pair: Pair, superuser: asyncpg.Connection
) -> None:
    key, waiting = pair.partner["id"], "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    async with superuser.transaction():
        await superuser.execute("SELECT FROM centre_centre WHERE id = $1 FOR UPDATE", key)
        await superuser.execute("UPDATE centre_centre SET visibility = 'restricted' WHERE id = $1", key)
        proposing = asyncio.create_task(pair.director.post(PARTNERSHIPS, pair.body))
        while not await superuser.fetchval(f"{waiting} AND datname = current_database()"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    refused = await proposing
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict"), refused.text


async def test_a_partnership_ends_after_its_last_day(pair: Pair, database: Database) -> None:
    yesterday, tomorrow = (today() + timedelta(days=days) for days in (-1, 1))
    dates = {"from": "2026-01-01", "to": yesterday.isoformat()}
    over = await stepped(pair.other, await pair.proposed(**dates), "accept")
    on = await stepped(pair.other, await pair.proposed(kind="data", to=tomorrow.isoformat()), "accept")
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await operations.apply_scheduled(uow)
    ended = await pair.now(over)
    assert (ended["status"], ended["to"]) == ("ended", yesterday.isoformat())
    assert (await pair.now(on))["status"] == "active"


class _Followed:
    """Partnerships of a centre with two institutions, and the register of institutions."""

    def __init__(self, pair: Pair, members: Members, database: Database) -> None:
        self.pair, self.members, self.database = pair, members, database

    async def partnership(self, institution: str, kind: str = "data") -> _Record:
        partner = {"institution_id": institution}
        body = {"centre_id": self.pair.centre["id"], "partner": partner, "kind": kind}
        return await stepped(
            self.pair.admin.known_as("admin2"), await entered(self.pair.director, PARTNERSHIPS, body), "accept"
        )

    async def follow(self, institution: str) -> None:
        async with unit_of_work(self.database, SYSTEM_CONTEXT) as uow:
            await operations.follow_institution(uow, UUID(institution))

    async def rewrite(self, institution: str) -> None:
        async with unit_of_work(self.database, SYSTEM_CONTEXT) as uow:
            await INSTITUTION_MERGES.rewrite(uow, UUID(institution))


@pytest.fixture
def followed(pair: Pair, members: Members, database: Database) -> _Followed:
    return _Followed(pair, members, database)


async def test_an_institution_that_becomes_inactive_ends_the_partnership(
    followed: _Followed, members: Members, anonymous: Caller
) -> None:
    country = followed.pair.partner["country"]
    institution = await members.institution(country)
    path = f"{INSTITUTIONS}/{institution}"
    await members.admin.step(path, "verify")
    made = await followed.partnership(institution)
    address = made["links"]["self"]
    assert made["visibility"] == "network"
    await members.admin.change(path, visibility="public")
    await followed.follow(institution)
    assert (await anonymous.get(address)).json()["partner"] == {"institution_id": institution}
    await members.admin.change(path, visibility="restricted")
    await followed.follow(institution)
    assert (await anonymous.get(address)).status_code == 404
    await members.admin.step(path, "deactivate", reason="It has closed")
    await followed.follow(institution)
    assert (await followed.pair.now(made))["status"] == "ended"


async def test_a_merged_institution_is_followed_and_a_second_partnership_ends(
    followed: _Followed, members: Members
) -> None:
    country = followed.pair.partner["country"]
    winner, loser = [await members.institution(country, visibility="public") for _ in range(2)]
    for key in (winner, loser):
        await members.admin.step(f"{INSTITUTIONS}/{key}", "verify")
    kept = await followed.partnership(winner)
    second, alone = await followed.partnership(loser), await followed.partnership(loser, "satellite")
    pair = {"resource": "institutions", "winner_id": winner, "loser_id": loser}
    merged = await entered(members.admin, "/membership/v1/merges", pair)
    await followed.rewrite(winner)
    now = [await followed.pair.now(record) for record in (kept, second, alone)]
    assert [one["status"] for one in now] == ["active", "ended", "active"]
    assert [one["partner"]["institution_id"] for one in now] == [winner] * 3
    undone = await members.admin.step(f"/membership/v1/merges/{merged['id']}", "undo")
    assert undone.status_code == 200, undone.text
    await followed.rewrite(winner)
    now = [await followed.pair.now(record) for record in (kept, second, alone)]
    assert [one["partner"]["institution_id"] for one in now] == [winner, loser, loser]


async def test_a_draft_has_no_public_partnership(pair: Pair, members: Members, anonymous: Caller) -> None:
    draft = await entered(pair.admin, CENTRES, await centre_body(members, "XA", visibility="public"))
    body = {**pair.body, "partner": {"centre_id": draft["id"]}}
    made = await entered(pair.admin, PARTNERSHIPS, body)
    accepted = await stepped(pair.admin.known_as("admin2"), made, "accept")
    assert (accepted["visibility"], (await anonymous.get(made["links"]["self"])).status_code) == ("restricted", 404)
