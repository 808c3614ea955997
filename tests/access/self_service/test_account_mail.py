"""People choose passwords and verify addresses with mailed tokens; responses disclose nothing about an address."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.access.administration import setting_up
from services.access.self_service.account_mail.jobs import delete_expired_mail
from services.access.settings import AccessSettings
from shared.contracts.access import ACCOUNT_RECOVERED
from shared.database.ids import uuid7
from shared.kernel.clock import now
from shared.mail.message import compose
from shared.mail.sealing import Mail, MailSeal
from shared.mail.sending import MailNotTaken, MailServer
from shared.messaging.relay import Relay
from tests.access.caller import Caller
from tests.support.clock import room_in
from tests.support.inside import Inside
from tests.support.mailbox import Mailbox, text_of, token_in
from tests.support.waiting import eventually

_WORKER = """
import asyncio
from services.access.self_service.account_mail.jobs import job_handlers
from services.access.settings import AccessSettings
from shared.messaging.process import Process
from shared.messaging.worker import Worker
settings = AccessSettings()
asyncio.run(Process("worker-access", settings, Worker("access", settings, {}, job_handlers(settings), lease=2.0)).run())
"""

_ANNOUNCED = """
SELECT count(*) FROM (SELECT type, subject FROM escm.core_outbox UNION ALL SELECT type, subject FROM escm.core_fact) f
WHERE type = $1 AND subject = $2
"""
VALUES = {"name": "Ana", "page": "https://example.org/account", "token": "a-token"}


def _secret(url: str) -> Any:
    return AccessSettings(smtp_url=url).smtp_url


async def _account(caller: Caller, **more: Any) -> dict[str, Any]:
    body = {"email": f"{uuid4().hex}@example.org", "name": "Ana Example", **more}
    response = await caller.send("admin", "POST", "/accounts", body)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def _invited(caller: Caller, posted: Mailbox, password: str) -> dict[str, Any]:
    """An invited account with this password; its address is not verified."""
    account = (await caller.enter_person(f"{uuid4().hex}@example.org", password)).json()
    await posted.next_to(account["email"])
    return dict(account)


async def _post(caller: Caller, path: str, **body: Any) -> httpx.Response:
    headers = {"Accept-Language": body.pop("accept", "en")}
    return await caller.http.post(f"/access/v1/accounts/{path}", json=body, headers=headers)


def test_a_sealed_mail_opens_in_its_own_row_and_under_its_secret_only(settings: AccessSettings) -> None:
    mail, identity = Mail("ana@example.org", "verification", "en", {"token": "t"}), uuid7()
    seal = MailSeal(settings)
    sealed = seal.seal(mail, identity)
    assert b"ana@example.org" not in sealed
    assert seal.open(sealed, identity) == mail
    assert seal.open(sealed, uuid7()) is None
    assert MailSeal(settings.model_copy(update={"secret_key": _secret("smtp://other")})).open(sealed, identity) is None


async def test_a_new_account_is_invited_and_chooses_its_password(
    caller: Caller, posted: Mailbox, database_url: str
) -> None:
    account = await _account(caller, language="fr")
    assert (account["email_verified"], account["language"]) == (False, "fr")
    mail = await posted.next_to(account["email"])
    token = token_in(mail)
    assert (mail["Content-Language"], mail["Auto-Submitted"]) == ("fr", "auto-generated")
    chosen = await _post(caller, "password_reset/confirm", token=token, password="a password of my own")
    assert (chosen.status_code, chosen.content) == (204, b"")
    assert (await caller.log_in(account["email"], "a password of my own")).status_code == 200
    read = (await caller.send("admin", "GET", f"/accounts/{account['id']}")).json()
    assert read["email_verified"] is True
    again = await _post(caller, "password_reset/confirm", token=token, password="a password of a thief")
    assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "token_not_valid")
    lines = (await caller.send("admin", "GET", f"/accounts/{account['id']}/history")).json()["items"]
    assert (lines[0]["by"]["kind"], lines[0]["by"]["id"]) == ("account", account["id"])
    connection = await asyncpg.connect(database_url)
    dumps = await connection.fetch(
        "SELECT payload::text FROM escm.core_job UNION ALL SELECT encode(detail, 'escape') FROM escm.core_audit"
        " UNION ALL SELECT encode(digest, 'escape') FROM escm.access_account_token"
    )
    await connection.close()
    assert token not in "".join(row[0] for row in dumps)


async def test_a_reset_ends_all_sessions_and_other_tokens(caller: Caller, posted: Mailbox, database_url: str) -> None:
    account = await _invited(caller, posted, "the old password")
    signed_in = (await caller.log_in(account["email"], "the old password")).json()
    for _ in range(2):
        assert (await _post(caller, "password_reset", email=account["email"].upper())).status_code == 202
    first, second = [token_in(await posted.next_to(account["email"], n)) for n in (2, 3)]
    changed = await _post(caller, "password_reset/confirm", token=first, password="the new password")
    assert changed.status_code == 204
    renewal = {"grant_type": "refresh_token", "refresh_token": signed_in["refresh_token"]}
    assert (await caller.http.post("/access/v1/oauth/token", data=renewal)).json()["error"] == "invalid_grant"
    assert (await caller.log_in(account["email"], "the old password")).status_code == 400
    assert (await caller.log_in(account["email"], "the new password")).status_code == 200
    connection = await asyncpg.connect(database_url)
    announced = await connection.fetchval(_ANNOUNCED, ACCOUNT_RECOVERED, UUID(account["id"]))
    await connection.close()
    assert announced == 1, "calendars end with it"
    late = await _post(caller, "password_reset/confirm", token=second, password="the third password")
    assert late.status_code == 422


async def test_who_asks_learns_nothing_and_strangers_get_no_mail(
    caller: Caller, posted: Mailbox, database_url: str
) -> None:
    account = await _invited(caller, posted, "the old password")
    unknown = f"{uuid4().hex}@nowhere.example"
    responses = [await _post(caller, "password_reset", email=email) for email in (unknown, account["email"])]
    names = ("status_code", "content")
    assert len({tuple(getattr(response, name) for name in names) for response in responses}) == 1
    assert {*responses[0].headers} == {*responses[1].headers}
    mail = await posted.next_to(account["email"], 2)
    assert posted.to(unknown) == []
    connection = await asyncpg.connect(database_url)
    identity = mail["Message-ID"].strip("<>").partition("@")[0]
    sent = "SELECT sealed IS NULL AND sent_at IS NOT NULL FROM escm.core_mail WHERE id = $1"
    await eventually(lambda: connection.fetchval(sent, identity))
    left = await connection.fetchval("SELECT count(*) FROM escm.core_mail WHERE sent_at IS NULL AND sealed IS NULL")
    await connection.close()
    assert left >= 1


async def test_a_letter_that_looks_alike_is_another_address(caller: Caller, posted: Mailbox) -> None:
    """A password for `smith@…` is not mailed to `ſmith@…`, whose owner is somebody else."""
    of = f"@{uuid4().hex}.example.org"
    account = await _account(caller, email=f"Smith{of}")
    await posted.next_to(account["email"])
    assert (await _post(caller, "password_reset", email=f"\u017fmith{of}")).status_code == 202
    assert (await _post(caller, "password_reset", email=f"smith{of}")).status_code == 202
    await posted.next_to(account["email"], 2)
    assert posted.to(f"\u017fmith{of}") == []
    other = await _account(caller, email=f"\u017fmith{of}")
    assert other["id"] != account["id"]


async def test_no_name_that_a_stranger_chose_is_mailed_to_an_address_that_nobody_confirmed(
    caller: Caller, posted: Mailbox
) -> None:
    address, name = f"{uuid4().hex}@example.org", "Your account was suspended"
    assert (await _post(caller, "registration", email=address, name=name)).status_code == 202
    await posted.next_to(address)
    assert (await _post(caller, "password_reset", email=address)).status_code == 202
    mails = [await posted.next_to(address, count) for count in (1, 2)]
    assert [name in mail.as_string() for mail in mails] == [False, False]
    chosen = await _post(caller, "password_reset/confirm", token=token_in(mails[1]), password="a password of my own")
    assert chosen.status_code == 204
    assert (await _post(caller, "registration", email=address, name="Claim your prize")).status_code == 202
    again = await posted.next_to(address, 3)
    assert (name in text_of(again), "prize" in again.as_string()) == (True, False), "the owner chose this one"
    for bad in ("Ana\u2028Khan", "Ana \u202ekhan", "see evil.example", "ana@example.org", "A" * 101):
        refused = await _post(caller, "registration", email=address, name=bad)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/name"), bad


async def test_mails_link_to_the_installation_only(settings: AccessSettings) -> None:
    own = settings.issuer
    elsewhere = f"{own}@evil.example/ or evil.com."
    values = {"subject": "May", "text": f"See {own}/a?b=1&c=2, not {elsewhere}"}
    mail = compose(
        Mail("ana@example.org", "broadcast", "en", {**values, "page": settings.page, "token": ""}),
        uuid7(),
        now(),
        "mail@escm.example",
        origins=settings.own_origins,
    )
    html = mail.get_body(("html",))
    assert html is not None
    shown = html.get_content()
    assert re.findall(r'href="([^"]*)"', shown) == [f"{own}/a?b=1&amp;c=2"]
    assert elsewhere in shown


async def test_an_address_is_verified_unless_it_has_changed_since(caller: Caller, posted: Mailbox) -> None:
    account = await _invited(caller, posted, "some password")
    assert (await _post(caller, "verification", email=account["email"])).status_code == 202
    token = token_in(await posted.next_to(account["email"], 2))
    assert (await _post(caller, "verification/confirm", token=token)).status_code == 204
    path = f"/accounts/{account['id']}"
    assert (await caller.send("admin", "GET", path)).json()["email_verified"] is True
    assert (await _post(caller, "verification", email=account["email"])).status_code == 202
    token = token_in(await posted.next_to(account["email"], 3))
    wrong = await _post(caller, "password_reset/confirm", token=token, password="not for passwords")
    assert wrong.status_code == 422
    moved = f"{uuid4().hex}@example.org"
    changed = await caller.send("admin", "PATCH", path, {"email": moved}, **{"If-Match": '"2"'})
    assert (changed.status_code, changed.json()["email_verified"]) == (200, False)
    assert (await _post(caller, "verification/confirm", token=token)).status_code == 422
    notice = await posted.next_to(account["email"], 4)
    assert notice["Subject"] == "The address of your ESCM account has changed"
    assert "#" not in text_of(notice)
    token = token_in(await posted.next_to(moved))
    assert (await _post(caller, "verification/confirm", token=token)).status_code == 204


async def test_a_token_ends_with_its_time_and_with_the_account(
    caller: Caller, posted: Mailbox, database_url: str
) -> None:
    account = await _invited(caller, posted, "some password")
    assert (await _post(caller, "verification", email=account["email"])).status_code == 202
    token = token_in(await posted.next_to(account["email"], 2))
    link = account["links"]["self"]
    await caller.step("admin", link, "suspend", reason="left")
    assert (await _post(caller, "verification/confirm", token=token)).status_code == 422
    await caller.step("admin", link, "reinstate")
    connection = await asyncpg.connect(database_url)
    await connection.execute(
        "UPDATE escm.access_account_token SET until = now() - interval '2 days' WHERE account_id = $1", account["id"]
    )
    assert (await _post(caller, "verification/confirm", token=token)).status_code == 422
    mail = uuid7()
    await connection.execute(
        "INSERT INTO escm.core_mail VALUES ($1, 'access', 'verification', 'x', now() - interval '8 days')", mail
    )
    async with setting_up(database_url) as uow:
        await delete_expired_mail(uow)
    assert await connection.fetchval("SELECT sealed IS NULL FROM escm.core_mail WHERE id = $1", mail)
    counted = "SELECT count(*) FROM escm.access_account_token WHERE account_id = $1"
    assert await connection.fetchval(counted, account["id"]) == 0
    await connection.close()


async def test_an_address_gets_five_mails_an_hour_at_most(caller: Caller) -> None:
    await room_in(3600, 30)
    email = f"{uuid4().hex}@nowhere.example"
    responses = [await _post(caller, "password_reset", email=email) for _ in range(6)]
    assert [response.status_code for response in responses] == [202] * 5 + [429]
    assert "retry-after" in responses[-1].headers


async def test_strangers_use_up_nobodys_resets(app: Any, caller: Caller, database_url: str) -> None:
    await room_in(3600, 30)
    email = f"{uuid4().hex}@nowhere.example"
    connection = await asyncpg.connect(database_url)

    async def asked(address: str) -> int:
        transport = Inside(app, client=(address, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://access.test") as http:
            body = {"email": email}
            return (await http.post("/access/v1/accounts/password_reset", json=body)).status_code

    async def mails() -> int:
        return int(await connection.fetchval("SELECT count(*) FROM escm.core_mail"))

    stranger = [await asked(f"2001:db8:5:5::{n}") for n in range(8)]
    assert stranger == [202] * 5 + [429] * 3
    before = await mails()
    assert await asked("203.0.113.50") == 202
    assert await mails() == before + 1
    crowd = [await asked(f"198.51.100.{n}") for n in range(30)]
    assert crowd == [202] * 30
    assert await mails() == before + 15
    assert await asked("203.0.113.51") == 202
    await connection.close()


@pytest.mark.long("kills processes")
async def test_a_mail_of_a_killed_worker_comes_again_with_the_same_id(
    caller: Caller, settings: AccessSettings, database_url: str, redis_url: str
) -> None:
    box = Mailbox()
    box.start()
    environment = {**os.environ, "DATABASE_URL": database_url, "REDIS_URL": redis_url, "ESCM_SMTP_URL": box.url}
    account = await _account(caller)

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-c", _WORKER], env=environment, stdout=subprocess.DEVNULL)

    relay = Relay(settings, grace=0.2, backoff=0.05, poll=0.25)
    relaying = asyncio.create_task(relay.work())
    workers = [start()]

    def die() -> None:
        if len(workers) == 1 and box.to(account["email"]):
            workers[0].send_signal(signal.SIGKILL)
            workers.append(start())

    box.at_data = die
    try:
        first, second = [await box.next_to(account["email"], n, within=60) for n in (1, 2)]
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
        relay.stop()
        await relaying
        box.stop()
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"]
    assert token_in(first) == token_in(second)


async def test_without_a_mail_server_mails_are_files(settings: AccessSettings, tmp_path: Path) -> None:
    identity = uuid7()
    mail = compose(
        Mail("a@example.org", "verification", "en", dict.fromkeys(("name", "page", "token"), "x")),
        identity,
        now(),
        "m@escm.example",
    )
    await MailServer(settings.model_copy(update={"mail_folder": tmp_path / "mail"})).deliver(mail, identity)
    (written,) = (tmp_path / "mail").iterdir()
    assert written.name == f"{identity}.eml"
    assert written.stat().st_mode & 0o777 == 0o600
    assert written.read_bytes() == bytes(mail)


@pytest.mark.parametrize("refused_at", ["address", "content"])
async def test_a_mail_that_is_refused_for_good_is_not_tried_again(
    caller: Caller, settings: AccessSettings, posted: Mailbox, database_url: str, refused_at: str
) -> None:
    email = f"{uuid4().hex}@example.org"
    posted.at_address = lambda to: "550 no such user" if (refused_at, to) == ("address", email) else None
    posted.at_data = lambda: "554 not wanted" if refused_at == "content" else None
    relay = Relay(settings, grace=0.2, backoff=0.05, poll=0.25)
    relaying = asyncio.create_task(relay.work())
    try:
        traced = {"traceparent": f"00-{uuid4().hex}-{uuid4().hex[:16]}-01"}
        await caller.send("admin", "POST", "/accounts", {"email": email, "name": "Ana Example"}, **traced)
        job = await _ended(database_url, traced["traceparent"])
    finally:
        relay.stop()
        await relaying
        posted.at_address, posted.at_data = lambda _to: None, lambda: None
    code = 550 if refused_at == "address" else 554
    assert (job["status"], job["attempts"], job["error"]) == ("failed", 1, None)
    assert job["code"] == "mail_refused"
    assert job["detail"] == f"The mail server returned {code}."
    assert posted.asked.count(email) == 1
    assert job["sealed"] is None
    assert job["sent_at"] is None


async def _ended(database_url: str, traced: str) -> asyncpg.Record:
    """The job of the mail of a request, after it has ended."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    try:
        return await eventually(lambda: connection.fetchrow(_MAIL_OF, traced.split("-")[1]))
    finally:
        await connection.close()


