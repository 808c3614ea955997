"""A receiver of webhooks in this process, which answers by a script and verifies every signature."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import standardwebhooks
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Script = Callable[["Received", int], tuple[int, dict[str, str], str]]
PING, NOTICE = "escm.access.webhook.pinged.v1", "escm.access.feed.advanced.v1"


@dataclass(frozen=True, slots=True)
class Received:
    """A request, with the event that it carries and when it came."""

    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def event(self) -> dict[str, Any]:
        return dict(json.loads(self.body))

    def is_signed_by(self, secret: str = "", public: str = "") -> bool:
        """Whether a signature verifies by this secret (`v1`), or this public key (`v1a`), as Standard Webhooks says."""
        message = b".".join(
            (self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), self.body)
        )
        for each in self.headers["webhook-signature"].split(" "):
            scheme, _, text = each.partition(",")
            signature = base64.b64decode(text)
            if secret and scheme == "v1":
                key = base64.b64decode(secret.removeprefix("whsec_"))
                if hmac.compare_digest(hmac.digest(key, message, hashlib.sha256), signature):
                    return True
            if public and scheme == "v1a":
                try:
                    raw = base64.b64decode(public.removeprefix("whpk_"))
                    Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
                except Exception:
                    continue
                return True
        return False

    def is_accepted_with(self, secret: str) -> bool:
        """Whether the official package verifies the message by this secret."""
        try:
            accepted = standardwebhooks.Webhook(secret).verify(self.body, self.headers)
        except standardwebhooks.WebhookVerificationError:
            return False
        return bool(accepted == self.event)


@dataclass(slots=True)
class Receiver:
    """What was received, without pings. `answers` may be replaced at any time."""

    url: str = ""
    answers: Script = field(default=lambda _received, _count: (204, {}, ""))
    received: list[Received] = field(default_factory=list)
    pings: list[Received] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def ids(self) -> list[str]:
        """The distinct ids of events, in the order of their first arrival."""
        return list(dict.fromkeys(one.event["id"] for one in self.received))

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                headers = {
                    name.lower(): value
                    for name, _, value in (line.partition(": ") for line in head.split("\r\n")[1:] if line)
                }
                body = await reader.readexactly(int(headers["content-length"]))
                await self._answer(Received(headers, body, time.time()), writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, received: Received, writer: asyncio.StreamWriter) -> None:
        kind = received.event["type"]
        (self.pings if kind == PING else self.received).append(received)
        self.counts[received.event["id"]] += 1
        status, headers, text = self.answers(received, self.counts[received.event["id"]])
        if status == 0:
            await asyncio.sleep(3600)
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        content = text.encode()
        writer.write(f"HTTP/1.1 {status} X\r\n{lines}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        await writer.drain()


@asynccontextmanager
async def receiving(port: int = 0) -> AsyncIterator[Receiver]:
    """A receiver while the block runs."""
    receiver = Receiver()
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await receiver.serve(reader, writer)

    server = await asyncio.start_server(serve, "127.0.0.1", port)
    receiver.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/in"
    try:
        yield receiver
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
