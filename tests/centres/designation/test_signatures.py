"""Each side signs an agreement for itself."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from tests.support.callers import Caller
from tests.support.centres import (
    AGREEMENTS,
    DOCUMENT,
    Members,
    applied,
    entered,
    host_agreement,
    signed_by_the_secretariat,
    stepped,
    unused_country,
)
from tests.support.register import public_host

Record = dict[str, Any]
Entering = Callable[[str, str, str], Caller]
_COPY = {"title": "Agreement, signed", "date": "2026-11-02", "url": "https://example.org/signed.pdf"}
_WORK = "/centres/v1/work_list?limit=200&kind=agreements"


@pytest.fixture(scope="module")
def country() -> str:
    return unused_country()


@pytest.fixture
async def centre(admin: Caller, members: Members, country: str) -> Record:
    """An application that the host's representatives did not enter."""
    host = (await public_host(members, country))["id"]
    return await applied(admin, members, country, host_institution_id=host, visibility="restricted")


@pytest.fixture
def officer(entering: Entering, country: str) -> Caller:
    return entering("secretariat_officer", "country", country)


@pytest.fixture
def of_host(entering: Entering, centre: Record) -> Caller:
    return entering("institution_representative", "institution", centre["host_institution_id"])


async def _sent(by: Caller, centre: Record, **more: Any) -> Record:
    made = await entered(by, AGREEMENTS, {**host_agreement(centre, signed=False), **more})
    return await stepped(by, made, "send")


async def _facts(superuser: asyncpg.Connection, agreement: Record) -> list[str]:
    query = "SELECT type FROM core_outbox WHERE subject = $1 AND type LIKE 'escm.centres.agreement.%' ORDER BY id"
    return [fact["type"].split(".")[3] for fact in await superuser.fetch(query, agreement["id"])]


async def _refused(who: Caller, agreement: Record, **fields: Any) -> tuple[int, str]:
    """The status, and the reason or the pointer."""
    response = await who.step(agreement["links"]["self"], "sign", fields=fields)
    found = response.json()
    return response.status_code, found.get("reason") or found["errors"][0]["pointer"]


async def _waits_for(who: Caller, agreement: Record) -> bool:
    """Whether the work list and the list agree that a signature waits for the caller, who may then sign."""
    items = (await who.get(_WORK)).json()["items"]
    waiting = [item["action"] for item in items if item["id"] == agreement["id"]]
    held = [one["id"] for one in (await who.get(f"{AGREEMENTS}?holder=me")).json()["items"]]
    assert (waiting == ["sign"]) == (agreement["id"] in held)
    if waiting:
        offers = (await who.get(agreement["links"]["self"])).json()["allowed_actions"]
        assert [(offer["action"], offer["allowed"]) for offer in offers] == [("sign", True)]
    return bool(waiting)


