"""Broadcasts to experts of one keyword, and a worker that sends them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.support.callers import Caller
from tests.support.mailbox import Mailbox
from tests.support.membership import entered
from tests.support.waiting import eventually

BROADCASTS = "/membership/v1/broadcasts"
CONSENTS = "/membership/v1/consents"
PAPER = {"channel": "paper", "document": {"title": "A form", "date": "2026-02-01", "url": "https://example.org/f.pdf"}}
Body = dict[str, Any]


@dataclass
class Office:
    """The secretariat's work with broadcasts. Each test has experts of its own keyword."""

    admin: Caller
    second: Caller
    keyword: str = field(default_factory=lambda: f"keyword{uuid4().hex}")

    async def expert(self, *, consents: bool = True, **more: Any) -> tuple[Body, str]:
        """A prospect of the keyword, whom no other mail reaches, and the address."""
        address = f"{uuid4().hex}@example.org"
        given = {"emails": [{"value": address}], "keywords": [self.keyword], **more}
        made = await entered(self.admin, **given)
        if consents:
            await self.consent(made)
        return made, address

    async def consent(self, expert: Body) -> str:
        """The address of a new consent to outreach."""
        body = {"expert_id": expert["id"], "purpose": "outreach", "notice_version": "2026", "language": "en"}
        made = await self.admin.post(CONSENTS, {**body, "proof": PAPER})
        assert made.status_code == 201, made.text
        return str(made.json()["links"]["self"])

    def body(self, **more: Any) -> Body:
        """A broadcast to the experts of the keyword."""
        texts = {"subjects": {"en": "The congress"}, "texts": {"en": "It begins in May."}}
        return {**texts, "segment": {"keyword": self.keyword}, "purpose": "outreach", "per_minute": 600, **more}

    async def draft(self, **more: Any) -> str:
        """The address of a new broadcast."""
        made = await self.admin.post(BROADCASTS, self.body(**more))
        assert made.status_code == 201, made.text
        return str(made.json()["links"]["self"])

    async def started(self, **more: Any) -> str:
        """The address of a broadcast that is sending."""
        path = await self.draft(**more)
        assert (await self.second.step(path, "approve")).status_code == 200
        started = await self.admin.step(path, "start")
        assert (started.status_code, started.json()["status"]) == (200, "sending"), started.text
        return path

    async def read(self, path: str) -> Body:
        """The broadcast, whose outcomes add up."""
        found: Body = (await self.admin.get(path)).json()
        counts = dict(found["outcomes"])
        reasons, total = counts.pop("excluded_for"), counts.pop("total")
        assert sum(counts.values()) == total
        assert sum(reasons.values()) == counts["excluded"]
        return found

    async def until(self, path: str, is_met: Callable[[Body], bool]) -> Body:
        """The broadcast, once it meets the condition."""

        async def met() -> Body | None:
            found = await self.read(path)
            return found if is_met(found) else None

        return dict(await eventually(met))

    async def sent(self, path: str) -> Body:
        """The outcomes of a broadcast that has ended."""
        found: Body = (await self.until(path, lambda found: found["status"] == "sent"))["outcomes"]
        return found

    async def recipients(self, path: str, query: str = "") -> list[Body]:
        """The recipients of a broadcast."""
        found: list[Body] = (await self.admin.get(f"{path}/recipients{query}")).json()["items"]
        return found


@pytest.fixture
def office(caller: Callable[[str | None], Caller]) -> Office:
    return Office(caller("admin"), caller("admin2"))


@asynccontextmanager
async def losing_replies(mailbox: Mailbox) -> AsyncIterator[str]:
    """The address of a mail server in front of the mailbox that ends each connection once a message has arrived."""
    target = urlsplit(mailbox.url)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inner, outer = await asyncio.open_connection(target.hostname, target.port)
        is_message = False
        writer.write(await inner.readline())
        while line := await reader.readline():
            outer.write(line)
            if is_message and line != b".\r\n":
                continue
            reply = await inner.readline()
            if is_message:
                break
            while reply[3:4] == b"-":
                writer.write(reply)
                reply = await inner.readline()
            is_message = reply.startswith(b"354")
            writer.write(reply)
        writer.close()
        outer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    yield f"smtp://{host}:{port}"
    server.close()


@pytest.fixture
def posted(posted: Mailbox) -> Iterator[Mailbox]:
    """The mailbox while a worker sends to it, which accepts every mail afterwards."""
    yield posted
    posted.at_address, posted.at_data = (lambda _address: None), (lambda: None)
