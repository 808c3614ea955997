"""Endorsements: claimed by a government, verified with a document, and ended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from services.actions.governments.endorsements.operations import expire_endorsements
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.support.callers import Caller

PATH = "/actions/v1/endorsements"
LETTER = {"title": "Letter of the minister", "date": "2026-05-04", "url": "https://example.org/letter.pdf"}


def claim(**more: Any) -> dict[str, Any]:
    return {"country": "XA", "body": {"name": "Ministry of Science", "kind": "ministry"}, "level": 3, **more}


async def claimed(by: Caller, **more: Any) -> str:
    response = await by.post(PATH, claim(**more))
    assert response.status_code == 201, response.text
    return f"{PATH}/{response.json()['id']}"


async def test_a_government_claims_and_the_secretariat_verifies_with_a_document(
    caller: Callable[[str | None], Caller], secretariat: Caller
) -> None:
    path = await claimed(caller("government_xa"), issued="2026-05-04")
    own = (await caller("government_xa").get(path)).json()
    assert own["status"] == "claimed"
    assert own["ref"].startswith("END-")
    assert [offer["reason"] for offer in own["allowed_actions"]] == ["not_permitted"]
    assert (await caller("government_xa").step(path, "verify")).status_code == 403

    refused = await secretariat.step(path, "verify")
    assert refused.status_code == 409
    assert refused.json()["reason"] == "document_missing"
    verified = await secretariat.step(path, "verify", fields={"document": LETTER})
    assert verified.status_code == 200, verified.text
    assert verified.json()["document"]["url"] == LETTER["url"]
    assert verified.json()["verified_on"] == today().isoformat()


async def test_what_was_verified_does_not_change(admin: Caller, admin2: Caller) -> None:
    path = await claimed(admin, document=LETTER)
    etag = (await admin.get(path)).headers["etag"]
    raised = await admin.patch(path, {"level": 4}, etag=etag)
    assert raised.json()["level"] == 4
    await admin2.step(path, "verify")
    etag = (await admin.get(path)).headers["etag"]
    assert (await admin.patch(path, {"level": 5}, etag=etag)).status_code == 409
    assert (await admin.patch(path, {"visibility": "public"}, etag=etag)).status_code == 200


async def test_an_endorsement_is_withdrawn_or_replaced(admin: Caller, admin2: Caller) -> None:
    for action, state in (("withdraw", "withdrawn"), ("replace", "superseded")):
        path = await claimed(admin, document=LETTER)
        assert (await admin.step(path, action)).json()["reason"] == "not_in_this_state"
        await admin2.step(path, "verify")
        ended = (await admin.step(path, action, reason="The minister resigned")).json()
        assert ended["status"] == state
        withdrawal = (today().isoformat(), "The minister resigned") if state == "withdrawn" else (None, None)
        assert (ended["withdrawn_on"], ended["withdrawal_reason"]) == withdrawal


async def test_time_ends_an_endorsement_and_no_caller_can(admin: Caller, admin2: Caller, database: Database) -> None:
    yesterday = (today() - timedelta(days=1)).isoformat()
    path = await claimed(admin, document=LETTER, valid_to=yesterday)
    await admin2.step(path, "verify")
    assert (await admin.step(path, "expire")).json()["code"] == "unknown_action"
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await expire_endorsements(uow) >= 1
    ended = (await admin.get(path)).json()
    assert ended["status"] == "expired"
    history = (await admin.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in history] == ["expire", "verify", "create"]
    assert history[0]["by"]["kind"] == "system"


async def test_bad_claims_are_refused(admin: Caller) -> None:
    faults: list[tuple[dict[str, Any], str]] = [
        ({"level": 6}, "/level"),
        ({"body": None}, ""),
        ({"country": "ZZ"}, "/country"),
        ({"issued": "2026-05-04", "valid_to": "2026-05-03"}, ""),
        ({"status": "verified"}, "/status"),
    ]
    for more, pointer in faults:
        response = await admin.post(PATH, claim(**more))
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == pointer, response.text
    path = await claimed(admin)
    bad = await admin.step(path, "verify", fields={"document": {"title": "no date"}})
    assert bad.status_code == 422
    assert bad.json()["errors"][0]["pointer"] == "/fields/document/date"


async def test_lists_are_filtered_and_limited_to_the_access_scope(
    caller: Callable[[str | None], Caller], admin: Caller, admin2: Caller
) -> None:
    path = await claimed(admin, level=5, visibility="restricted", document=LETTER, body={"name": "Órgano Único"})
    await admin2.step(path, "verify")
    record = path.rsplit("/", 1)[1]

    async def listed(by: Caller, query: str) -> list[str]:
        response = await by.get(f"{PATH}?{query}")
        assert response.status_code == 200, response.text
        return [item["id"] for item in response.json()["items"]]

    assert record in await listed(admin, "country=XA&status=verified&level=5&q=organo")
    assert record not in await listed(admin, "level=1")
    assert record in await listed(caller("government_xa"), "level=5")
    assert record not in await listed(caller("government_xb"), "level=5")
    assert (await caller("government_xb").get(path)).status_code == 404
    assert (await caller(None).get(PATH)).status_code == 401
    assert (await caller("government_xb").post(PATH, claim())).json()["reason"] == "country_forbidden"


async def test_nobody_verifies_what_they_claimed_or_changed(
    caller: Callable[[str | None], Caller], admin: Caller, admin2: Caller, secretariat: Caller
) -> None:
    for by in (admin, secretariat):
        path = await claimed(by, document=LETTER)
        refused = await by.step(path, "verify")
        assert (refused.status_code, refused.json()["reason"]) == (409, "not_independent")
        offers = {offer["action"]: offer["reason"] for offer in (await by.get(path)).json()["allowed_actions"]}
        assert offers == {"verify": "not_independent"}
        etag = (await admin2.get(path)).headers["etag"]
        assert (await admin2.patch(path, {"level": 5}, etag=etag)).status_code == 200
        assert (await admin2.step(path, "verify")).json()["reason"] == "not_independent"
        assert (await caller("officer").step(path, "verify")).status_code == 200


async def test_an_office_of_the_country_never_verifies_its_claim(
    caller: Callable[[str | None], Caller], admin: Caller
) -> None:
    path = await claimed(admin, document=LETTER)
    assert (await caller("both_xa").step(path, "verify")).json()["reason"] == "not_independent"
    elsewhere = await claimed(admin, document=LETTER, country="XB", level=1)
    assert (await caller("both_xa").step(elsewhere, "verify")).status_code == 200
