"""A broadcast is written by one person, approved by another, and counted before it is sent."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.membership.mailing.broadcasts.segments import SEGMENT_FILTERS
from shared.kernel.clock import now, to_text
from tests.membership.mailing.outreach.conftest import BROADCASTS, Office
from tests.support.callers import CALLERS, Caller
from tests.support.mailbox import Mailbox, text_of
from tests.support.principals import enter_callers

At = Callable[[str | None], Caller]


async def test_another_person_approves_what_nobody_may_change_afterwards(office: Office, caller: At) -> None:
    path = await office.draft()
    refused = await office.admin.step(path, "approve")
    assert (refused.status_code, refused.json()["reason"]) == (403, "second_person_is_the_first")
    (offer,) = [one for one in (await office.admin.get(path)).json()["allowed_actions"] if one["action"] == "approve"]
    assert (offer["allowed"], offer["reason"]) == (False, "second_person_is_the_first")
    refused = await caller("secretariat").step(path, "approve")
    assert (refused.status_code, refused.json()["reason"]) == (403, "second_person_is_a_client")
    approved = await office.second.step(path, "approve")
    assert (approved.status_code, approved.json()["status"]) == (200, "approved")
    etag = approved.headers["etag"]
    changed = await office.second.patch(path, {"texts": {"en": "Something else."}}, etag=etag)
    assert changed.status_code == 409
    cancelled = await office.admin.step(path, "cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")


async def test_who_changes_a_draft_is_an_author(office: Office) -> None:
    path = await office.draft()
    etag = (await office.second.get(path)).headers["etag"]
    changed = await office.second.patch(path, {"segment": {"country": "XA"}}, etag=etag)
    assert changed.json()["segment"] == {"keyword": office.keyword, "country": "XA"}
    assert (await office.second.step(path, "approve")).status_code == 403


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"subjects": {"fr": "Le congrès"}, "texts": {"fr": "En mai."}}, "/subjects/en", "required"),
        ({"texts": {"en": "In May.", "fr": "En mai."}}, "/texts", "invalid_value"),
        ({"subjects": {"de": "x"}}, "/subjects/de", "not_one_of"),
        ({"subjects": {"en": "x" * 501}}, "/subjects/en", "too_long"),
        ({"texts": {"en": "x" * 20_001}}, "/texts/en", "too_long"),
        ({"segment": {"unknown": "x"}}, "/segment/unknown", "not_one_of"),
        ({"segment": {"email": "a@example.org"}}, "/segment/email", "not_one_of"),
        ({"segment": {"holder": "me"}}, "/segment/holder", "not_one_of"),
        ({"segment": {"country": "ZZ"}}, "/segment/country", "invalid_value"),
        ({"segment": {"institution": "none"}}, "/segment/institution", "invalid_value"),
        ({"purpose": "marketing"}, "/purpose", "not_one_of"),
        ({"per_minute": 601}, "/per_minute", "out_of_range"),
        ({"per_minute": 0}, "/per_minute", "out_of_range"),
        ({"send_at": "2027-01-01T00:00:00"}, "/send_at", "invalid_value"),
        ({"status": "sent"}, "/status", "unknown_field"),
    ],
)
async def test_a_broadcast_is_checked(office: Office, change: dict[str, Any], pointer: str, code: str) -> None:
    refused = await office.admin.post(BROADCASTS, office.body(**change))
    assert refused.status_code == 422, refused.text
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [(pointer, code)]


async def test_a_filter_takes_what_the_list_takes(office: Office, caller: At) -> None:
    assert {"holder", "email"}.isdisjoint(SEGMENT_FILTERS)
    segment = {"country": ["XA", "XB"], "status": "active", "q": "va", "updated_after": "2020-01-01"}
    made = await office.admin.post(BROADCASTS, office.body(segment=segment))
    assert made.json()["segment"] == {**segment, "country": "XA,XB"}
    assert (await office.admin.get(f"{made.json()['links']['self']}/dry_run")).status_code == 200


async def test_only_offices_over_everything_know_of_it(office: Office, caller: At) -> None:
    path = await office.draft()
    assert (await caller("auditor").get(path)).status_code == 200
    assert (await caller("auditor").get(f"{path}/recipients")).json()["items"] == []
    assert (await caller("auditor").get(f"{path}/dry_run")).status_code == 200
    assert (await caller("auditor").step(path, "test")).status_code == 403
    for name in ("officer", "author_xa", "focal_xa", "applicant", "reader_xa"):
        assert (await caller(name).get(path)).status_code == 404
        assert (await caller(name).get(f"{path}/recipients")).status_code == 404
        assert (await caller(name).get(f"{path}/dry_run")).status_code == 404
        assert (await caller(name).get(BROADCASTS)).json()["items"] == []
        assert (await caller(name).post(BROADCASTS, office.body())).status_code == 403
    assert (await caller(None).get(path)).status_code == 401


async def test_the_dry_run_counts_by_language_and_exclusion(office: Office, superuser: asyncpg.Connection) -> None:
    await office.expert(languages=["de", "fr-CA", "en"])
    await office.expert(languages=["ar"])
    await office.expert(consents=False)
    shared = [{"value": f"shared.{office.keyword}@example.org"}]
    await office.expert(emails=shared)
    await office.expert(emails=[{"value": shared[0]["value"].upper()}])
    bounced, _ = await office.expert()
    await superuser.execute(
        "UPDATE member_expert SET emails = jsonb_set(emails, '{0,bounced_at}', '\"2026-01-01\"') WHERE id = $1",
        UUID(bounced["id"]),
    )
    for action in ("restrict_processing", "mark_deceased"):
        expert, _ = await office.expert()
        assert (await office.admin.step(expert["links"]["self"], action, reason="A letter came")).status_code == 200
    owned, _ = await office.expert()
    await superuser.execute("UPDATE member_expert SET account_id = uuidv7() WHERE id = $1", UUID(owned["id"]))
    lost, _ = await office.expert()
    await superuser.execute("UPDATE member_expert SET emails = '[]' WHERE id = $1", UUID(lost["id"]))
    french = {"subjects": {"en": "May", "fr": "Mai"}, "texts": {"en": "May", "fr": "Mai"}}
    found = (await office.admin.get(f"{await office.draft(**french)}/dry_run")).json()
    excluded = dict.fromkeys(("same_address", "bounced", "restricted", "ended", "account_closed", "no_address"), 1)
    assert found == {"total": 10, "by_language": {"fr": 1, "en": 2}, "excluded": {**excluded, "no_consent": 1}}
    service = (await office.admin.get(f"{await office.draft(purpose='service')}/dry_run")).json()
    assert service == {"total": 10, "by_language": {"en": 4}, "excluded": excluded}


async def test_a_test_is_mailed_to_who_takes_it(
    office: Office, posted: Mailbox, superuser: asyncpg.Connection, database_url: str, caller: At
) -> None:
    await enter_callers(database_url)
    address = f"{office.keyword}@example.org"
    await superuser.execute(
        "UPDATE access_account SET email = $2, email_key = $2 WHERE id = $1", CALLERS["admin2"].id, address
    )
    both = {"subjects": {"en": "Congress", "ar": "المؤتمر"}, "texts": {"en": "In May.", "ar": "في أيار."}}
    path = await office.draft(**both)
    assert (await caller("secretariat").step(path, "test")).status_code == 403
    tested = await office.second.step(path, "test")
    assert (tested.status_code, tested.json()["status"]) == (200, "draft")
    await posted.next_to(address, 2)
    mails = {mail["Content-Language"]: mail for mail in posted.to(address)}
    assert mails["en"]["Subject"] == "[Test] Congress"
    assert "في أيار." in text_of(mails["ar"])
    assert all("#unsubscribe" not in text_of(mail) and mail["List-Unsubscribe"] is None for mail in mails.values())
    assert (await office.second.step(path, "approve")).status_code == 200, "who tests is no author"


async def test_nothing_is_sent_before_its_time(office: Office, posted: Mailbox) -> None:
    _, address = await office.expert()
    later = to_text(now() + timedelta(days=1))
    waiting = await office.started(send_at=later)
    assert (await office.sent(await office.started()))["sent"] == 1
    assert (await office.read(waiting))["outcomes"]["sent"] == 0
    assert len(posted.to(address)) == 1
