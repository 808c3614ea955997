"""The work list of access has exactly what `holder=me` finds in the lists of all services, for every caller."""

from datetime import UTC, datetime, timedelta
from json import dumps
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from deploy.matrix.operations import operations
from shared.kernel.clock import today
from shared.records.work_list import light
from tests.actions.neighbours import enter
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import CountryFixture
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import (
    AGREEMENTS,
    CENTRES,
    Members,
    applied,
    centre_body,
    designated,
    entered,
    host_agreement,
    stepped,
    unused_country,
)
from tests.support.membership import activated
from tests.support.tiers import long

WORK_LIST = "/access/v1/work_list"
Item = tuple[str, str, str]


_KINDS = [
    (each.service, each.path)
    for each in operations()
    if each.method == "GET" and "holder" in each.queries and "{" not in each.path
]
"""The lists with `holder`, by service and their address."""


async def _pages(who: Caller, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    following: str | None = address
    while following:
        response = await who.get(following)
        assert response.status_code == 200, response.text
        found += response.json()["items"]
        following = response.json()["next"]
    return found


async def _held(services: Services, name: str) -> set[Item]:
    found: set[Item] = set()
    for service, address in _KINDS:
        records = await _pages(Caller(services[service], name), f"{address}?holder=me&limit=200")
        found |= {(service, address.rpartition("/")[2], record["id"]) for record in records}
    return found


@pytest.mark.parametrize("name", [*sorted(CALLERS.keys() - {"admin"}), *long("reads every list", "admin")])
async def test_it_is_the_sum_of_the_lists(
    services: Services, country_fixtures: dict[Any, CountryFixture], name: str
) -> None:
    who = Caller(services["access"], name)
    items = await _pages(who, f"{WORK_LIST}?limit=200")
    assert {(item["service"], item["resource"], item["id"]) for item in items} == await _held(services, name)
    assert len(items) == (await who.get(f"{WORK_LIST}?limit=1")).json()["total"]


async def _items(services: Services, name: str, query: str = "") -> list[dict[str, Any]]:
    return await _pages(Caller(services["access"], name), f"{WORK_LIST}?limit=200{query}")


async def _of(services: Services, name: str, record: str) -> list[str]:
    return [item["verb"] for item in await _items(services, name) if item["id"] == record]


@pytest.fixture
async def application(services: Services) -> dict[str, Any]:
    """An application in XA that waits for an officer."""
    admin = Caller(services["membership"], "admin")
    body = {"country": "XA", "names": [{"full": "Waiting"}], "emails": [{"value": "w@example.org"}], "invite": True}
    made = (await admin.post("/membership/v1/experts", body)).json()
    return dict((await admin.step(made["links"]["self"], "apply")).json())


async def test_an_application_waits_for_the_officers_of_its_country_or_for_the_assigned_one(
    services: Services, application: dict[str, Any]
) -> None:
    record, admin = application["id"], Caller(services["membership"], "admin")
    (item,) = [item for item in await _items(services, "officer") if item["id"] == record]
    assert item == {
        "service": "membership",
        "resource": "experts",
        "id": record,
        "ref": application["ref"],
        "country": "XA",
        "link": application["links"]["self"],
        "verb": "start_review",
        "due": application["clock"]["target"],
        "light": "green",
    }
    for name in ("author_xa", "focal_xa", "auditor", "government_xa", "reader_xa", "applicant"):
        assert await _of(services, name, record) == []
    assigned = {"officer": str(CALLERS["admin2"].id)}
    assert (await admin.step(application["links"]["self"], "assign", fields=assigned)).status_code == 200
    assert await _of(services, "officer", record) == []
    assert await _of(services, "admin2", record) == ["start_review"]
    assert (await admin.step(application["links"]["self"], "start_review")).status_code == 200
    assert await _of(services, "admin2", record) == ["approve"]
    assert (await admin.step(application["links"]["self"], "approve")).status_code == 200
    assert await _of(services, "admin2", record) == []


async def test_a_transition_of_two_waits_for_the_second_person(services: Services, application: dict[str, Any]) -> None:
    path, admin = application["links"]["self"], Caller(services["membership"], "admin")
    for action in ("start_review", "approve"):
        await admin.step(path, action)
    assert (await admin.step(path, "terminate", reason="Left")).status_code == 202
    assert await _of(services, "admin", application["id"]) == ["withdraw"]
    assert await _of(services, "admin2", application["id"]) == ["confirm"]
    assert await _of(services, "officer", application["id"]) == []


async def _agree(services: Services, name: str, record: str) -> list[str]:
    """The verbs of a record in the caller's work list, if that is what the lists of the services find."""
    found = {(item["service"], item["resource"], item["id"]) for item in await _items(services, name)}
    assert found == await _held(services, name)
    return await _of(services, name, record)


def _known(monkeypatch: pytest.MonkeyPatch, *grants: Any) -> str:
    """The name of a new person with these grants."""
    name = str(uuid4())
    monkeypatch.setitem(CALLERS, name, person(name, *grants))  # type: ignore[arg-type]
    return name


@pytest.mark.long("reads every list in several states")
async def test_an_applicant_has_the_steps_of_the_own_file_and_the_office_has_not(
    services: Services, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, members = Caller(services["centres"], "admin"), Members(Caller(services["membership"], "admin"))
    host = await members.institution("XA")
    representative = _known(monkeypatch, grant("institution_representative", "institution", host))
    colleague = _known(monkeypatch, grant("institution_representative", "institution", host))
    body = await centre_body(members, "XA", host_institution_id=host, director_id=None, visibility="restricted")
    centre = await entered(Caller(services["centres"], representative), CENTRES, body)
    applicants = [
        representative,
        _known(monkeypatch, grant("committee_secretary", "country", "XA")),
        _known(monkeypatch, grant("centre_director", "centre", centre["id"])),
    ]
    others = ("admin", "officer", "auditor", "focal_xa", "author_xb", "government_xa", colleague)
    for status, verb in (("draft", "submit"), ("info_requested", "resubmit"), ("renewal_due", "submit_renewal")):
        await superuser.execute("UPDATE centre_centre SET status = $2 WHERE id = $1", UUID(centre["id"]), status)
        for name in applicants:
            assert await _agree(services, name, centre["id"]) == [verb], name
        for name in others:
            assert await _agree(services, name, centre["id"]) == [], name
    await superuser.execute("UPDATE centre_centre SET status = 'submitted' WHERE id = $1", UUID(centre["id"]))
    assert await _agree(services, "officer", centre["id"]) == ["accept_complete"]
    assert await _agree(services, representative, centre["id"]) == []
    assert (await admin.get(centre["links"]["self"])).status_code == 200


@pytest.mark.long("enters three designated centres")
async def test_a_representative_has_the_steps_of_hosted_centres(
    services: Services, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, members = Caller(services["centres"], "admin"), Members(Caller(services["membership"], "admin"))
    country = unused_country()
    host, elsewhere = await members.institution(country), await members.institution(country)
    hosted = {"host_institution_id": host, "visibility": "restricted"}
    centre, partner = [await designated(admin, members, superuser, country, **hosted) for _ in range(2)]
    other = await designated(admin, members, superuser, country, visibility="restricted")
    of_host = _known(monkeypatch, grant("institution_representative", "institution", host))
    stranger = _known(monkeypatch, grant("institution_representative", "institution", elsewhere))
    signing = await entered(admin, AGREEMENTS, host_agreement(centre, signed=False))
    body = {"centre_id": other["id"], "partner": {"centre_id": partner["id"]}, "kind": "partner_centre"}
    proposed = await entered(admin, "/centres/v1/partnerships", body)
    report = (await admin.get(f"/centres/v1/annual_reports?centre_id={centre['id']}&sort=due")).json()["items"][0]
    over = "UPDATE centre_annual_report SET period_starts = period_starts - 375, period_ends = $2 WHERE id = $1"
    await superuser.execute(over, UUID(report["id"]), today() - timedelta(days=10))
    await superuser.execute("UPDATE centre_centre SET status = 'renewal_due' WHERE id = $1", UUID(centre["id"]))
    waiting = [(signing, "send"), (proposed, "accept"), (report, "start"), (centre, "submit_renewal")]
    for record, verb in waiting:
        assert await _agree(services, of_host, record["id"]) == [verb]
        assert await _agree(services, stranger, record["id"]) == []
    assert len(await _items(services, of_host)) == len(waiting)


async def test_a_representative_has_the_agreements_of_their_own_application_alone(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, members = Caller(services["centres"], "admin"), Members(Caller(services["membership"], "admin"))
    host = await members.institution("XA")
    of_host = grant("institution_representative", "institution", host)
    representative, colleague = _known(monkeypatch, of_host), _known(monkeypatch, of_host)
    body = await centre_body(members, "XA", host_institution_id=host, director_id=None, visibility="restricted")
    centre = await entered(Caller(services["centres"], representative), CENTRES, body)
    agreement = await entered(admin, AGREEMENTS, host_agreement(centre, signed=False))
    assert await _agree(services, representative, agreement["id"]) == ["send"]
    assert await _agree(services, colleague, agreement["id"]) == []
    agreement = await stepped(Caller(services["centres"], representative), agreement, "send")
    await stepped(Caller(services["centres"], representative), centre, "withdraw")
    for signer in (representative, colleague, "admin"):
        assert await _agree(services, signer, agreement["id"]) == ["sign"]
    await stepped(Caller(services["centres"], colleague), agreement, "sign")
    for signed in (representative, colleague):
        assert await _agree(services, signed, agreement["id"]) == []
    assert await _agree(services, "admin", agreement["id"]) == ["sign"]


async def test_a_reviewer_has_the_invitation_and_then_the_review(
    services: Services, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin, membership = Caller(services["centres"], "admin"), Caller(services["membership"], "admin")
    members = Members(membership)
    centre = await stepped(admin, await applied(admin, members, "XA", visibility="restricted"), "accept_complete")
    due = today() + timedelta(days=5)
    found = {}
    for conflict in (False, True):
        expert = (await activated(membership, country="XA"))["id"]
        name = _known(monkeypatch, grant("expert", "self", expert))
        await superuser.execute(
            "UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(expert), CALLERS[name].id
        )
        body = {"expert_id": expert, "due": due.isoformat()}
        invitation = await entered(admin, f"{centre['links']['self']}/reviewers", body)
        assert await _agree(services, name, invitation["id"]) == ["accept"]
        (item,) = await _items(services, name)
        assert (item["link"], item["light"]) == (invitation["links"]["self"], "yellow")
        assert item["due"] == f"{due}T23:59:59.000000Z"
        fields = {"conflict_of_interest": conflict}
        await stepped(Caller(services["centres"], name), invitation, "accept", fields=fields)
        found[conflict] = await _agree(services, name, invitation["id"])
    assert found == {False: ["review"], True: []}


async def test_it_pages_in_the_order_of_the_due_times(services: Services, application: dict[str, Any]) -> None:
    whole = await _items(services, "admin")
    dues = [item["due"] or "9999" for item in whole]
    assert dues == sorted(dues)
    assert await _pages(Caller(services["access"], "admin"), f"{WORK_LIST}?limit={len(whole) // 4 + 1}") == whole
    experts = await _items(services, "admin", "&service=membership&kind=experts")
    assert {item["resource"] for item in experts} == {"experts"}
    assert application["id"] in {item["id"] for item in experts}
    assert await _items(services, "admin", "&due_before=2020-01-01") == []
    before = f"&due_before={application['clock']['target']}"
    assert application["id"] not in {item["id"] for item in await _items(services, "admin", before)}


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("service=weather", "invalid_parameter"),
        ("kind=a.b", "invalid_parameter"),
        ("kind=%00", "invalid_parameter"),
        ("due_before=soon", "invalid_parameter"),
        ("limit=0", "invalid_parameter"),
        ("limit=201", "invalid_parameter"),
        ("service=access&service=access", "invalid_parameter"),
        ("cursor=abc", "invalid_cursor"),
        ("cursor=", "invalid_cursor"),
        ("holder=me", "unknown_parameter"),
    ],
)
async def test_its_parameters_are_checked(services: Services, query: str, code: str) -> None:
    refused = await Caller(services["access"], "admin").get(f"{WORK_LIST}?{query}")
    assert (refused.status_code, refused.json()["code"]) == (400, code)


async def test_it_needs_a_token(services: Services) -> None:
    assert (await Caller(services["access"], None).get(WORK_LIST)).status_code == 401


@pytest.mark.parametrize(("days", "shown"), [(None, None), (8, "green"), (7, "yellow"), (1, "yellow"), (0, "red")])
def test_the_light_follows_the_due_time(days: int | None, shown: str | None) -> None:
    at = datetime(2026, 11, 27, tzinfo=UTC)
    assert light(None if days is None else at + timedelta(days=days), at) == shown


async def test_a_member_of_a_panel_has_what_is_to_be_scored(
    services: Services, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the nominations that are scored, or about which there is a conflict of interest."""
    admin = Caller(services["membership"], "admin")
    member, nominee = await activated(admin, country="XA"), await activated(admin, country="XA")
    call = await enter(
        superuser, "member_call", status="assessing", visibility="restricted", kind="committee", seats=1,
        code=uuid4().hex, panel=dumps([{"expert_id": member["id"], "office": "member"}]), criteria="[]",
    )  # fmt: skip
    of_call = {"call_id": call, "expert_id": UUID(nominee["id"]), "visibility": "restricted"}
    conflicts = [{"expert_id": member["id"], "kind": "recused"}]
    nominations = [
        await enter(superuser, "member_nomination", status="nominated", documents="[]", conflicts=known, **of_call)
        for known in ("[]", "[]", dumps(conflicts))
    ]
    name = f"member {uuid4().hex}"
    grants = (grant("expert", "self", member["id"]), grant("reviewer", "record", str(call)))
    monkeypatch.setitem(CALLERS, name, person(name, *grants))  # type: ignore[arg-type]
    owned = "UPDATE member_expert SET account_id = $2 WHERE id = $1"
    await superuser.execute(owned, UUID(member["id"]), CALLERS[name].id)
    scored = {**of_call, "expert_id": UUID(member["id"]), "nomination_id": nominations[1]}
    await enter(superuser, "member_score", status="recorded", **{**scored, "recommendation": "select"})
    waiting = [(item["resource"], item["id"], item["verb"]) for item in await _items(services, name)]
    assert waiting == [("nominations", str(nominations[0]), "score")]
    assert await _held(services, name) == {("membership", "nominations", str(nominations[0]))}
