"""The steps that a caller may take now: each is in the allowed actions of its record, and is gone once it is taken."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.kernel.clock import today
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import (
    AGREEMENTS,
    CENTRES,
    SEATS,
    Members,
    centre_body,
    entered,
    host_agreement,
    proposed_committee,
    reviewed,
    seated,
    stepped,
    unused_country,
)
from tests.support.membership import activated
from tests.support.reports import ANSWERED, Record, ReportingCentre

WORK_LIST = "/centres/v1/work_list"
Step = tuple[str, str, str]


async def _items(who: Caller, query: str = "") -> list[dict[str, Any]]:
    """The items on all pages. The action of each is in the allowed actions of its record."""
    found: list[dict[str, Any]] = []
    following: str | None = f"{WORK_LIST}?limit=200{query}"
    while following:
        response = await who.get(following)
        assert response.status_code == 200, response.text
        found += response.json()["items"]
        following = response.json()["next"]
    return found


async def _allowed(who: Caller, items: list[dict[str, Any]]) -> None:
    """Every action is allowed now, or lacks only what the transition itself brings."""
    for item in items:
        shown = (await who.get(item["link"])).json()
        action = next(one for one in shown["allowed_actions"] if one["action"] == item["action"])
        brought = {"prefill_unconfirmed", "final_report_missing", "endorsement_missing"}
        assert action["allowed"] or action["reason"] in brought, (item, action)


def _steps(items: list[dict[str, Any]], *records: Record) -> list[Step]:
    names = {record["id"]: str(number) for number, record in enumerate(records)}
    return [(one["kind"], names[one["id"]], one["action"]) for one in items if one["id"] in names]


async def test_a_report_waits_for_its_centre_and_then_for_the_office(
    centre: ReportingCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    director = centre.caller(monkeypatch, "centre_director")
    first, second, third = (await centre.reports())[:3]
    items = await _items(director)
    await _allowed(director, items)
    assert _steps(items, first, second, third) == [
        ("annual_reports", "0", "start"),
        ("annual_reports", "1", "start"),
    ], "the third begins to wait 90 days before the end of its year"
    assert items[0] == {
        "kind": "annual_reports",
        "id": first["id"],
        "ref": first["ref"],
        "country": centre.record["country"],
        "link": first["links"]["self"],
        "titles": centre.record["names"],
        "action": "start",
        "due": f"{first['due']}T23:59:59.000000Z",
        "light": first["light"],
    }
    started = await stepped(director, first, "start")
    assert _steps(await _items(director), first) == [], "answers are missing"
    held = (await director.get("/centres/v1/annual_reports?holder=me")).json()["items"]
    assert first["id"] in [one["id"] for one in held]
    changed = (await director.change(started["links"]["self"], **ANSWERED)).json()
    assert _steps(await _items(director), first) == [("annual_reports", "0", "submit")]
    submitted = await stepped(director, changed, "submit")
    assert _steps(await _items(director), first) == []
    officer = await _items(centre.officer)
    await _allowed(centre.officer, officer)
    assert _steps(officer, first, second) == [("annual_reports", "0", "accept")]
    await stepped(centre.admin, submitted, "accept")
    assert _steps(await _items(centre.officer), first) == []


async def test_whoever_submitted_a_report_does_not_see_it_waiting(centre: ReportingCentre) -> None:
    started = await centre.started()
    changed = (await centre.officer.change(started["links"]["self"], **ANSWERED)).json()
    await stepped(centre.officer, changed, "submit")
    assert _steps(await _items(centre.officer), started) == []
    assert _steps(await _items(centre.admin), started) == [("annual_reports", "0", "accept")]


async def test_nothing_of_another_centre_is_there(centre: ReportingCentre, monkeypatch: pytest.MonkeyPatch) -> None:
    name = "another director"
    monkeypatch.setitem(CALLERS, name, person(name, grant("centre_director", "centre", str(UUID(int=1)))))
    assert await _items(centre.admin.known_as(name)) == []
    assert (await centre.admin.known_as(name).get(WORK_LIST)).status_code == 200


async def test_an_application_waits_for_whoever_takes_its_next_step(
    admin: Caller, members: Members, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    country = unused_country()
    president, officer = (
        _national(admin, monkeypatch, role, country) for role in ("committee_president", "secretariat_officer")
    )
    body = await centre_body(members, country)
    made = await entered(president, CENTRES, {**body, "work_plan": None})
    assert _steps(await _items(president), made) == [], "the work plan is missing"
    made = (await president.change(made["links"]["self"], work_plan=body["work_plan"])).json()
    await _allowed(president, await _items(president))
    assert _steps(await _items(president), made) == [("centres", "0", "submit")]
    made = await stepped(president, made, "submit")
    (item,) = [one for one in await _items(officer) if one["id"] == made["id"]]
    assert (item["action"], item["light"]) == ("accept_complete", "green")
    assert _steps(await _items(president), made) == []
    made = await stepped(officer, made, "accept_complete")
    assert _steps(await _items(officer), made) == [], "reviews are missing"
    for _ in range(2):
        await reviewed(admin, members, made)
    assert _steps(await _items(officer), made) == [("centres", "0", "recommend")]
    made = await stepped(officer, made, "recommend")
    assert _steps(await _items(admin), made) == [], "the agreement is missing"
    await entered(admin, AGREEMENTS, host_agreement(made))
    assert _steps(await _items(admin), made) == [("centres", "0", "designate")]
    await superuser.execute("UPDATE centre_centre SET status = 'renewal_due' WHERE id = $1", UUID(made["id"]))
    items = [one for one in await _items(president) if one["id"] == made["id"]]
    await _allowed(president, items)
    assert _steps(items, made) == [("centres", "0", "submit_renewal")]


def _national(admin: Caller, monkeypatch: pytest.MonkeyPatch, role: str, country: str) -> Caller:
    name = f"{role} of {country}"
    monkeypatch.setitem(CALLERS, name, person(name, grant(role, "country", country)))
    return admin.known_as(name)


async def test_agreements_and_seats_that_end_wait(
    centre: ReportingCentre, members: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    secretary = centre.caller(monkeypatch, "committee_secretary", "country")
    draft = await entered(centre.admin, AGREEMENTS, host_agreement(centre.record, signed=False))
    soon, late = (today() + timedelta(days=days) for days in (80, 100))
    expiring, lasting = [
        await entered(centre.admin, AGREEMENTS, {**host_agreement(centre.record), "expires": day.isoformat()})
        for day in (soon, late)
    ]
    committee = await proposed_committee(centre.admin, members, centre.record["country"])
    ending, other, open_ended = [
        await seated(centre.admin, committee, office, **({"to": to} if to else {}))
        for office, to in (("president", soon.isoformat()), ("secretary", late.isoformat()), ("member", None))
    ]
    items = await _items(secretary)
    await _allowed(secretary, items)
    assert sorted(_steps(items, draft, expiring, lasting, ending, other, open_ended)) == [
        ("agreements", "0", "send"),
        ("seats", "3", "end"),
    ]
    (seat,) = [one for one in items if one["kind"] == "seats"]
    assert (seat["due"], seat["titles"]) == (f"{soon}T23:59:59.000000Z", committee["names"])
    of_admin = await _items(centre.admin, "&kind=agreements")
    await _allowed(centre.admin, [one for one in of_admin if one["id"] in (draft["id"], expiring["id"])])
    assert sorted(_steps(of_admin, draft, expiring, lasting)) == [
        ("agreements", "0", "send"),
        ("agreements", "1", "terminate"),
    ]
    await stepped(secretary, ending, "end")
    sent = await stepped(secretary, draft, "send")
    assert _steps(await _items(secretary), sent, ending) == []
    signing = await _items(centre.admin)
    await _allowed(centre.admin, [one for one in signing if one["id"] == sent["id"]])
    assert _steps(signing, sent) == [("agreements", "0", "sign")]
    assert (await centre.admin.get(f"{SEATS}?holder=me&committee_id={committee['id']}")).json()["items"] == []


async def test_a_seat_of_a_partial_date_waits_before_its_earliest_end(
    admin: Caller, members: Members, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    country = unused_country()
    president = _national(admin, monkeypatch, "committee_president", country)
    committee = await proposed_committee(admin, members, country)
    year, month = str(today().year + 2), str(today() + timedelta(days=62))[:7]
    far = await seated(admin, committee, "president", to=year)
    near = await seated(admin, committee, "member", to=month)
    (item,) = await _items(president)
    assert _steps([item], far, near) == [("seats", "1", "end")]
    following = date(int(month[:4]) + int(month[5:]) // 12, int(month[5:]) % 12 + 1, 1)
    assert item["due"] == f"{following - timedelta(days=1)}T23:59:59.000000Z"


async def test_a_reviewer_has_the_invitation_and_then_the_review(
    admin: Caller, members: Members, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    country = unused_country()
    made = await entered(admin, CENTRES, await centre_body(members, country))
    made = await stepped(admin, await stepped(admin, made, "submit"), "accept_complete")
    expert = (await activated(members.admin, country=country))["id"]
    name = f"reviewer of {country}"
    monkeypatch.setitem(CALLERS, name, person(name, grant("expert", "self", expert)))
    await superuser.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(expert), CALLERS[name].id)
    body = {"expert_id": expert, "due": str(today() + timedelta(days=5))}
    invitation = await entered(admin, f"{made['links']['self']}/reviewers", body)
    who = admin.known_as(name)
    (item,) = await _items(who)
    await _allowed(who, [item])
    assert (item["action"], item["light"], item["titles"]) == ("accept", "yellow", made["names"])
    await stepped(who, invitation, "accept")
    assert _steps(await _items(who), invitation) == [("reviewers", "0", "review")]
    await reviewed(admin, members, made, reviewer_id=expert)
    assert await _items(who) == []


async def test_it_pages_in_the_order_of_the_due_times(centre: ReportingCentre, monkeypatch: pytest.MonkeyPatch) -> None:
    director = centre.caller(monkeypatch, "centre_director")
    await entered(centre.admin, AGREEMENTS, host_agreement(centre.record, signed=False))
    whole = await _items(director)
    await _allowed(director, whole)
    dues = [item["due"] or "9999" for item in whole]
    assert dues == sorted(dues)
    assert len(whole) == 3
    assert await director.everything(f"{WORK_LIST}?limit=1") == whole
    assert await _items(director, "&kind=agreements") == whole[2:]
    assert await _items(director, f"&due_before={whole[1]['due']}") == whole[:1]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("kind=a.b", "invalid_parameter"),
        ("due_before=soon", "invalid_parameter"),
        ("limit=0", "invalid_parameter"),
        ("cursor=abc", "invalid_cursor"),
        ("service=centres", "unknown_parameter"),
    ],
)
async def test_its_parameters_are_checked(admin: Caller, query: str, code: str) -> None:
    refused = await admin.get(f"{WORK_LIST}?{query}")
    assert (refused.status_code, refused.json()["code"]) == (400, code)


async def test_it_needs_a_token(anonymous: Caller) -> None:
    assert (await anonymous.get(WORK_LIST)).status_code == 401


async def test_a_proposed_partnership_waits_for_its_other_side(
    admin: Caller, members: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = await entered(admin, CENTRES, await centre_body(members, "XA"))
    partner = await members.institution("XB")
    sides = {"centre_id": centre["id"], "partner": {"institution_id": partner}}
    made = await entered(admin, f"{CENTRES.rpartition('/')[0]}/partnerships", {**sides, "kind": "data"})
    own, other = (_national(admin, monkeypatch, "secretariat_officer", country) for country in ("XA", "XB"))
    name = f"representative of {partner}"
    monkeypatch.setitem(CALLERS, name, person(name, grant("institution_representative", "institution", partner)))
    representative = admin.known_as(name)
    for who in (other, representative, admin.known_as("admin2")):
        items = [one for one in await _items(who, "&kind=partnerships") if one["id"] == made["id"]]
        await _allowed(who, items)
        assert _steps(items, made) == [("partnerships", "0", "accept")]
        assert (items[0]["country"], items[0]["titles"]) == ("XA", centre["names"])
        held = (await who.get(f"{items[0]['link'].rpartition('/')[0]}?holder=me&limit=200")).json()["items"]
        assert made["id"] in [one["id"] for one in held]
    for who in (own, admin):
        assert _steps(await _items(who, "&kind=partnerships"), made) == []
        held = (await who.get("/centres/v1/partnerships?holder=me&limit=200")).json()["items"]
        assert made["id"] not in [one["id"] for one in held]
    await stepped(representative, made, "accept")
    assert _steps(await _items(other, "&kind=partnerships"), made) == []


async def test_what_waits_for_a_hosted_centre_waits_for_its_representative(
    centre: ReportingCentre, admin: Caller, members: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    hosts = (centre.record["host_institution_id"], await members.institution(centre.record["country"]))
    for host in hosts:
        name = f"representative of {host}"
        monkeypatch.setitem(CALLERS, name, person(name, grant("institution_representative", "institution", host)))
    representative, other = (admin.known_as(f"representative of {host}") for host in hosts)
    proposing = await entered(admin, CENTRES, await centre_body(members, centre.record["country"]))
    sides = {"centre_id": proposing["id"], "partner": {"centre_id": centre.record["id"]}, "kind": "partner_centre"}
    made = await entered(admin, "/centres/v1/partnerships", sides)
    report = (await centre.reports())[0]
    items = await _items(representative)
    await _allowed(representative, items)
    assert _steps(items, made, report) == [("annual_reports", "1", "start"), ("partnerships", "0", "accept")]
    assert _steps(await _items(other), made, report) == []
    await stepped(representative, made, "accept")
    started = await stepped(representative, report, "start")
    changed = (await representative.change(started["links"]["self"], **ANSWERED)).json()
    assert _steps(await _items(representative), made, report) == [("annual_reports", "1", "submit")]
    assert (await stepped(representative, changed, "submit"))["status"] == "submitted"
    assert (await other.step(report["links"]["self"], "submit")).status_code in (403, 404)
