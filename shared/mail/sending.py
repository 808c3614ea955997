"""Sends mails in workers: at least once, always with the same Message-ID, and deletes personal data afterwards."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from email.message import EmailMessage
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit
from uuid import UUID

import aiosmtplib
from sqlalchemy import bindparam, delete, func, select, update

from shared.configuration.settings import Settings
from shared.database.statements import Statement
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.errors import Invalid
from shared.mail import folder
from shared.mail.message import compose
from shared.mail.outbox import KIND
from shared.mail.sealing import Mail, MailSeal
from shared.mail.tables import core_mail
from shared.messaging.job_run import JobHandlers, JobRun

Preparation: TypeAlias = Callable[[UnitOfWork, Mail], Awaitable[Mail | None]]
"""Runs before each attempt to send a mail of a template. None drops the mail."""

_PATIENCE = 20.0
_IDLE = 5.0
_FOR_GOOD = 5
_READ = Statement(select(core_mail.c.sealed, core_mail.c.created_at).where(core_mail.c.id == bindparam("id")))
_BLANK = Statement(update(core_mail).where(core_mail.c.id == bindparam("key")).values(sealed=None))
_SENT = Statement(update(core_mail).where(core_mail.c.id == bindparam("key")).values(sealed=None, sent_at=func.now()))
_WEEK, _QUARTER = (func.now() - func.make_interval(0, 0, 0, days) for days in (7, 90))
_BLANK_OLD = Statement(
    update(core_mail).where(core_mail.c.sealed.is_not(None), core_mail.c.created_at < _WEEK).values(sealed=None)
)
_DELETE_OLD = Statement(delete(core_mail).where(core_mail.c.created_at < _QUARTER))


class MailNotTaken(Exception):
    """The mail server did not accept a mail. The message holds no address."""


class MailInDoubt(MailNotTaken):
    """The connection ended before the mail server replied to a mail, which it may have."""


class MailRefused(Invalid):
    """The mail server refused this mail for good. The detail holds its reply code and no address."""

    code = "mail_refused"


def mail_handlers(settings: Settings, preparations: Mapping[str, Preparation]) -> JobHandlers:
    """The job that sends the mails of one service. `preparations` are by template."""
    seal, server = MailSeal(settings), MailServer(settings)

    async def send(run: JobRun) -> dict[str, Any]:
        identity = UUID(run.payload["mail"])
        async with run.unit_of_work() as uow:
            row = await _READ.fetchrow(uow.connection, id=identity)
            mail = seal.open(bytes(row["sealed"]), identity) if row and row["sealed"] else None
            prepare = preparations.get(mail.template) if mail else None
            if mail and prepare:
                mail = await prepare(uow, mail)
            if mail is None:
                await _BLANK.execute(uow.connection, key=identity)
        if row is None or mail is None:
            return {"sent": False}
        try:
            message = compose(mail, identity, row["created_at"], settings.mail_sender, origins=settings.own_origins)
            await server.deliver(message, identity)
        except MailRefused:
            async with run.unit_of_work() as uow:
                await _BLANK.execute(uow.connection, key=identity)
            raise
        async with run.unit_of_work() as uow:
            await _SENT.execute(uow.connection, key=identity)
        return {"sent": True}

    return {KIND: send}


async def delete_old_mails(uow: UnitOfWork) -> None:
    """Deletes personal data in mails that could not be sent in seven days, and rows older than 90 days."""
    await _BLANK_OLD.execute(uow.connection)
    await _DELETE_OLD.execute(uow.connection)


class _Connection(aiosmtplib.SMTP):
    """A connection that knows whether the reply to a message is missing."""

    is_in_doubt = False

    async def data(self, message: str | bytes, /, **more: Any) -> aiosmtplib.SMTPResponse:
        self.is_in_doubt = True
        response = await super().data(message, **more)
        self.is_in_doubt = False
        return response


class MailServer:
    """The mail server of the settings; without one, mails are files. Mails that are sent at the same time have
    connections of their own, and mails that follow within five seconds reuse them."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._idle: dict[_Connection, asyncio.TimerHandle] = {}
        self._ending: set[asyncio.Task[Any]] = set()

    async def deliver(self, message: EmailMessage, identity: UUID) -> None:
        """Sends the message to the mail server, or writes it to the mail folder if there is no server.

        Raises MailRefused if the server refused it for good, MailInDoubt if it may have the message, MailNotTaken if it
        has not and another attempt may succeed.
        """
        if self._settings.smtp_url is None:
            await asyncio.to_thread(folder.write, self._settings.mail_folder, message, identity)
            return
        try:
            await self._send(message, self._settings.smtp_url.get_secret_value())
        except (aiosmtplib.SMTPException, OSError) as error:
            if (refusal := _refusal(error)) is not None:
                raise MailRefused(f"The mail server returned {refusal}.") from None
            code = getattr(error, "code", "")
            raise MailNotTaken(f"{type(error).__name__} {code}".strip()) from None

    async def close(self) -> None:
        """Ends the connections that are not in use."""
        while (connection := self._take_idle()) is not None:
            await _quit(connection)

    async def _send(self, message: EmailMessage, url: str) -> None:
        connection = self._take_idle() or await _connect(url)
        try:
            await connection.send_message(message)
        except BaseException as error:
            connection.close()
            if connection.is_in_doubt and isinstance(error, (aiosmtplib.SMTPServerDisconnected, OSError)):
                raise MailInDoubt(type(error).__name__) from None
            raise
        self._idle[connection] = asyncio.get_running_loop().call_later(_IDLE, self._end, connection)

    def _take_idle(self) -> _Connection | None:
        while self._idle:
            connection, timer = self._idle.popitem()
            timer.cancel()
            if connection.is_connected:
                return connection
        return None

    def _end(self, connection: _Connection) -> None:
        """Ends a connection that is not in use."""
        del self._idle[connection]
        task = asyncio.get_running_loop().create_task(_quit(connection))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)


async def reach(url: str) -> None:
    """Connects to a mail server and logs in. Raises OSError if that fails."""
    try:
        await _quit(await _connect(url))
    except aiosmtplib.SMTPException as error:
        raise ConnectionError(f"{type(error).__name__} {getattr(error, 'code', '')}".strip()) from None


async def _connect(url: str) -> _Connection:
    server = urlsplit(url)
    is_tls = server.scheme == "smtps"
    connection = _Connection(
        hostname=server.hostname,
        port=server.port or (465 if is_tls else 25),
        username=unquote(server.username) if server.username else None,
        password=unquote(server.password) if server.password else None,
        use_tls=is_tls,
        start_tls=True if server.scheme == "smtp+starttls" else None,
        timeout=_PATIENCE,
    )
    await connection.connect()
    return connection


async def _quit(connection: _Connection) -> None:
    with suppress(aiosmtplib.SMTPException, OSError):
        await connection.quit()


def _refusal(error: Exception) -> int | None:
    """The reply that refuses the mail's address or content for good (RFC 5321, 5yz). Refusals of the sender, the login
    or the connection do not count: the mail can be sent once they are corrected."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if not isinstance(error, (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)):
        return None
    return error.code if error.code // 100 == _FOR_GOOD else None
