"""Experts nominate themselves through nominators, who confirm by the link of a mail."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.membership.selection.nominations import confirmation
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import to_text
from shared.kernel.text import LANGUAGES
from shared.mail import tokens
from shared.mail.sealing import Mail, MailSeal
from tests.membership.selection.calls.conftest import CONFIRMATION, CV, NOMINATIONS, Round, done, refused
from tests.support.callers import Caller
from tests.support.mailbox import Mailbox, text_of, token_in

NOMINATOR = {"name": "Ana Example", "email": "ana.nominates@example.org"}


async def test_a_nominator_confirms_once_and_may_repeat_it(round_: Round, anonymous: Caller) -> None:
    await round_.open(members=0)
    who, draft = await round_.nominee()
    assert (draft["status"], draft["ref"][:4], draft["statement"]) == ("draft", "NOM-", None)
    submitted = await done(who, draft, "submit")
    assert submitted["status"] == "awaiting_nominator"
    assert await refused(round_.admin, draft, "confirm") == "not_the_nominator"
    token = await round_.token(submitted)
    shown = await anonymous.post(f"{CONFIRMATION}/preview", {"token": token})
    assert shown.status_code == 200, shown.text
    assert (shown.json()["nominee"], shown.json()["documents"]) == ("Amina Varga", [CV["title"]])
    assert shown.json()["motivation"] == draft["motivation"]
    assert (await who.get(draft["links"]["self"])).json()["status"] == "awaiting_nominator"
    body = {"token": token, "decision": "confirm", "statement": "I know her work."}
    first, again = await anonymous.post(CONFIRMATION, body), await anonymous.post(CONFIRMATION, body)
    assert (first.status_code, first.json()) == (200, again.json()), first.text
    assert first.json() == {
        "ref": draft["ref"], "status": "nominated", "call_titles": {"en": "Committee of soils"},
    }  # fmt: skip
    for other in ({"decision": "decline"}, {"statement": "Another"}, {"token": "unknown"}):
        response = await anonymous.post(CONFIRMATION, {**body, **other})
        assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "token_not_valid")
    read = (await who.get(draft["links"]["self"])).json()
    assert (read["status"], read["statement"], read["version"]) == ("nominated", "I know her work.", 3)
    line = (await who.get(f"{draft['links']['self']}/history")).json()["items"][0]
    assert (line["action"], line["by"]["kind"]) == ("confirm", "anonymous")


async def test_a_nomination_is_confirmed_until_the_deadline_and_lapses_after_it(
    round_: Round, anonymous: Caller
) -> None:
    await round_.open(members=0)
    who, draft = await round_.nominee()
    _, unfinished = await round_.nominee()
    submitted = await done(who, draft, "submit")
    body = {"token": await round_.token(submitted), "decision": "decline"}
    round_.later(days=2, seconds=1)
    assert (await anonymous.post(CONFIRMATION, body)).status_code == 422
    await round_.scheduled()
    for nomination in (draft, unfinished):
        assert (await round_.admin.get(nomination["links"]["self"])).json()["status"] == "lapsed"
    assert (await anonymous.post(CONFIRMATION, body)).status_code == 422
    until = to_text(round_.started + timedelta(days=4))
    late = await done(round_.admin, draft, "extend", reason="Ill", fields={"until": until})
    assert (late["status"], late["extended_until"]) == ("draft", until)
    assert (await done(who, draft, "submit"))["status"] == "awaiting_nominator"
    await round_.scheduled()
    declined = await anonymous.post(CONFIRMATION, body)
    assert (declined.status_code, declined.json()["status"]) == (200, "declined"), declined.text


async def test_a_second_too_late_is_too_late_until_the_deadline_is_extended(round_: Round) -> None:
    call = await round_.open(members=0)
    who, draft = await round_.nominee()
    other, _ = await round_.member()
    round_.later(days=1, seconds=1)
    assert await refused(who, draft, "submit") == "deadline_passed"
    early = await other.post(NOMINATIONS, round_.nomination())
    assert (early.status_code, early.json()["reason"]) == (409, "deadline_passed")
    later = {"nominee_deadline": to_text(round_.started + timedelta(days=2))}
    await done(round_.admin, call, "extend", reason="A holiday", fields=later)
    assert (await other.post(NOMINATIONS, round_.nomination())).status_code == 201
    assert (await done(who, draft, "submit"))["status"] == "awaiting_nominator"


async def test_the_office_admits_one_late_candidate(round_: Round) -> None:
    await round_.open(members=0)
    who, draft = await round_.nominee()
    other, late = await round_.nominee()
    round_.later(days=1, seconds=1)
    officer = round_.admin.known_as("officer")
    for until in (None, to_text(round_.started), to_text(round_.started + timedelta(days=400))):
        response = await officer.step(draft["links"]["self"], "extend", reason="Ill", fields={"until": until})
        assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/fields/until")
    fields = {"until": to_text(round_.started + timedelta(days=1, hours=1))}
    await done(officer, draft, "extend", reason="Ill", fields=fields)
    assert (await done(who, draft, "submit"))["status"] == "awaiting_nominator"
    assert await refused(other, late, "submit") == "deadline_passed"
    assert await refused(who, draft, "extend", reason="Me too", fields=fields) == "not_permitted"


@pytest.mark.parametrize(
    ("call", "nomination", "reason"),
    [
        ({"eligibility": {"fields": ["2"]}}, {}, "not_eligible"),
        ({}, {"nominator": {"name": "Me", "email": "ME@example.org"}}, "self_nomination"),
        ({"nominator_kinds": ["centre"]}, {"nominator": {**NOMINATOR, "kind": "expert"}}, "nominator_not_eligible"),
    ],
)
async def test_a_submission_is_refused_for_the_expert_and_the_nominator_of_the_nomination(
    round_: Round, call: dict[str, Any], nomination: dict[str, Any], reason: str
) -> None:
    await round_.open(members=0, **call)
    expert = {"emails": [{"value": "me@example.org"}], "fields": ["1.5"]}
    who, draft = await round_.nominee(expert=expert, **nomination)
    assert await refused(who, draft, "submit") == reason
    offered = {
        one["action"]: one["reason"] for one in (await who.get(draft["links"]["self"])).json()["allowed_actions"]
    }
    assert offered["submit"] == reason
    assert await refused(round_.admin, draft, "submit") == "not_the_person"


async def test_a_call_names_the_kinds_of_its_nominators(round_: Round) -> None:
    await round_.open(members=0, nominator_kinds=["centre", "committee"])
    who, draft = await round_.nominee(nominator={**NOMINATOR, "kind": "committee"})
    assert draft["nominator"]["kind"] == "committee"
    await done(who, draft, "submit")
    record = (await round_.admin.get(f"/membership/v1/experts/{draft['expert_id']}")).json()
    own = {**NOMINATOR, "email": record["emails"][0]["value"]}
    for other, reason in ((NOMINATOR, "nominator_not_eligible"), (own, "self_nomination")):
        assert await refused(who, draft, "change_nominator", fields={"nominator": other}) == reason
    changed = await done(who, draft, "change_nominator", fields={"nominator": {**NOMINATOR, "kind": "centre"}})
    assert changed["nominator"]["kind"] == "centre"


async def test_a_late_job_neither_mails_nor_ends_the_link_of_the_present_nominator(
    round_: Round, anonymous: Caller
) -> None:
    """The jobs and mails of the requests may run in any order, and one address may be asked twice."""
    await round_.open(members=0)
    who, draft = await round_.nominee(nominator=NOMINATOR)
    await done(who, draft, "submit")
    await done(who, draft, "change_nominator", fields={"nominator": {**NOMINATOR, "office": "Rector"}})
    seal, sent = MailSeal(MembershipSettings()), []
    for asked in (2, 1):
        async with unit_of_work(round_.database, SYSTEM_CONTEXT) as uow:
            sent.append(await confirmation.send(uow, seal, UUID(draft["id"]), "nomination", asked, "http://page"))
    assert sent == [True, False]
    mails = [
        Mail(NOMINATOR["email"], "nomination", "en", {"nomination": draft["id"], "asked": asked, "token": uuid4().hex})
        for asked in ("2", "1")
    ]
    prepared = []
    for mail in mails:
        async with unit_of_work(round_.database, SYSTEM_CONTEXT) as uow:
            prepared.append(await confirmation.prepare(uow, mail))
    assert prepared == [mails[0], None]
    body = {"token": mails[0].values["token"], "decision": "confirm"}
    assert (await anonymous.post(CONFIRMATION, body)).status_code == 200


async def test_a_permitted_self_nomination(round_: Round) -> None:
    await round_.open(members=0, self_nomination=True, eligibility={"countries": ["XA"], "fields": ["1"]})
    expert = {"emails": [{"value": "me@example.org"}], "fields": ["1.5"]}
    who, draft = await round_.nominee(expert=expert, nominator={"name": "Me", "email": "me@example.org"})
    assert (await done(who, draft, "submit"))["status"] == "awaiting_nominator"


async def test_another_nominator_ends_the_link_of_the_first(round_: Round, anonymous: Caller) -> None:
    await round_.open(members=0)
    who, draft = await round_.nominee()
    body = {"token": await round_.token(await done(who, draft, "submit")), "decision": "confirm"}
    missing = await who.step(draft["links"]["self"], "change_nominator")
    assert (missing.status_code, missing.json()["errors"][0]["pointer"]) == (422, "/fields/nominator")
    other = {"name": "Bea Example", "email": "bea@example.org"}
    changed = await done(who, draft, "change_nominator", fields={"nominator": other})
    assert (changed["status"], changed["nominator"]["email"]) == ("awaiting_nominator", "bea@example.org")
    for path in (CONFIRMATION, f"{CONFIRMATION}/preview"):
        sent = body if path == CONFIRMATION else {"token": body["token"]}
        response = await anonymous.post(path, sent)
        assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "token_not_valid")
    body["token"] = await round_.token(changed)
    assert (await anonymous.post(CONFIRMATION, body)).status_code == 200


async def test_experts_enter_their_own_nominations_once(round_: Round, admin: Caller, newcomer: Caller) -> None:
    await round_.open(members=0)
    for caller in (admin, newcomer):
        refusal = await caller.post(NOMINATIONS, round_.nomination())
        assert (refusal.status_code, refusal.json()["code"]) == (409, "record_missing")
    refusal = await admin.known_as("secretariat").post(NOMINATIONS, round_.nomination())
    assert (refusal.status_code, refusal.json()["reason"]) == (403, "not_the_person")
    who, draft = await round_.nominee()
    twice = await who.post(NOMINATIONS, round_.nomination())
    assert (twice.status_code, twice.json()["errors"][0]["code"]) == (409, "not_unique")
    hidden = (await round_.admin.post("/membership/v1/calls", round_.body())).json()
    unknown = await who.post(NOMINATIONS, round_.nomination(call_id=hidden["id"]))
    assert (unknown.status_code, unknown.json()["errors"][0]["code"]) == (422, "unknown_reference")
    other, _ = await round_.nominee()
    assert (await other.get(draft["links"]["self"])).status_code == 404
    assert [one["id"] for one in (await who.get(NOMINATIONS)).json()["items"]] == [draft["id"]]


async def test_after_the_submission_only_the_consents_change(round_: Round) -> None:
    await round_.open(members=0)
    who, draft = await round_.nominee()
    path = draft["links"]["self"]
    etag = (await who.get(path)).headers["etag"]
    changed = await who.patch(path, {"motivation": "More.", "nominator": {"office": None}}, etag=etag)
    assert (changed.status_code, changed.json()["nominator"]["office"]) == (200, None), changed.text
    submitted = await done(who, draft, "submit")
    etag = (await who.get(path)).headers["etag"]
    assert (await who.patch(path, {"motivation": "Less."}, etag=etag)).status_code == 409
    agreed = await who.patch(path, {"consents": {"results": True}}, etag=etag)
    assert (agreed.status_code, agreed.json()["consents"]) == (200, {"results": True, "balance": False})
    moved = await who.patch(path, {"call_id": submitted["id"]}, etag=agreed.headers["etag"])
    assert moved.status_code == 422


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"motivation": "x" * 5_001}, "/motivation"),
        ({"documents": [CV] * 11}, "/documents"),
        ({"documents": [CV, {**CV, "url": None}]}, "/documents/1"),
        ({"documents": [{**CV, "evidence_id": "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"}]}, "/documents/0/evidence_id"),
        ({"nominator": {"name": "Ana", "email": "nowhere"}}, "/nominator/email"),
        ({"expert_id": "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"}, "/expert_id"),
        ({"consents": {"everything": True}}, "/consents/everything"),
    ],
)
async def test_bounds_of_a_nomination(round_: Round, fields: dict[str, Any], pointer: str) -> None:
    await round_.open(members=0)
    who, _ = await round_.member()
    response = await who.post(NOMINATIONS, round_.nomination(**fields))
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, pointer), response.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nominators_are_mailed(round_: Round, anonymous: Caller, posted: Mailbox, language: str) -> None:
    await round_.open(members=0, titles={"en": "Committee of soils", language: "Appel 2027"})
    who, draft = await round_.nominee(expert={"languages": [language]})
    address = draft["nominator"]["email"]
    await done(who, draft, "submit")
    asked = await posted.next_to(address)
    text = text_of(asked)
    assert asked["Content-Language"] == language
    assert all(one in text for one in ("Appel 2027", "#nomination="))
    assert not any(one in text for one in ("Ana Example", "Amina Varga")), "nobody has confirmed the address"
    body = {"token": token_in(asked), "decision": "confirm"}
    assert (await anonymous.post(CONFIRMATION, body)).json()["status"] == "nominated"
    receipt = await posted.next_to(address, 2)
    assert all(one in text_of(receipt) for one in ("Ana Example", "Amina Varga", "Appel 2027"))
    assert receipt["Subject"] != asked["Subject"]


@pytest.mark.long("waits for several mails")
async def test_a_mailed_link_of_a_replaced_nominator_does_not_work(
    round_: Round, anonymous: Caller, posted: Mailbox
) -> None:
    await round_.open(members=0)
    who, draft = await round_.nominee()
    await done(who, draft, "submit")
    first = await posted.next_to(draft["nominator"]["email"])
    other = {"name": "Bea Example", "email": f"bea{draft['ref']}@example.org"}
    await done(who, draft, "change_nominator", fields={"nominator": other})
    second = await posted.next_to(other["email"])
    for mail, status in ((first, 422), (second, 200)):
        body = {"token": token_in(mail), "decision": "decline"}
        assert (await anonymous.post(CONFIRMATION, body)).status_code == status
    assert await round_.rows.fetchval(
        "SELECT count(*) FROM core_mail_token WHERE subject_id = $1", UUID(draft["id"])
    ) == 1  # fmt: skip
    assert tokens.NOMINATION in text_of(second)
