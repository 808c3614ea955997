"""The job matches an affiliation's text; an unsure match waits for a person, whose decision remains."""

from datetime import UTC, datetime
from typing import Any

import asyncpg
import pytest

from services.membership.register.affiliations import matching
from tests.membership.register.affiliations.conftest import Match
from tests.support.callers import Caller
from tests.support.institutions import submitted, verified
from tests.support.membership import EXPERTS, INSTITUTIONS, entered

AFFILIATIONS = "/membership/v1/affiliations"


@pytest.fixture(scope="module", autouse=True)
async def register(membership: Any) -> dict[str, str]:
    admin = Caller(membership, "admin")
    known = {name: (await verified(admin, name))["id"] for name in ("University of Ostrava Bay", "Pelmora College")}
    known["Twin Peaks University"] = (await verified(admin, "Twin Peaks University"))["id"]
    known["abroad"] = (await verified(admin, "Foreign Shore University", country="XB"))["id"]
    known["hidden"] = (await verified(admin, "Veiled Harbour University", visibility="restricted"))["id"]
    known["submitted"] = (await submitted(admin, "Newborn Valley University"))["id"]
    return known


async def affiliated(admin: Caller, raw: str, **more: Any) -> str:
    """The path of a new expert's affiliation with this text."""
    expert = await entered(admin, **more)
    response = await admin.post(f"{EXPERTS}/{expert['id']}/affiliations", {"raw": raw})
    assert response.status_code == 201, response.text
    assert response.json()["match"]["status"] == "waiting"
    return str(response.json()["links"]["self"])


async def read(admin: Caller, path: str) -> dict[str, Any]:
    response = await admin.get(path)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def opened(caller: Caller, **query: str) -> list[dict[str, Any]]:
    response = await caller.get(AFFILIATIONS, params={"match": "open", **query})
    assert response.status_code == 200, response.text
    return list(response.json()["items"])


async def test_what_is_sure_is_linked_with_method_score_and_history(
    admin: Caller, register: dict[str, str], match: Match
) -> None:
    path = await affiliated(admin, "Dept. of Botany, University of Ostrava Bay")
    before = await read(admin, path)
    await match()
    after = await read(admin, path)
    assert after["institution_id"] == register["University of Ostrava Bay"]
    assert after["raw"] == before["raw"]
    assert after["version"] == before["version"] + 1
    assert (after["match"]["status"], after["match"]["method"]) == ("linked", "exact")
    assert after["match"]["score"] >= 0.9
    assert after["match"]["decided_by"] == "system"
    expert = path.split("/affiliations")[0]
    shown = (await admin.get(expert)).json()["affiliations"][0]
    assert shown["match"] == after["match"]
    found = await admin.get(EXPERTS, params={"institution": after["institution_id"]})
    assert expert in found.text
    assert await match() == 0


async def test_the_link_leaves_one_audit_entry_and_one_fact(
    admin: Caller, match: Match, superuser: asyncpg.Connection
) -> None:
    path = await affiliated(admin, "Pelmora College")
    await match()
    key = path.rpartition("/")[2]
    entries = await superuser.fetch("SELECT action, version FROM core_audit WHERE subject = $1 ORDER BY version", key)
    assert [tuple(entry) for entry in entries] == [("create", 1), ("link", 2)]
    facts = await superuser.fetch("SELECT type FROM core_outbox WHERE subject = $1 ORDER BY version", key)
    assert [fact["type"].split(".")[3] for fact in facts] == ["created", "updated"]


async def test_a_batch_of_texts_that_are_known_already_is_matched_too(
    admin: Caller, register: dict[str, str], match: Match, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "AT_ONCE", 1)
    paths = [await affiliated(admin, "Pelmora College") for _ in range(3)]
    await match()
    assert {(await read(admin, path))["institution_id"] for path in paths} == {register["Pelmora College"]}


async def test_a_person_decides_what_is_not_sure(admin: Caller, register: dict[str, str], match: Match) -> None:
    path = await affiliated(admin, "Pelmora Colege of Botany")
    await match()
    row = await read(admin, path)
    assert (row["institution_id"], row["match"]["status"], row["match"]["method"]) == (None, "open", None)
    assert row["version"] == 1
    listed = next(item for item in await opened(admin) if item["id"] == row["id"])
    assert listed["expert"]["id"] in path
    candidate = listed["match"]["candidates"][0]
    assert candidate["institution"]["id"] == register["Pelmora College"]
    accepted = await admin.step(path, "accept", fields={"institution_id": candidate["institution"]["id"]})
    assert accepted.status_code == 200, accepted.text
    decided = accepted.json()["match"]
    assert (decided["status"], decided["decided_by"], decided["score"]) == ("linked", "person", candidate["score"])
    assert row["id"] not in {item["id"] for item in await opened(admin)}
    for _ in range(2):
        await match(datetime.now(UTC))
    assert (await read(admin, path))["match"] == decided


async def test_none_of_them_is_kept_and_can_be_undone(admin: Caller, register: dict[str, str], match: Match) -> None:
    path = await affiliated(admin, "University of Ostrava Bay")
    await match()
    rejected = await admin.step(path, "reject", reason="Another Ostrava.")
    assert rejected.status_code == 200, rejected.text
    assert (rejected.json()["institution_id"], rejected.json()["match"]["status"]) == (None, "none")
    await match(datetime.now(UTC))
    assert (await read(admin, path))["match"]["status"] == "none"
    assert (await admin.step(path, "reopen")).json()["match"]["status"] == "waiting"
    await match()
    assert (await read(admin, path))["institution_id"] == register["University of Ostrava Bay"]


