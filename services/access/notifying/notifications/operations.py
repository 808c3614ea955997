"""Notifying the people behind records, by a row each and by mails."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby, islice
from operator import itemgetter
from uuid import UUID

from services.access.notifying.notifications import deliveries, domain, queries
from services.access.notifying.notifications.audiences.people import Recipient, recipients_of
from services.access.notifying.notifications.record import Notification
from services.access.notifying.notifications.sentences import sentence
from services.access.notifying.notifications.waiting import is_wanted_at_once
from services.access.principals.accounts import queries as accounts
from shared.contracts.envelope import Fact
from shared.contracts.kinds import record_page
from shared.contracts.readers import entities
from shared.database.ids import uuid7
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, to_text
from shared.kernel.principal import SYSTEM
from shared.kernel.text import email_key
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal
from shared.messaging.outbox import defer

TEMPLATE, DIGEST = "notification", "digest"
"""The templates of the mails."""
MAIL_JOB, DIGEST_JOB, WORK_JOB = "mail_notifications", "mail_digests", "notify_of_work"
"""The jobs that enqueue the mails, and the one that looks for whom records wait."""
_NAMED = 3
"""Most records that a subject names."""


async def notify(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Notifies everybody behind the records of these facts, except who caused them: one row for each account, record,
    event and day, whatever is repeated. Accounts that are not active get none; unverified addresses, and persons whose
    erasure is open, get no mail."""
    by_id = {fact.id: fact for fact in facts}
    recipients = await recipients_of(uow.connection, facts)
    readers = await queries.readers(uow.connection, (recipient.account for recipient in recipients))
    chosen = [(recipient, by_id[recipient.fact]) for recipient in recipients if recipient.account in readers]
    chosen.sort(key=lambda pair: (pair[0].account, pair[1].subject, pair[1].time))
    new = [_notification(readers[recipient.account], fact, recipient) for recipient, fact in chosen]
    if new and "mail" in await queries.add(uow.connection, new):
        defer(uow, "access", MAIL_JOB, {}, created_by=SYSTEM.label)


def _notification(reader: Row, fact: Fact, recipient: Recipient) -> Notification:
    notice, proposal = recipient.notice, recipient.proposal
    return Notification(
        id=uuid7(),
        account_id=reader["id"],
        kind=notice.kind,
        event=notice.event,
        resource=entities()[".".join(fact.type.split(".")[1:3])],
        record_id=fact.subject,
        ref=fact.ref,
        link=f"{fact.link}/transitions/pending/{proposal}" if proposal else fact.link,
        day=recipient.day or fact.time.astimezone(UTC).date(),
        at=fact.time,
        mail=deliveries.delivery_of(reader["notifications"], notice) if reader["is_mailed"] else "none",
    )


async def mail_waiting(uow: UnitOfWork, seal: MailSeal, origin: str) -> int:
    """Enqueues the mails of up to 500 notifications that want one, in the transaction that marks them: one for each, or
    for all of a person that are gathered. Returns how many notifications it took. `origin` begins the addresses of
    pages."""
    at = now()
    rows = await queries.take_for_mails(uow.connection, at - deliveries.PAUSE, at)
    readers = await queries.readers(uow.connection, (row["account_id"] for row in rows))
    mails: dict[object, list[Row]] = {}
    for row in rows:
        is_gathered = deliveries.is_gathered(row["kind"], row["resource"])
        mails.setdefault(row["account_id"] if is_gathered else row["id"], []).append(row)
    for its in mails.values():
        if reader := readers.get(its[0]["account_id"]):
            _mail(uow, seal, reader, its, origin)
    return len(rows)


def _mail(uow: UnitOfWork, seal: MailSeal, reader: Row, rows: Sequence[Row], origin: str) -> None:
    if len(rows) == 1:
        (row,) = rows
        text = sentence(row["event"], reader["language"])
        _post(uow, seal, reader, TEMPLATE, ref=row["ref"], sentence=text, link=_page(row, reader, origin))
        return
    refs = list(dict.fromkeys(row["ref"] for row in rows))
    news = ", ".join(refs[:_NAMED]) + (" …" if refs[_NAMED:] else "")
    _post(uow, seal, reader, DIGEST, lines=_lines(rows, reader, origin), news=news, waiting="")


async def mail_digests(
    uow: UnitOfWork, seal: MailSeal, origin: str, until: datetime, waiting: Mapping[UUID, int]
) -> int:
    """Enqueues the digests of up to 100 accounts, of what came up to this instant. Returns how many notifications it
    took. `waiting` says how many records wait for an account."""
    rows = await queries.take_for_digests(uow.connection, until, now())
    readers = await queries.readers(uow.connection, (row["account_id"] for row in rows))
    for account, its in groupby(rows, itemgetter("account_id")):
        if reader := readers.get(account):
            count = str(waiting.get(account) or "")
            _post(uow, seal, reader, DIGEST, lines=_lines(its, reader, origin), news="", waiting=count)
    return len(rows)


def _lines(rows: Iterable[Row], reader: Row, origin: str) -> str:
    return "\n\n".join(
        f"{row['ref']}: {sentence(row['event'], reader['language'])}\n{_page(row, reader, origin)}"
        for row in islice(rows, deliveries.MOST_IN_DIGEST)
    )


def _page(row: Row, reader: Row, origin: str) -> str:
    return record_page(origin, reader["language"], row["resource"], row["record_id"])


def _post(uow: UnitOfWork, seal: MailSeal, reader: Row, template: str, **values: str) -> None:
    if reader["is_mailed"]:
        mail = Mail(reader["email"], template, reader["language"], {"name": reader["name"], **values})
        post(uow, seal, "access", mail)


async def prepare(uow: UnitOfWork, mail: Mail) -> Mail | None:
    """The mail unchanged; None if its address no longer belongs to an account that such mails reach."""
    account = await accounts.for_mail(uow.connection, email_key(mail.to))
    reader = (await queries.readers(uow.connection, [account.id])).get(account.id) if account else None
    return mail if reader and reader["is_mailed"] else None


async def look_for_work(uow: UnitOfWork, facts: Sequence[Fact]) -> None:
    """Assigns records that may have begun to wait to the worker, if anybody wants to know of them at once."""
    if await is_wanted_at_once(uow.connection):
        records = sorted({str(fact.subject) for fact in facts})
        defer(uow, "access", WORK_JOB, {"records": records}, created_by=SYSTEM.label)


async def plan_mails(uow: UnitOfWork) -> None:
    """Assigns mails that were held back for a quarter of an hour to the worker."""
    if await queries.is_mailable(uow.connection, now() - deliveries.PAUSE):
        defer(uow, "access", MAIL_JOB, {}, created_by=SYSTEM.label)


async def plan_digests(uow: UnitOfWork) -> None:
    """Assigns the digests of the past day to the worker."""
    defer(uow, "access", DIGEST_JOB, {"before": to_text(now())}, created_by=SYSTEM.label)


async def delete_old(uow: UnitOfWork) -> None:
    """Deletes notifications older than a year."""
    await queries.delete_old(uow.connection, now() - domain.RETENTION)


async def mark_read(uow: UnitOfWork, account: UUID, key: UUID) -> Row | None:
    """Marks a notification of the account as read; None if it has none of this id."""
    return await queries.read(uow.connection, account, key, now())


async def mark_all_read(uow: UnitOfWork, account: UUID) -> None:
    """Marks all notifications of the account as read."""
    await queries.read_all(uow.connection, account, now())
