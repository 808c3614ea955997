"""A mail server on loopback that stores the mails it receives."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.support.waiting import PATIENCE


class _Server(Controller):
    """Ends the connections that clients left open before it closes its loop."""

    def __init__(self, mailbox: "Mailbox") -> None:
        super().__init__(mailbox, hostname="127.0.0.1", port=0)
        self._sessions: list[SMTP] = []

    def factory(self) -> SMTP:
        self._sessions.append(super().factory())
        return self._sessions[-1]

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        assert self.server is not None
        self.server.close()
        self.loop.call_soon(self._end, stop_loop)

    def _end(self, stop_loop: bool) -> None:
        for session in self._sessions:
            if isinstance(session.transport, asyncio.WriteTransport):
                session.transport.abort()
        self.loop.call_soon(super().cancel_tasks, stop_loop)


class Mailbox:
    """Accepts every mail. `at_data`, if set, is called with each message before the response; `at_address` returns the
    response to an address."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self._received: dict[str, list[EmailMessage]] = defaultdict(list)
        self.at_data: Callable[[], str | None] = lambda: None
        self.at_address: Callable[[str], str | None] = lambda _address: None
        self.asked: list[str] = []
        self.peers: list[tuple[str, int]] = []
        """The address and port from which each mail came."""
        self._controller = _Server(self)

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        for address in envelope.rcpt_tos:
            self._received[address].append(mail)
        self.peers.append(session.peer)
        return self.at_data() or "250 taken"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        self.asked.append(address)
        if (reply := self.at_address(address)) is not None:
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    def start(self) -> None:
        with suppress(ConnectionRefusedError):
            self._controller.start()

    def stop(self) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        port = self._controller.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        return f"smtp://127.0.0.1:{port}"

    def to(self, address: str, having: str = "") -> list[EmailMessage]:
        """The mails to one address whose text has a part, in the order of their arrival."""
        return [mail for mail in self._received[address] if not having or having in text_of(mail)]

    def received(self, addresses: Iterable[str]) -> list[EmailMessage]:
        """The mails to these addresses."""
        return [mail for address in addresses for mail in self._received[address]]

    async def next_to(self, address: str, count: int = 1, within: float = PATIENCE, having: str = "") -> EmailMessage:
        """The mail with this number to an address, among those whose text has a part, after it has arrived."""
        until = asyncio.get_running_loop().time() + within
        while len(found := self.to(address, having)) < count:
            assert asyncio.get_running_loop().time() < until, f"{len(found)} mails to {address}"
            await asyncio.sleep(0.01)
        return found[count - 1]


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def token_in(mail: EmailMessage) -> str:
    """The token of a mail to an account: the fragment of the page's address."""
    line = next(line for line in text_of(mail).splitlines() if "#" in line)
    return str(line.rpartition("=")[2])


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    """A mailbox of a module's tests."""
    box = Mailbox()
    box.start()
    yield box
    box.stop()