async def test_somebody_without_a_candidate_can_be_linked_by_hand(
    admin: Caller, register: dict[str, str], match: Match
) -> None:
    path = await affiliated(admin, "Xqzw Vbnm")
    await match()
    assert (await read(admin, path))["match"]["status"] == "unknown"
    fields = {"institution_id": register["Pelmora College"]}
    linked = (await admin.step(path, "accept", fields=fields)).json()
    assert (linked["match"]["method"], linked["match"]["score"]) == ("manual", None)


async def test_an_institution_that_is_verified_later_is_found_again(
    admin: Caller, register: dict[str, str], match: Match
) -> None:
    path = await affiliated(admin, "Late Bloom University")
    await match()
    assert (await read(admin, path))["institution_id"] is None
    late = await submitted(admin, "Late Bloom University")
    await match(datetime.now(UTC))
    assert (await read(admin, path))["match"]["status"] == "open"
    await admin.step(f"{INSTITUTIONS}/{late['id']}", "verify")
    await match(datetime.now(UTC))
    assert (await read(admin, path))["institution_id"] == late["id"]


async def test_restricted_institutions_and_unverified_ones_are_not_linked(
    admin: Caller, register: dict[str, str], match: Match
) -> None:
    hidden = await affiliated(admin, "Veiled Harbour University")
    newborn = await affiliated(admin, "Newborn Valley University")
    elsewhere = await affiliated(admin, "Newborn Valley University", country="XB")
    await match()
    assert (await read(admin, hidden))["match"]["status"] == "unknown"
    assert (await read(admin, newborn))["match"]["status"] == "open"
    assert (await read(admin, elsewhere))["match"]["status"] == "unknown"
    assert register["hidden"] not in str(await opened(admin))


async def test_an_institution_abroad_is_linked_only_where_the_text_names_its_country(
    admin: Caller, register: dict[str, str], match: Match
) -> None:
    path = await affiliated(admin, "Foreign Shore University")
    await match()
    assert (await read(admin, path))["match"]["status"] == "open"


async def test_a_change_keeps_the_match_and_a_new_text_is_matched_anew(
    admin: Caller, register: dict[str, str], match: Match
) -> None:
    path = await affiliated(admin, "Pelmora College")
    await match()
    etag = (await admin.get(path)).headers["etag"]
    changed = await admin.patch(path, {"role": "Dean"}, etag=etag)
    assert changed.json()["institution_id"] == register["Pelmora College"]
    assert changed.json()["match"]["status"] == "linked"
    same = await admin.patch(path, {"role": "Dean"}, etag=changed.headers["etag"])
    assert same.json()["version"] == changed.json()["version"]
    changed = await admin.patch(path, {"raw": "University of Ostrava Bay"}, etag=same.headers["etag"])
    assert (changed.json()["institution_id"], changed.json()["match"]["status"]) == (None, "waiting")
    await match()
    assert (await read(admin, path))["institution_id"] == register["University of Ostrava Bay"]
    stated = {"raw": None, "institution_id": register["Pelmora College"]}
    etag = (await admin.get(path)).headers["etag"]
    assert (await admin.patch(path, stated, etag=etag)).json()["match"] is None


async def test_bad_decisions_are_refused(admin: Caller, register: dict[str, str], match: Match) -> None:
    path = await affiliated(admin, "Pelmora Colege")
    await match()
    steps = f"{path}/transitions"
    etag = (await admin.get(path)).headers["etag"]
    assert (await admin.post(steps, {"action": "reject"})).status_code == 428
    stale = await admin.post(steps, {"action": "reject"}, etag='"9.00000000"')
    assert stale.status_code == 412
    for body, status, code in (
        ({"action": "marry"}, 422, "unknown_action"),
        ({"action": "accept"}, 409, "transition_not_allowed"),
        ({"action": "accept", "fields": {"institution_id": "x"}}, 409, "transition_not_allowed"),
        ({"action": "accept", "fields": {"institution_id": path.rpartition("/")[2]}}, 422, "validation_failed"),
        ({"action": "reopen"}, 409, "transition_not_allowed"),
    ):
        response = await admin.post(steps, body, etag=etag)
        assert (response.status_code, response.json()["code"]) == (status, code), response.text
    offered = (await admin.get(steps)).json()
    assert offered["status"] == "open"
    assert {offer["action"] for offer in offered["allowed_actions"]} == {"accept", "reject"}


async def test_only_who_holds_the_country_sees_and_decides(
    admin: Caller, caller: Any, register: dict[str, str], match: Match
) -> None:
    path = await affiliated(admin, "Pelmora Kollege", visibility="network")
    await match()
    key = path.rpartition("/")[2]
    for name, sees in (("officer", True), ("author_xa", True), ("author_xb", False), ("applicant", False)):
        assert (key in {item["id"] for item in await opened(caller(name))}) is sees, name
    assert (await caller(None).get(AFFILIATIONS)).status_code == 401
    for name, status in (("author_xb", 404), ("focal_xa", 403), ("applicant", 404), ("author_xa", 200)):
        etag = (await admin.get(path)).headers["etag"]
        response = await caller(name).post(f"{path}/transitions", {"action": "reject"}, etag=etag)
        assert response.status_code == status, (name, response.text)


async def test_the_list_of_open_questions_is_bounded_and_filtered(
    admin: Caller, register: dict[str, str], match: Match
) -> None:
    for number in range(3):
        await affiliated(admin, f"Pelmora Colllege {number}", country="XB")
    await match()
    response = (await admin.get(AFFILIATIONS, params={"match": "open", "country": "XB", "limit": 2})).json()
    assert len(response["items"]) == 2
    assert response["next"]
    assert {item["country"] for item in response["items"]} == {"XB"}
    assert (await admin.get(f"{AFFILIATIONS}?match=shut")).status_code == 400
