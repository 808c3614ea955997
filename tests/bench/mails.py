"""The reminders of experts whose terms end, and the mails of notifications to a mail server on this machine."""

from collections import Counter
from statistics import median
from time import perf_counter
from typing import Any

import asyncpg

from services.access.settings import AccessSettings
from services.membership.mailing.reminders.operations import remind
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal
from tests.bench.servers import API_CORE, LOAD_CORE, WORKING, Addresses, alone, running, until
from tests.support.mailbox import Mailbox

REMINDERS, MAILS = 10_000, 3_000
_ROUNDS = 3
_DUE = (
    "UPDATE escm.member_expert SET status = 'active', term_starts = '2024-01-01', term_ends = $2::date + 30,"
    " profile_confirmed_on = $2, conflict_of_interest_on = $2"
    " WHERE id IN (SELECT id FROM escm.member_expert ORDER BY id DESC LIMIT $1)"
)
_PEOPLE = (
    "INSERT INTO escm.access_account (id, version, status, visibility, created_at, created_by, updated_at, updated_by,"
    " email, email_key, email_verified, name, search_key)"
    " SELECT uuidv7(), 1, 'active', 'restricted', now(), 'system', now(), 'system', a, a, true, 'Ana', 'ana'"
    " FROM (SELECT 'mailed' || n || '@example.org' a FROM generate_series(1, $1::int) n)"
)
_OPEN = "SELECT count(*) = 0 FROM escm.core_job WHERE service = 'access' AND status NOT IN ('succeeded', 'failed')"


async def measure_reminders(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """`reminders`: seconds to announce 10,000, as the schedule does, each with its row, audit entry and fact."""
    database = await Database.open(MembershipSettings(database_url=at.postgres).database_dsn(), size=2)
    took = []
    await connection.execute(_DUE, REMINDERS, today())
    await connection.execute("VACUUM ANALYZE escm.member_expert")
    for _ in range(_ROUNDS):
        await connection.execute("TRUNCATE escm.member_reminder")
        began = perf_counter()
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await remind(uow)
        took.append(perf_counter() - began)
        made = await connection.fetchval("SELECT count(*) FROM escm.member_reminder")
        if made != REMINDERS:
            raise RuntimeError(f"{made} reminders")
    await database.close()
    return {"reminders": alone(median(took), f"s for {REMINDERS:,}", target="at most 5")}


async def measure_mails(at: Addresses, connection: asyncpg.Connection) -> dict[str, Any]:
    """`mails`: mails a minute that one worker sends. Raises RuntimeError if one is missing or was sent twice."""
    await connection.execute(_PEOPLE, MAILS)
    database = await Database.open(AccessSettings(database_url=at.postgres).database_dsn(), size=2)
    seal = MailSeal(AccessSettings(database_url=at.postgres))
    for start in range(1, MAILS + 1, 500):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            for number in range(start, start + 500):
                address = f"mailed{number}@example.org"
                values = {"name": "Ana", "ref": "EXP-000001", "sentence": "It is done.", "link": f"https://x/{number}"}
                post(uow, seal, "access", Mail(address, "notification", "en", values))
    await database.close()
    mailbox = Mailbox()
    mailbox.start()
    try:
        with running("worker access", at, API_CORE, ESCM_SMTP_URL=mailbox.url):
            await until(connection, WORKING, "access")
            began = perf_counter()
            with running("relay", at, LOAD_CORE):
                await until(connection, _OPEN, within=600)
                took = perf_counter() - began
    finally:
        mailbox.stop()
    sent = Counter(str(mail["Message-ID"]) for mail in mailbox.mails)
    if len(sent) != MAILS or len(mailbox.mails) != MAILS:
        raise RuntimeError(f"{len(sent)} different mails of {MAILS}, {len(mailbox.mails)} in all")
    return {"mails": alone(60 * MAILS / took, "mails a minute, none twice", target="at least 1,000")}