_MAIL_OF = """
SELECT j.status, j.attempts, j.error, j.problem ->> 'code' AS code, j.problem ->> 'detail' AS detail,
    m.sealed, m.sent_at
FROM core_mail m JOIN core_job j ON j.job_type = 'send_mail' AND j.payload ->> 'mail' = m.id::text
WHERE split_part(j.traceparent, '-', 2) = $1 AND j.finished_at IS NOT NULL
"""


@pytest.mark.parametrize("reply", ["450 later", "452 full"])
async def test_what_is_refused_for_now_or_for_another_reason_is_tried_again(
    settings: AccessSettings, mailbox: Mailbox, reply: str
) -> None:
    mail = compose(Mail("ana@example.org", "invitation", "en", _VALUES), uuid7(), now(), "a@example.org")
    served = settings.model_copy(update={"smtp_url": _secret(mailbox.url)})
    mailbox.at_address = lambda _to: reply
    try:
        with pytest.raises(MailNotTaken):
            await MailServer(served).deliver(mail, uuid7())
    finally:
        mailbox.at_address = lambda _to: None
    wrong = settings.model_copy(update={"smtp_url": _secret(mailbox.url.replace("//", "//user:wrong@"))})
    with pytest.raises(MailNotTaken):
        await MailServer(wrong).deliver(mail, uuid7())


