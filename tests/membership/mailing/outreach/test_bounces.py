"""A mail that comes back marks the address, and a complaint withdraws the consent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from shared.kernel.clock import now
from tests.membership.mailing.outreach.conftest import CONSENTS, Office
from tests.support.callers import CALLERS, Caller, grant, machine
from tests.support.mailbox import Mailbox
from tests.support.membership import EXPERTS, entered

At = Callable[[str | None], Caller]
BOUNCES = "/membership/v1/outreach/bounces"
_NARROWED = {"resources": frozenset({"membership.outreach"}), "verbs": frozenset({"write"})}


@pytest.fixture
def reporter(membership: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """A client that may do nothing but report what comes back."""
    principal = machine("reporter", grant("api_client", "global", **_NARROWED))
    monkeypatch.setitem(CALLERS, principal.name, principal)  # type: ignore[arg-type]
    return Caller(membership, principal.name)


async def _sent(office: Office, posted: Mailbox, address: str, purpose: str = "outreach") -> str:
    """The Message-ID of another mail to the address."""
    await office.sent(await office.started(purpose=purpose))
    return str(posted.to(address)[-1]["Message-ID"])


async def _report(reporter: Caller, message_id: str, kind: str) -> dict[str, Any]:
    response = await reporter.post(BOUNCES, {"message_id": message_id, "kind": kind})
    assert response.status_code == 200, response.text
    return dict(response.json())


async def _emails(office: Office, expert: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await office.admin.get(f"{EXPERTS}/{expert['id']}")).json()["emails"]
    return found


async def test_a_hard_bounce_marks_the_address_until_it_changes(
    office: Office, posted: Mailbox, reporter: Caller
) -> None:
    expert, address = await office.expert(visibility="public")
    message_id = await _sent(office, posted, address)
    for _ in range(2):
        assert await _report(reporter, message_id, "hard") == {"outcome": "bounced", "reason": "hard"}
    (email,) = await _emails(office, expert)
    assert email["bounced_at"] <= (await office.admin.get(f"{EXPERTS}/{expert['id']}")).json()["updated_at"]
    counts = await office.sent(await office.started())
    assert counts["excluded_for"] == {"bounced": 1}
    service = await office.sent(await office.started(purpose="service"))
    assert service["excluded_for"] == {"bounced": 1}
    path = f"{EXPERTS}/{expert['id']}"
    etag = (await office.admin.get(path)).headers["etag"]
    body = {"emails": [{"value": address, "bounced_at": None}]}
    assert (await office.admin.patch(path, body, etag=etag)).json()["errors"][0]["code"] == "unknown_field"
    kept = await office.admin.patch(path, {"emails": [{"value": address, "visibility": "network"}]}, etag=etag)
    assert "bounced_at" in kept.json()["emails"][0]
    both = {"emails": [{"value": address}, {"value": f"new.{address}"}]}
    changed = await office.admin.patch(path, both, etag=kept.headers["etag"])
    assert ["bounced_at" in one for one in changed.json()["emails"]] == [True, False]
    assert (await office.sent(await office.started()))["sent"] == 1
    assert len(posted.to(f"new.{address}")) == 1


async def test_strangers_see_a_public_address_without_its_mark(
    office: Office, posted: Mailbox, reporter: Caller, anonymous: Caller, superuser: asyncpg.Connection
) -> None:
    address = f"{uuid4().hex}@example.org"
    shown = [{"value": address, "visibility": "public"}]
    expert, _ = await office.expert(visibility="public", emails=shown)
    await superuser.execute("UPDATE member_expert SET status = 'active' WHERE id = $1", UUID(expert["id"]))
    await _report(reporter, await _sent(office, posted, address), "hard")
    assert "bounced_at" in (await _emails(office, expert))[0]
    listed = (await anonymous.get(f"{EXPERTS}/{expert['id']}")).json()["emails"]
    assert listed == [{**shown[0], "verified": False}]


async def test_the_third_soft_bounce_in_thirty_days_marks_the_address(
    office: Office, posted: Mailbox, reporter: Caller, superuser: asyncpg.Connection
) -> None:
    expert, address = await office.expert()
    old = await _sent(office, posted, address)
    assert await _report(reporter, old, "soft") == {"outcome": "bounced", "reason": "soft"}
    await superuser.execute(
        "UPDATE member_broadcast_recipient SET bounced_at = $2 WHERE id = $1",
        UUID(old.strip("<>").partition("@")[0]),
        now() - timedelta(days=31),
    )
    for _ in range(2):
        message_id = await _sent(office, posted, address)
        for _ in range(3):
            await _report(reporter, message_id, "soft")
    assert "bounced_at" not in (await _emails(office, expert))[0]
    await _report(reporter, await _sent(office, posted, address), "soft")
    assert "bounced_at" in (await _emails(office, expert))[0]


async def test_a_complaint_withdraws_the_consent(office: Office, posted: Mailbox, reporter: Caller) -> None:
    expert, address = await office.expert()
    message_id = await _sent(office, posted, address)
    for _ in range(2):
        assert await _report(reporter, message_id, "complaint") == {"outcome": "sent", "reason": "complaint"}
    (consent,) = (await office.admin.get(f"{CONSENTS}?expert_id={expert['id']}")).json()["items"]
    assert consent["status"] == "withdrawn"
    assert "bounced_at" not in (await _emails(office, expert))[0]


async def test_a_bounce_marks_the_address_of_the_record_that_the_expert_was_merged_into(
    office: Office, posted: Mailbox, reporter: Caller
) -> None:
    loser, address = await office.expert()
    message_id = await _sent(office, posted, address)
    winner = await entered(office.admin, visibility="restricted")
    body = {"resource": "experts", "winner_id": winner["id"], "loser_id": loser["id"]}
    assert (await office.admin.post("/membership/v1/merges", body)).status_code == 201
    await _report(reporter, message_id, "hard")
    assert "bounced_at" in (await _emails(office, winner))[0]
    other = await entered(office.admin, emails=[])
    merge = {"resource": "experts", "winner_id": other["id"], "loser_id": winner["id"]}
    assert (await office.admin.post("/membership/v1/merges", merge)).status_code == 201
    assert "bounced_at" in (await _emails(office, other))[0], "a merge takes the mark over"


async def test_only_clients_and_the_secretariat_report_what_was_sent(
    office: Office, posted: Mailbox, reporter: Caller, caller: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, address = await office.expert()
    body = {"message_id": await _sent(office, posted, address), "kind": "soft"}
    for name in ("officer", "author_xa", "auditor", "applicant", "reader_xa"):
        assert (await caller(name).post(BOUNCES, body)).status_code == 403, name
    assert (await caller(None).post(BOUNCES, body)).status_code == 401
    for code, status in (("XB", 422), ("XA", 200)):
        principal = machine(f"reporter of {code}", grant("api_client", "country", code, **_NARROWED))
        monkeypatch.setitem(CALLERS, principal.name, principal)  # type: ignore[arg-type]
        assert (await caller(principal.name).post(BOUNCES, body)).status_code == status
    assert (await caller("secretariat").post(BOUNCES, body)).status_code == 200
    for unknown in (f"<{uuid4()}@example.org>", "no id", address):
        refused = await reporter.post(BOUNCES, {"message_id": unknown, "kind": "hard"})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_reference")
        assert unknown not in refused.text
    waiting = await office.started(send_at="2099-01-01T00:00:00Z")
    assert await office.recipients(waiting) == []
