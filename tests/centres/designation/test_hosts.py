"""Directors and representatives of the host work on the files of their centres, with agreements, and on no other."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.support.callers import Caller
from tests.support.centres import (
    AGREEMENTS,
    CENTRES,
    DOCUMENT,
    TERMS,
    Members,
    applied,
    centre_body,
    entered,
    host_agreement,
    stepped,
    unused_country,
)
from tests.support.register import designated, public_host

Record = dict[str, Any]
Entering = Callable[[str, str, str], Caller]
_WORK = "/centres/v1/work_list?limit=200"


@pytest.fixture(scope="module")
def country() -> str:
    """The country of these tests."""
    return unused_country()


async def _draft(by: Caller, centre: Record) -> Record:
    return await entered(by, AGREEMENTS, host_agreement(centre, signed=False))


async def _waiting(by: Caller, record: Record) -> list[str]:
    """The steps of a record in the work list."""
    items = (await by.get(_WORK)).json()["items"]
    return [item["action"] for item in items if item["id"] == record["id"]]


async def _send_and_sign(by: Caller, agreement: Record, officer: Caller) -> Record:
    """The representative sends an agreement, and each side signs it when it waits for that."""
    assert await _waiting(by, agreement) == ["send"]
    agreement = await stepped(by, agreement, "send")
    assert await _waiting(by, agreement) == await _waiting(officer, agreement) == ["sign"]
    agreement = await stepped(by, agreement, "sign")
    assert [party["signed_at"] is None for party in agreement["parties"]] == [False, True]
    assert (await _waiting(by, agreement), await _waiting(officer, agreement)) == ([], ["sign"])
    agreement = await stepped(officer, agreement, "sign")
    assert await _waiting(officer, agreement) == []
    return agreement


async def _knows_nothing(who: Caller, agreement: Record) -> None:
    path = agreement["links"]["self"]
    for response in (
        await who.get(path),
        await who.get(f"{path}/history"),
        await who.patch(path, {"effective": "2027-02-01"}, etag='"1"'),
        await who.post(f"{path}/transitions", {"action": "send"}, etag='"1"'),
    ):
        assert response.status_code == 404, response.text
    assert await _waiting(who, agreement) == []


async def test_a_director_sends_the_agreements_of_their_centre_alone_and_signs_none(
    admin: Caller, members: Members, entering: Entering, country: str
) -> None:
    host = (await public_host(members, country))["id"]
    hidden = {"visibility": "restricted", "host_institution_id": host}
    centre, other = [await applied(admin, members, country, **hidden) for _ in range(2)]
    director = entering("centre_director", "centre", centre["id"])
    made = await _draft(director, centre)
    changed = await director.change(made["links"]["self"], effective="2027-01-01")
    assert (changed.status_code, changed.json()["effective"]) == (200, "2027-01-01"), changed.text
    await _knows_nothing(entering("centre_director", "centre", other["id"]), made)
    assert await _waiting(director, made) == ["send"]
    assert (await stepped(director, made, "send"))["status"] == "in_negotiation"
    assert await _waiting(director, made) == []
    for verb in ("sign", "terminate"):
        refused = await director.step(made["links"]["self"], verb, reason="Ready")
        assert (refused.status_code, refused.json()["reason"]) == (403, "not_permitted")
    actions = [line["action"] for line in (await director.get(f"{made['links']['self']}/history")).json()["items"]]
    assert actions == ["send", "update", "create"]


async def test_a_representative_signs_the_agreement_of_their_application(
    members: Members, entering: Entering, country: str
) -> None:
    host = await members.institution(country)
    representative = entering("institution_representative", "institution", host)
    body = await centre_body(members, country, host_institution_id=host, director_id=None, visibility="restricted")
    centre = await entered(representative, CENTRES, body)
    made = await _draft(representative, centre)
    await _knows_nothing(entering("institution_representative", "institution", host), made)
    officer = entering("secretariat_officer", "country", country)
    assert (await _send_and_sign(representative, made, officer))["status"] == "in_force"


async def test_a_representative_works_on_the_file_of_a_hosted_centre(
    admin: Caller, members: Members, superuser: asyncpg.Connection, entering: Entering, country: str
) -> None:
    host = await members.institution(country)
    centre = await designated(admin, members, superuser, country, host_institution_id=host)
    of_host = entering("institution_representative", "institution", host)
    path = centre["links"]["self"]
    assert (await of_host.get(f"{path}/checklist")).json()["items"][0]["needed_for"] == "submit_renewal"
    assert (await of_host.get(f"{path}/stages")).json()[-1]["stage"] == "active"
    (term,) = (await of_host.get(f"{TERMS}?centre_id={centre['id']}")).json()["items"]
    assert (term["conditions"], term["work_plan"]["title"]) == ([], centre["work_plan"]["title"])
    (signed,) = (await of_host.get(f"{AGREEMENTS}?centre_id={centre['id']}")).json()["items"]
    draft = await _draft(of_host, centre)
    other = entering("institution_representative", "institution", await members.institution(country))
    for address in (f"{path}/checklist", f"{path}/stages", f"{term['links']['self']}/history"):
        assert (await other.get(address)).status_code == 403, address
    assert "conditions" not in (await other.get(term["links"]["self"])).json()
    assert (await other.post(AGREEMENTS, host_agreement(centre))).status_code == 403
    for agreement in (signed, draft):
        await _knows_nothing(other, agreement)
    officer = entering("secretariat_officer", "country", country)
    assert (await _send_and_sign(of_host, draft, officer))["status"] == "in_force"


async def test_a_representative_renews_a_hosted_centre(
    admin: Caller, members: Members, superuser: asyncpg.Connection, entering: Entering, country: str
) -> None:
    host = await members.institution(country)
    centre = await designated(admin, members, superuser, country, host_institution_id=host)
    of_host = entering("institution_representative", "institution", host)
    assert await _waiting(of_host, centre) == []
    await superuser.execute("UPDATE centre_centre SET status = 'renewal_due' WHERE id = $1", UUID(centre["id"]))
    assert await _waiting(of_host, centre) == ["submit_renewal"]
    papers = {"final_report": DOCUMENT, "evaluation": DOCUMENT}
    renewing = await stepped(of_host, centre, "submit_renewal", fields=papers)
    assert (renewing["status"], renewing["final_report"]["title"]) == ("renewal_review", DOCUMENT["title"])
    assert await _waiting(of_host, centre) == []