_VALUES = {"name": "Ana", "page": "https://example.org/account", "token": "a-token"}


async def test_a_mail_that_must_be_encrypted_is_not_sent_in_clear(mailbox: Mailbox, settings: AccessSettings) -> None:
    message = compose(Mail("tls@example.org", "verification", "en", VALUES), uuid7(), now(), "mail@escm.example")
    url = mailbox.url.replace("smtp://", "smtp+starttls://")
    with pytest.raises(MailNotTaken):
        await MailServer(settings.model_copy(update={"smtp_url": _secret(url)})).deliver(message, uuid7())
    assert mailbox.to("tls@example.org") == []


async def test_mails_that_follow_reuse_a_connection(settings: AccessSettings, mailbox: Mailbox) -> None:
    def mail(number: int) -> EmailMessage:
        values = dict.fromkeys(("name", "page", "token"), "x")
        return compose(Mail(f"{number}@reuse.example", "verification", "en", values), uuid7(), now(), "m@escm.example")

    server = MailServer(settings.model_copy(update={"smtp_url": _secret(mailbox.url)}))
    mailbox.peers.clear()
    for number in range(5):
        await server.deliver(mail(number), uuid7())
    assert len(mailbox.peers) == 5
    assert len(set(mailbox.peers)) == 1
    await asyncio.gather(*(server.deliver(mail(number), uuid7()) for number in range(5, 8)))
    mailbox.at_data = lambda: "451 later"
    with pytest.raises(MailNotTaken):
        await server.deliver(mail(8), uuid7())
    mailbox.at_data = lambda: None
    for number in range(9, 12):
        await server.deliver(mail(number), uuid7())
    assert [len(mailbox.to(f"{number}@reuse.example")) for number in range(12)] == [1] * 12
