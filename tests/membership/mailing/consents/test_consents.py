"""One consent of an expert is in force for each purpose. Withdrawing `listing` takes the record off public lists."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.membership.mailing.consents.domain import PURPOSES
from shared.kernel.text import LANGUAGES
from tests.support.callers import Caller
from tests.support.membership import EXPERTS

CONSENTS = "/membership/v1/consents"
NOTICES = "/membership/v1/notices"
PAPER = {"channel": "paper", "document": {"title": "A form", "date": "2026-02-01", "url": "https://example.org/f.pdf"}}
Member = Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]]
At = Callable[[str | None], Caller]


def _body(record: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"expert_id": record["id"], "purpose": "listing", "notice_version": "2026", "language": "en", **more}


async def _given(who: Caller, record: dict[str, Any], **more: Any) -> str:
    made = await who.post(CONSENTS, _body(record, **more))
    assert (made.status_code, made.json()["status"]) == (201, "given"), made.text
    return str(made.json()["links"]["self"])


async def _another_version(admin: Caller, purpose: str) -> str:
    version = uuid4().hex[:12]
    body = {"purpose": purpose, "notice_version": version, "texts": {"en": "I agree.", "fr": "Je consens."}}
    assert (await admin.post(NOTICES, body)).status_code == 201
    return version


async def test_a_withdrawn_listing_leaves_public_lists_until_it_is_given_again(
    member: Member, admin: Caller, anonymous: Caller, superuser: asyncpg.Connection
) -> None:
    name = f"Withdrawn{uuid4().hex[:8]}"
    who, record = await member(names=[{"family": name}], visibility="public")
    expert = f"{EXPERTS}/{record['id']}"
    path = await _given(who, record)
    body = {"raw": f"{name} Laboratory"}
    assert (await who.post(f"{expert}/affiliations", body)).status_code == 201
    public = (expert, f"{expert}/affiliations", f"{EXPERTS}?q={name}", f"{EXPERTS}?q={name}&include=affiliations")
    for address in public:
        assert name in (await anonymous.get(address)).text
    withdrawn = await who.step(path, "withdraw")
    assert (withdrawn.status_code, withdrawn.json()["status"]) == (200, "withdrawn")
    for address in public:
        assert name not in (await anonymous.get(address)).text
    streamed = await anonymous.get(f"{EXPERTS}?country=XA", headers={"Accept": "application/x-ndjson"})
    assert streamed.status_code == 200
    assert name not in streamed.text
    assert (await who.get(expert)).json()["visibility"] == "network"
    for publisher in (who, admin):
        etag = (await publisher.get(expert)).headers["etag"]
        refused = await publisher.patch(expert, {"visibility": "public"}, etag=etag)
        assert (refused.status_code, refused.json()["code"]) == (409, "listing_withdrawn")
    await _given(who, record)
    etag = (await who.get(expert)).headers["etag"]
    assert (await who.patch(expert, {"visibility": "public"}, etag=etag)).status_code == 200
    assert name in (await anonymous.get(expert)).text


async def test_other_purposes_and_hidden_records_keep_their_visibility(member: Member) -> None:
    who, record = await member(visibility="public")
    assert (await who.step(await _given(who, record, purpose="contact"), "withdraw")).status_code == 200
    assert (await who.get(f"{EXPERTS}/{record['id']}")).json()["visibility"] == "public"
    hidden, restricted = await member(visibility="restricted")
    assert (await hidden.step(await _given(hidden, restricted), "withdraw")).status_code == 200
    assert (await hidden.get(f"{EXPERTS}/{restricted['id']}")).json()["visibility"] == "restricted"


async def test_a_consent_to_another_version_supersedes_the_earlier_one(member: Member, admin: Caller) -> None:
    who, record = await member()
    first = await _given(who, record, purpose="outreach")
    again = await who.post(CONSENTS, _body(record, purpose="outreach"))
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/notice_version")
    other = await _given(who, record, purpose="contact")
    second = await _given(who, record, purpose="outreach", notice_version=await _another_version(admin, "outreach"))
    states = [(await who.get(path)).json()["status"] for path in (first, second, other)]
    assert states == ["superseded", "given", "given"]
    listed = (await who.get(f"{CONSENTS}?purpose=outreach&status=given")).json()["items"]
    assert [one["links"]["self"] for one in listed] == [second]
    assert (await who.step(first, "withdraw")).status_code == 409


async def test_of_two_consents_at_once_one_is_in_force(member: Member, admin: Caller) -> None:
    who, record = await member()
    versions = [await _another_version(admin, "results") for _ in range(2)]
    bodies = [_body(record, purpose="results", notice_version=version) for version in versions]
    made = await asyncio.gather(*(who.post(CONSENTS, body) for body in bodies))
    assert [response.status_code for response in made] == [201, 201]
    states = [(await who.get(response.json()["links"]["self"])).json()["status"] for response in made]
    assert sorted(states) == ["given", "superseded"]


async def test_the_office_enters_and_withdraws_with_a_proof(member: Member, caller: At) -> None:
    who, record = await member(visibility="public")
    officer = caller("officer")
    path = await _given(officer, record, proof=PAPER, language="fr")
    assert (await who.get(path)).json()["proof"]["document"]["title"] == "A form"
    assert (await officer.step(path, "withdraw", reason="A letter.")).status_code == 200
    assert (await who.get(f"{EXPERTS}/{record['id']}")).json()["visibility"] == "network"
    lines = (await who.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["withdraw", "create"]


async def test_only_the_person_and_the_office_know_of_it(member: Member, anonymous: Caller, caller: At) -> None:
    who, record = await member()
    other, _ = await member()
    path = await _given(who, record)
    assert (await anonymous.get(path)).status_code == 401
    for name in ("author_xa", "author_xb", "focal_xa"):
        assert (await caller(name).get(path)).status_code in (403, 404)
        assert (await caller(name).get(CONSENTS)).json().get("items", []) == []
        assert (await caller(name).step(path, "withdraw")).status_code in (403, 404)
    assert (await other.get(path)).status_code == 404
    refused = await other.post(CONSENTS, _body(record))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_reference")


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"purpose": "conflict_of_interest"}, "/purpose", "not_one_of"),
        ({"purpose": "everything"}, "/purpose", "not_one_of"),
        ({"notice_version": "1999"}, "/notice_version", "unknown_reference"),
        ({"notice_version": "x" * 21}, "/notice_version", "invalid_format"),
        ({"language": "de"}, "/language", "not_one_of"),
        ({"expert_id": str(uuid4())}, "/expert_id", "unknown_reference"),
        ({"proof": PAPER}, "/proof/channel", "invalid_value"),
        ({"proof": {"channel": "pigeon"}}, "/proof/channel", "not_one_of"),
        ({"proof": {"channel": "online", "document": {"title": "x"}}}, "/proof/document/date", "required"),
        ({"status": "withdrawn"}, "/status", "unknown_field"),
    ],
)
async def test_a_consent_is_checked(member: Member, change: dict[str, Any], pointer: str, code: str) -> None:
    who, record = await member()
    refused = await who.post(CONSENTS, _body(record, **change))
    assert refused.status_code == 422, refused.text
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [(pointer, code)]


async def test_nobody_consents_online_for_another_or_in_a_missing_language(
    member: Member, admin: Caller, caller: At
) -> None:
    who, record = await member()
    refused = await caller("officer").post(CONSENTS, _body(record))
    assert refused.json()["errors"][0]["pointer"] == "/proof/channel"
    version = await _another_version(admin, "search_engines")
    body = _body(record, purpose="search_engines", notice_version=version, language="ru")
    assert (await who.post(CONSENTS, body)).json()["errors"][0]["pointer"] == "/language"


async def test_a_consent_never_changes_and_follows_its_expert(member: Member, admin: Caller) -> None:
    who, record = await member()
    path = await _given(who, record)
    assert (await who.patch(path, {"language": "fr"}, etag=(await who.get(path)).headers["etag"])).status_code == 405
    expert = f"{EXPERTS}/{record['id']}"
    moved = await admin.patch(expert, {"country": "XB"}, etag=(await admin.get(expert)).headers["etag"])
    assert moved.status_code == 200
    assert (await who.get(path)).json()["country"] == "XB"


async def test_every_purpose_has_a_text_in_the_six_languages(anonymous: Caller) -> None:
    shipped = (await anonymous.get(f"{NOTICES}?limit=100&sort=created_at")).json()["items"]
    texts = {one["purpose"]: set(one["texts"]) for one in shipped if one["notice_version"] == "2026"}
    assert set(texts) == {"conflict_of_interest", *PURPOSES}
    assert all(languages == set(LANGUAGES) for languages in texts.values())
