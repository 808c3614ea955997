"""Mails to the owner of a webhook that fails: after an hour, a day, four days, and at its end. For a client they go to
the person who entered it, and to its contacts."""

from uuid import UUID

from services.access.notifying.notifications import queries as notifications
from services.access.notifying.webhooks.domain import MAILS_AFTER
from shared.contracts.kinds import record_page
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import to_text
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal

TEMPLATE = "webhook_failing"
_ENDED = len(MAILS_AFTER) + 1
_TIMES = ", ".join(f"interval '{int(one.total_seconds())} seconds'" for one in MAILS_AFTER)
_WHICH = f"""
s.mailed < {_ENDED} AND w.updated_by = 'system' AND w.status = 'disabled'
    OR s.mailed < {len(MAILS_AFTER)} AND w.status = 'active'
    AND s.failing_since <= clock_timestamp() - (ARRAY[{_TIMES}])[s.mailed + 1]
"""
_ANY = f"""
SELECT EXISTS (SELECT FROM access_webhook_state s JOIN access_webhook w ON w.id = s.webhook_id WHERE {_WHICH})
"""  # noqa: S608
_TAKE = f"""
WITH due AS (
    SELECT s.webhook_id, w.id, w.ref, w.name, w.status, w.owner_kind, w.owner_id, s.failing_since
    FROM access_webhook_state s JOIN access_webhook w ON w.id = s.webhook_id WHERE {_WHICH}
    ORDER BY s.webhook_id LIMIT 200 FOR UPDATE OF s SKIP LOCKED
), taken AS (
    UPDATE access_webhook_state s SET mailed = CASE WHEN d.status = 'disabled' THEN {_ENDED} ELSE s.mailed + 1 END
    FROM due d WHERE d.webhook_id = s.webhook_id
)
SELECT d.*, CASE d.owner_kind WHEN 'account' THEN ARRAY[d.owner_id] ELSE (
    SELECT c.contacts || nullif(split_part(c.created_by, 'account:', 2), '')::uuid FROM access_client c
    WHERE c.id = d.owner_id) END AS accounts
FROM due d
"""  # noqa: S608


async def is_any_due(connection: Connection) -> bool:
    """Whether anybody is to be mailed now."""
    return bool(await connection.fetchval(_ANY))


async def mail_about_failing(uow: UnitOfWork, seal: MailSeal, issuer: str) -> int:
    """Enqueues the mails that are due, in the transaction that marks them. Returns how many."""
    rows = await uow.connection.fetch(_TAKE)
    accounts: set[UUID] = {account for row in rows for account in row["accounts"] or () if account}
    readers = await notifications.readers(uow.connection, accounts)
    mailed = 0
    for row in rows:
        for account in sorted({one for one in row["accounts"] or () if one} & readers.keys()):
            if (reader := readers[account])["is_mailed"]:
                post(uow, seal, "access", _mail(row, reader, issuer))
                mailed += 1
    return mailed


def _mail(row: Row, reader: Row, issuer: str) -> Mail:
    values = {
        "name": reader["name"],
        "webhook": f"{row['ref']} ({row['name']})",
        "since": to_text(row["failing_since"])[:16] if row["failing_since"] else "",
        "ended": "yes" if row["status"] == "disabled" else "",
        "link": record_page(issuer, reader["language"], "access.webhooks", row["id"]),
    }
    return Mail(reader["email"], TEMPLATE, reader["language"], values)
