"""Sends broadcasts, and mails tests of them."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID

from services.membership.mailing.broadcasts import domain, sending
from services.membership.mailing.broadcasts.operations import BROADCASTS, SEND_JOB, TEST_JOB
from services.membership.mailing.broadcasts.record import Broadcast
from services.membership.mailing.broadcasts.sending import Outgoing, Settlement
from services.membership.register.claims.queries import address_of
from services.membership.settings import MembershipSettings
from shared.database.unit_of_work import UnitOfWork
from shared.mail.message import compose
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal
from shared.mail.sending import MailInDoubt, MailNotTaken, MailRefused, MailServer
from shared.messaging.job_run import JobHandlers, JobRun

TEMPLATE = "broadcast"
UNSUBSCRIBE, ONE_CLICK = "/membership/v1/outreach/unsubscribe", "List-Unsubscribe=One-Click"
"""The address of the one click, and the form that it sends."""
_LONGEST = 10.0
"""After so many seconds the job ends, and the schedule orders the next one, so that it holds up no other job."""
_TO_END = 0.8
"""How many seconds a worker that stops waits for the mail server's reply."""


def job_handlers(settings: MembershipSettings) -> JobHandlers:
    """The handlers that send broadcasts and mail tests."""
    seal, server = MailSeal(settings), MailServer(settings)

    async def send(run: JobRun) -> dict[str, Any]:
        return await _Sending(run, server, settings).run()

    async def test(run: JobRun) -> dict[str, Any]:
        """Mails each language of a broadcast to the person who takes the test."""
        async with run.unit_of_work() as uow:
            found = await address_of(uow.connection, UUID(run.payload["account"]))
            if found is None or not await run.once(uow, TEST_JOB):
                return {"mails": 0}
            broadcast = await BROADCASTS.lock(uow, UUID(run.payload["broadcast"]))
            languages = domain.languages_of(broadcast)
            for language in languages:
                post(uow, seal, "membership", _mail(broadcast, found["email"], language, settings, mark="[Test] "))
        return {"mails": len(languages)}

    return {SEND_JOB: send, TEST_JOB: test}


class _Sending:
    """One attempt at the job that sends."""

    def __init__(self, run: JobRun, server: MailServer, settings: MembershipSettings) -> None:
        self._run = run
        self._server = server
        self._settings = settings
        self._settlement: Settlement | None = None
        self._tried = 0
        self._until = 0.0

    async def run(self) -> dict[str, Any]:
        """Sends one mail of each broadcast in turn, until there is nothing to send or the time is over."""
        async with self._run.unit_of_work() as uow:
            is_first = await sending.begin(uow, self._run.id)
        if is_first:
            await self._exclude_cancelled()
            self._until = asyncio.get_running_loop().time() + _LONGEST
            while await self._send_round():
                pass
            await self._settle()
        return {"tried": self._tried}

    async def _exclude_cancelled(self) -> None:
        goes_on = True
        while goes_on:
            async with self._run.unit_of_work() as uow:
                goes_on = await sending.exclude_cancelled(uow)

    async def _send_round(self) -> bool:
        """Sends one mail of each broadcast. False if there was none to send, or the time is over."""
        before = self._tried
        async with self._run.unit_of_work() as uow:
            broadcasts = await sending.active(uow.connection)
        for key in broadcasts:
            if asyncio.get_running_loop().time() > self._until:
                return False
            async with self._run.unit_of_work() as uow:
                await self._settle_in(uow)
                outgoing = await sending.take(uow, self._run.id, key)
            self._settlement = None
            if outgoing is not None:
                self._tried += 1
                await self._send(outgoing)
        return self._tried > before

    async def _settle(self) -> None:
        async with self._run.unit_of_work() as uow:
            await self._settle_in(uow)

    async def _settle_in(self, uow: UnitOfWork) -> None:
        if self._settlement is not None:
            await sending.settle(uow, self._run.id, self._settlement)

    async def _send(self, outgoing: Outgoing) -> None:
        """Hands the mail to the mail server. A worker that stops waits a moment for the reply, and stores it."""
        attempt = asyncio.create_task(self._hand_over(outgoing))
        try:
            self._settlement = await asyncio.shield(attempt)
        except asyncio.CancelledError:
            with suppress(TimeoutError):
                async with asyncio.timeout(_TO_END):
                    self._settlement = await attempt
                    await self._settle()
            raise

    async def _hand_over(self, outgoing: Outgoing) -> Settlement:
        mail = _mail(outgoing.broadcast, outgoing.address, outgoing.language, self._settings, outgoing.token)
        headers = _headers(self._settings, outgoing.token)
        message = compose(
            mail,
            outgoing.id,
            outgoing.at,
            self._settings.mail_sender,
            headers,
            origins=self._settings.own_origins,
        )
        try:
            await self._server.deliver(message, outgoing.id)
        except MailRefused:
            return Settlement(outgoing, domain.REFUSED)
        except MailInDoubt:
            return Settlement(outgoing, domain.UNKNOWN)
        except MailNotTaken:
            return Settlement.of_delay(outgoing)
        return Settlement(outgoing, domain.SENT)


def _mail(
    broadcast: Broadcast, address: str, language: str, settings: MembershipSettings, token: str = "", mark: str = ""
) -> Mail:
    subject, text = domain.in_language(broadcast, language)
    values = {"subject": f"{mark}{subject}", "text": text, "page": settings.page, "token": token}
    return Mail(address, TEMPLATE, language, values)


def _headers(settings: MembershipSettings, token: str) -> Mapping[str, str]:
    """The headers for unsubscribing (RFC 2369, RFC 8058); none without a token."""
    if not token:
        return {}
    address = f"{settings.issuer.rstrip('/')}{UNSUBSCRIBE}?token={token}"
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": ONE_CLICK}
