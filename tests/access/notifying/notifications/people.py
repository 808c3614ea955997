"""People with accounts, and the delivery of facts to access."""

from collections.abc import Sequence
from email.message import EmailMessage
from typing import Any
from uuid import UUID, uuid4

import asyncpg

from services.access.reactions import REACTIONS
from services.access.worker import SCHEDULES
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from shared.messaging.inbox import Inbox
from tests.access.caller import Caller as AccessCaller
from tests.support.callers import Caller
from tests.support.centres import entered, stepped
from tests.support.mailbox import Mailbox, text_of
from tests.support.membership import EXPERTS, expert
from tests.support.waiting import eventually

PASSWORD = "four quiet words today"
_OPEN_JOBS = "SELECT count(*) FROM core_job WHERE service = 'access' AND finished_at IS NULL"


class People:
    """Makes people with accounts, and delivers the facts of records to access as its worker does."""

    def __init__(self, caller: AccessCaller, database: Database, superuser: asyncpg.Connection) -> None:
        self.caller = caller
        self.database = database
        self.superuser = superuser

    async def person(self) -> UUID:
        """The account of a new person, with a password and a verified address."""
        name = uuid4().hex
        made = await self.caller.enter_person(f"{name}@example.org", PASSWORD)
        account = made.json()["id"]
        await self.superuser.execute("UPDATE access_account SET email_verified = true WHERE id = $1", UUID(account))
        self.caller.accounts[account] = {"username": f"{name}@example.org", "password": PASSWORD}
        return UUID(account)

    def address(self, account: UUID) -> str:
        """Where mails to an account go."""
        return str(self.caller.accounts[str(account)]["username"])

    async def own(self, account: UUID, record: str) -> None:
        """Gives an expert to an account."""
        await self.superuser.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", UUID(record), account)

    async def holds(self, account: UUID, role: str, scope_kind: str, scope: str) -> None:
        """Gives a role to an account."""
        body = {"principal": {"kind": "account", "id": str(account)}, "role": role, "scope_kind": scope_kind}
        made = await self.caller.send("admin", "POST", "/grants", {**body, "scope_id": scope})
        assert made.status_code == 201, made.text

    async def deliver(self, *records: str, times: int = 2) -> None:
        """Delivers every fact of these records several times, under the reactions' own ids and under others."""
        rows = await self.superuser.fetch(
            "SELECT * FROM core_outbox WHERE subject = ANY($1) ORDER BY id", [UUID(record) for record in records]
        )
        assert rows
        await self._react([Fact.of_row(row) for row in rows], times)

    async def announce(self, fact_type: str, record: dict[str, Any]) -> None:
        """Delivers a fact about a record, as it is now, twice."""
        fact = Fact(
            type=fact_type, time=now(), subject=UUID(record["id"]), ref=record["ref"], version=record["version"],
            country=record["country"], link=record["links"]["self"],
        )  # fmt: skip
        await self._react([fact], 2)

    async def _react(self, facts: Sequence[Fact], times: int) -> None:
        for inbox in (Inbox(f"access{again}", REACTIONS) for again in range(times)):
            async with unit_of_work(self.database, SYSTEM_CONTEXT) as uow:
                await inbox.react(uow, [fact for fact in facts if inbox.matching(fact.type)])

    async def run(self, schedule: str) -> None:
        """Runs a schedule of access."""
        async with unit_of_work(self.database, SYSTEM_CONTEXT) as uow:
            await SCHEDULES[schedule].run(uow)

    async def no_jobs(self) -> None:
        """Waits until access has no job left. Two jobs of digests at once share out the news of a person."""

        async def is_done() -> bool:
            return bool(await self.superuser.fetchval(_OPEN_JOBS) == 0)

        await eventually(is_done)

    async def events(self, account: UUID) -> list[str]:
        """The events of which an account was notified, in order."""
        rows = await self.superuser.fetch(
            "SELECT event FROM access_notification WHERE account_id = $1 ORDER BY at, id", account
        )
        return [row["event"] for row in rows]


def news(mailbox: Mailbox, address: str) -> list[EmailMessage]:
    """The mails about records to an address, which have no token."""
    return [mail for mail in mailbox.to(address) if "#" not in text_of(mail)]


async def arrived(mailbox: Mailbox, address: str, count: int) -> list[EmailMessage]:
    """The mails about records, once there are so many."""

    async def so_many() -> list[EmailMessage]:
        found = news(mailbox, address)
        return found if len(found) >= count else []

    found: list[EmailMessage] = await eventually(so_many)
    return found


async def under_review(people: People, members: Caller) -> tuple[UUID, dict[str, Any]]:
    """A person whose application the office has under review."""
    account = await people.person()
    record = await entered(members, EXPERTS, expert(emails=[{"value": f"{uuid4().hex}@example.org"}]))
    record = await stepped(members, record, "invite")
    await people.own(account, record["id"])
    for action, reason in (("apply", None), ("request_info", "The CV"), ("resubmit", None), ("start_review", None)):
        record = await stepped(members, record, action, **({"reason": reason} if reason else {}))
    return account, record
