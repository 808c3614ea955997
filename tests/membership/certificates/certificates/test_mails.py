"""Whoever has verified an address gets a mail with their certificates; nobody learns whether an address is known."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.membership.certificates.certificates.codes import printed
from tests.membership.certificates.certificates.test_certificates import CERTIFICATES, issued, participation
from tests.support.addresses import BAD_ADDRESSES
from tests.support.callers import Caller
from tests.support.mailbox import Mailbox, text_of
from tests.support.membership import entered
from tests.support.waiting import eventually

MAILING = f"{CERTIFICATES}/mailing"
_OPEN = "SELECT id FROM core_mail WHERE template = 'certificates' AND sealed IS NOT NULL"
_VERIFIED = "UPDATE member_expert SET emails = jsonb_set(emails, '{0,verified}', $2) WHERE id = $1"
Certified = Callable[..., Awaitable[tuple[str, dict[str, Any]]]]


@pytest.fixture
def certified(admin: Caller, superuser: asyncpg.Connection) -> Certified:
    """Makes an expert with a certificate. Returns the address, and the certificate."""

    async def make(*, verified: bool, **more: Any) -> tuple[str, dict[str, Any]]:
        address = f"Holder.{uuid4().hex[:12]}@example.org"
        record = await entered(admin, emails=[{"value": address}], **more)
        flag = "true" if verified else "false"
        await superuser.execute(_VERIFIED.replace("$2", f"'{flag}'"), UUID(record["id"]))
        return address, await issued(admin, await participation(admin, record["id"]))

    return make


@pytest.mark.long("waits for several mails")
async def test_the_owner_of_a_verified_address_gets_their_certificates(
    posted: Mailbox, certified: Certified, anonymous: Caller
) -> None:
    address, made = await certified(verified=True, languages=["pt", "fr"])
    asked = await anonymous.post(MAILING, {"email": address.lower()})
    assert (asked.status_code, asked.json()) == (202, {})
    mail = await posted.next_to(address)
    assert mail["Content-Language"] == "fr"
    text = text_of(mail)
    assert f"/v/{printed(made['code'])}" in text
    assert f"de participation, {made['number']}" in text


@pytest.mark.long("waits for mails that must not come")
async def test_others_get_the_same_response_and_no_mail(
    posted: Mailbox, certified: Certified, anonymous: Caller, admin: Caller, superuser: asyncpg.Connection
) -> None:
    unverified, _ = await certified(verified=False)
    revoked, made = await certified(verified=True)
    await admin.step(made["links"]["self"], "revoke", reason="Wrong", fields={"category": "error"})
    known, _ = await certified(verified=True)
    others = await _open_mails(superuser)
    for address in (unverified, revoked, f"{uuid4().hex}@example.org", known):
        asked = await anonymous.post(MAILING, {"email": address})
        assert (asked.status_code, asked.json()) == (202, {})
    await posted.next_to(known)
    await eventually(lambda: _ended(superuser, others))
    for address in (unverified, revoked):
        assert posted.to(address) == []


async def _open_mails(superuser: asyncpg.Connection) -> set[UUID]:
    return {row["id"] for row in await superuser.fetch(_OPEN)}


async def _ended(superuser: asyncpg.Connection, others: set[UUID]) -> bool:
    """Whether every mail is sent or dropped, apart from those of other tests."""
    return await _open_mails(superuser) <= others


async def test_a_sixth_mail_within_an_hour_is_refused(anonymous: Caller) -> None:
    address = f"{uuid4().hex}@example.org"
    statuses = [(await anonymous.post(MAILING, {"email": address})).status_code for _ in range(6)]
    assert statuses == [202] * 5 + [429]


@pytest.mark.parametrize("address", [*BAD_ADDRESSES, None, 5])
async def test_a_wrong_address_is_refused(anonymous: Caller, address: object) -> None:
    assert (await anonymous.post(MAILING, {"email": address})).status_code == 422