async def test_the_host_reads_what_it_is_asked_to_sign_and_signs_for_itself_alone(
    centre: Record, officer: Caller, of_host: Caller
) -> None:
    draft = await entered(officer, AGREEMENTS, host_agreement(centre, signed=False))
    assert (await of_host.get(draft["links"]["self"])).status_code == 404
    agreement = await stepped(officer, draft, "send")
    assert [party["side"] for party in agreement["parties"]] == ["institution", "secretariat"]
    assert await _waits_for(of_host, agreement)
    assert await _refused(of_host, agreement, party="The network") == (409, "other_side_signs")
    assert await _refused(of_host, agreement, document=_COPY) == (422, "/fields/document")
    assert await _refused(of_host, agreement, signed_at="2090-01-01") == (422, "/fields/signed_at")
    signed = await stepped(of_host, agreement, "sign", fields={"signatory": "Rector"})
    assert (signed["status"], signed["parties"][0]["signatory"]) == ("partly_signed", "Rector")
    assert signed["signed_copies"] == []
    assert not await _waits_for(of_host, agreement)
    assert await _refused(of_host, agreement) == (409, "signed_for_another_side")
    assert await _waits_for(officer, agreement)
    assert (await stepped(officer, signed, "sign"))["status"] == "in_force"
    history = (await of_host.get(f"{agreement['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in history] == ["sign", "sign", "send", "create"]


async def test_one_person_signs_for_one_side(centre: Record, officer: Caller, of_host: Caller) -> None:
    agreement = await signed_by_the_secretariat(await _sent(officer, centre), officer)
    assert await _refused(officer, agreement, party="The host", document=_COPY) == (409, "signed_for_another_side")
    assert not await _waits_for(officer, agreement)
    assert await _waits_for(of_host, agreement)
    (offer,) = (await officer.get(agreement["links"]["self"])).json()["allowed_actions"]
    assert (offer["allowed"], offer["reason"]) == (False, "signed_for_another_side")


async def test_an_office_signs_for_another_side_with_what_that_one_signed(
    centre: Record, officer: Caller, entering: Entering, country: str, of_host: Caller, superuser: asyncpg.Connection
) -> None:
    agreement = await signed_by_the_secretariat(await _sent(officer, centre), officer)
    other = entering("secretariat_officer", "country", country)
    assert await _waits_for(other, agreement)
    assert await _refused(other, agreement) == (422, "/fields/document")
    unknown = {"title": "Scan", "date": "2026-11-02", "evidence_id": str(uuid4())}
    assert await _refused(other, agreement, document=unknown) == (422, "/fields/document/evidence_id")
    signed = await stepped(other, agreement, "sign", fields={"document": _COPY})
    assert (signed["status"], signed["document"]["title"]) == ("in_force", DOCUMENT["title"])
    (copy,) = (await of_host.get(agreement["links"]["self"])).json()["signed_copies"]
    assert copy["url"] == _COPY["url"]
    assert await _facts(superuser, agreement) == ["created", "in_negotiation", "partly_signed", "in_force"]


async def test_programs_sign_nothing(centre: Record, admin: Caller) -> None:
    agreement = await _sent(admin, centre)
    machine = admin.known_as("secretariat")
    assert await _refused(machine, agreement, party="The network") == (409, "signer_is_a_client")


async def test_another_side_than_the_host_signs_with_a_document_alone(
    centre: Record, officer: Caller, admin: Caller, of_host: Caller
) -> None:
    parties = [*host_agreement(centre, signed=False)["parties"], {"name": "Ministry", "side": "other"}]
    agreement = await _sent(officer, centre, kind="tripartite", parties=parties)
    agreement = await stepped(of_host, agreement, "sign")
    assert not await _waits_for(of_host, agreement), "the ministry is no institution of the representative"
    agreement = await signed_by_the_secretariat(agreement, officer)
    assert not await _waits_for(officer, agreement)
    assert await _refused(admin, agreement) == (422, "/fields/document")
    assert (await stepped(admin, agreement, "sign", fields={"document": _COPY}))["status"] == "in_force"


@pytest.mark.parametrize("role", ["institution_representative", "centre_director", "committee_secretary"])
async def test_an_office_alone_enters_signatures(centre: Record, country: str, entering: Entering, role: str) -> None:
    scope = ("country", country) if role == "committee_secretary" else ("centre", centre["id"])
    who = entering(role, *scope)
    response = await who.post(AGREEMENTS, host_agreement(centre))
    assert (response.status_code, response.json()["reason"]) == (403, "other_side_signs")
    assert response.json()["errors"][0]["pointer"] == "/parties/0/signed_at"
    made = await entered(who, AGREEMENTS, host_agreement(centre, signed=False))
    parties = host_agreement(centre)["parties"]
    patched = await who.change(made["links"]["self"], parties=[parties[0], {**parties[1], "signed_at": None}])
    assert (patched.status_code, patched.json()["errors"][0]["pointer"]) == (422, "/parties")


async def test_an_office_enters_signatures_with_their_document(
    centre: Record, officer: Caller, superuser: asyncpg.Connection
) -> None:
    body = host_agreement(centre)
    missing = await officer.post(AGREEMENTS, {**body, "document": None})
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/document")
    half = await entered(officer, AGREEMENTS, {**body, "parties": [body["parties"][0], {"name": "The network"}]})
    assert half["status"] == "drafting"
    half = await stepped(officer, half, "send")
    assert await _refused(officer, half) == (409, "signed_for_another_side")
    made = await entered(officer, AGREEMENTS, body)
    assert (made["status"], made["version"]) == ("in_force", 1)
    assert await _facts(superuser, made) == ["created", "in_force"], "as after the last signature"


@pytest.mark.parametrize(
    ("parties", "pointer"),
    [
        ([{"name": "Host", "side": "institution"}, {"name": "Network"}], "/parties/0/side"),
        ([{"name": "Host", "side": "secretariat"}], "/parties/0/side"),
        ([{"name": "Host", "side": "host"}], "/parties/0/side"),
    ],
)
async def test_a_side_is_stated_as_it_is(centre: Record, officer: Caller, parties: list[Record], pointer: str) -> None:
    body = {**host_agreement(centre, signed=False), "parties": parties}
    response = await officer.post(AGREEMENTS, body)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer)


async def test_an_institution_stands_for_no_other_side(centre: Record, officer: Caller) -> None:
    body = host_agreement(centre, signed=False)
    body["parties"][0]["side"] = "secretariat"
    response = await officer.post(AGREEMENTS, body)
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/parties/0/side")
