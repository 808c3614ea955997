"""An invitation to review a centre comes by mail, in the language of its expert, with a link that answers it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.centres.app import create_app as create_centres
from services.centres.settings import CentresSettings
from services.membership.reactions import REACTIONS
from shared.contracts import centres as facts
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from shared.kernel.text import LANGUAGES
from shared.messaging.inbox import Inbox
from tests.support.callers import Caller, person, serving
from tests.support.centres import Members, applied, entered, stepped
from tests.support.mailbox import Mailbox, text_of, token_in
from tests.support.membership import EXPERTS, activated
from tests.support.principals import enter_principal

DECISION = "/centres/v1/reviewers/answer"
_INBOX = Inbox("membership", REACTIONS)


@pytest.fixture(scope="module")
async def centres(database_url: str, redis_url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_centres(CentresSettings(database_url=database_url, redis_url=redis_url))) as client:
        yield client


class Office:
    """Invites experts to review one centre, and delivers the facts."""

    def __init__(self, centres: Caller, members: Caller, database: Database, rows: asyncpg.Connection) -> None:
        self.centres, self.members, self.database, self.rows = centres, members, database, rows
        self.centre: dict[str, Any] = {}

    async def expert(self, **more: Any) -> tuple[str, str]:
        """An active expert and the address."""
        address = f"{uuid4().hex}@example.org"
        made = await activated(self.members, **{"country": "XA", "emails": [{"value": address}], **more})
        return str(made["id"]), address

    async def invite(self, expert: str) -> dict[str, Any]:
        body = {"expert_id": expert, "due": (today() + timedelta(days=30)).isoformat()}
        made = await entered(self.centres, f"{self.centre['links']['self']}/reviewers", body)
        await self.deliver(facts.REVIEWER_INVITED, made)
        return made

    async def deliver(self, kind: str, invitation: dict[str, Any]) -> None:
        """Applies the reaction of membership to a fact that is delivered twice."""
        fact = Fact(type=kind, subject=UUID(invitation["id"]), ref="X", version=1, link="/x")
        for _ in range(2):
            async with unit_of_work(self.database, SYSTEM_CONTEXT) as uow:
                await _INBOX.react(uow, [fact])

    async def sent(self, invitation: dict[str, Any]) -> list[bool]:
        """Whether the ended jobs of an invitation enqueued a mail, once no job of it is open."""
        query = (
            "SELECT status, result FROM core_job WHERE job_type = 'send_review_invitation'"
            " AND payload ->> 'reviewer' = $1 ORDER BY id"
        )
        while True:
            jobs = await self.rows.fetch(query, invitation["id"])
            if jobs and all(job["status"] == "succeeded" for job in jobs):
                return ['"sent": true' in job["result"] for job in jobs]
            await asyncio.sleep(0.05)


async def _mail(posted: Mailbox, address: str, count: int = 1) -> EmailMessage:
    """The newest invitation to review at an address, once there are so many."""
    while True:
        found = [mail for mail in posted.to(address) if "#review=" in text_of(mail)]
        if len(found) >= count:
            return found[-1]
        await asyncio.sleep(0.05)


@pytest.fixture
async def office(
    centres: httpx.AsyncClient, admin: Caller, database: Database, superuser: asyncpg.Connection
) -> Office:
    made = Office(Caller(centres, "admin"), admin, database, superuser)
    centre = await applied(made.centres, Members(admin), "XA", names={"en": "Peat Centre", "ar": "مركز الخث"})
    made.centre = await stepped(made.centres, centre, "accept_complete")
    return made


@pytest.mark.parametrize(
    ("language", "centre"), [(one, "مركز الخث" if one == "ar" else "Peat Centre") for one in LANGUAGES]
)
async def test_the_mail_names_the_centre_and_its_link_accepts(
    office: Office, posted: Mailbox, centres: httpx.AsyncClient, language: str, centre: str
) -> None:
    expert, address = await office.expert(languages=[language])
    invitation = await office.invite(expert)
    mail = await _mail(posted, address)
    assert mail["Content-Language"] == language
    text = text_of(mail)
    assert "https://escm.test/account#review=" in text
    assert centre in text
    assert invitation["due"] in text
    body = {"token": token_in(mail), "decision": "accept"}
    accepted = await Caller(centres, None).post(DECISION, body)
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted")


async def test_it_goes_to_the_verified_address_of_the_account(office: Office, posted: Mailbox) -> None:
    expert, _ = await office.expert()
    owner = person(f"owner {uuid4().hex}")
    await enter_principal(office.rows, owner)
    address = f"{uuid4().hex}@example.org"
    await office.rows.execute(
        "UPDATE access_account SET email = $2, email_key = $2, email_verified = true, language = 'fr' WHERE id = $1",
        owner.id,
        address,
    )
    await office.rows.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(expert), owner.id)
    invitation = await office.invite(expert)
    assert (await _mail(posted, address))["Content-Language"] == "fr"
    await office.deliver(facts.REVIEWER_REVIEW_DUE, invitation)
    assert await office.sent(invitation) == [True, False]


async def test_a_reminder_of_an_expert_without_account_is_a_new_link(
    office: Office, posted: Mailbox, centres: httpx.AsyncClient
) -> None:
    expert, address = await office.expert()
    invitation = await office.invite(expert)
    first = token_in(await _mail(posted, address))
    await office.deliver(facts.REVIEWER_REVIEW_DUE, invitation)
    second = token_in(await _mail(posted, address, 2))
    anonymous = Caller(centres, None)
    statuses = [
        (await anonymous.post(DECISION, {"token": token, "decision": "decline"})).status_code
        for token in (first, second)
    ]
    assert statuses == [422, 200]
    await office.deliver(facts.REVIEWER_INVITED, invitation)
    await office.deliver(facts.REVIEWER_REVIEW_DUE, invitation)
    assert (await office.sent(invitation))[2:] == [False] * 2


async def test_no_mail_goes_to_whoever_is_not_to_get_any(office: Office, posted: Mailbox) -> None:
    expert, _ = await office.expert()
    await office.rows.execute("UPDATE member_expert SET emails = '[]' WHERE id = $1", UUID(expert))
    assert await office.sent(await office.invite(expert)) == [False]
    restricted, address = await office.expert()
    path = f"{EXPERTS}/{restricted}"
    body = {"expert_id": restricted, "due": (today() + timedelta(days=9)).isoformat()}
    invitation = await entered(office.centres, f"{office.centre['links']['self']}/reviewers", body)
    assert (await office.members.step(path, "restrict_processing", reason="Asked")).status_code == 200
    await office.deliver(facts.REVIEWER_INVITED, invitation)
    assert await office.sent(invitation) == [False]
    assert not any("#review=" in text_of(mail) for mail in posted.to(address))


async def test_centres_reaches_no_other_token_and_changes_no_digest(
    office: Office, posted: Mailbox, superuser: asyncpg.Connection
) -> None:
    expert, address = await office.expert()
    await office.invite(expert)
    await _mail(posted, address)
    claim = ("claim of another record", uuid4(), today() + timedelta(days=30))
    async with superuser.transaction():
        await superuser.execute(
            "INSERT INTO core_mail_token (digest, service, purpose, subject_id, address_digest, until)"
            " VALUES (convert_to($1, 'UTF8'), 'membership', 'claim', $2, '', $3)",
            *claim,
        )
        await superuser.execute("SET LOCAL ROLE escm_centres")
        seen = await superuser.fetch("SELECT DISTINCT purpose FROM core_mail_token")
        assert [row["purpose"] for row in seen] == ["review"]
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await superuser.execute("UPDATE core_mail_token SET digest = ''")
