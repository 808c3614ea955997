"""The metrics, and a small server for them and for the readiness of the process."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Gauge, Histogram, generate_latest

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600)

HANDLED = Counter("escm_handled", "Facts and jobs by outcome", ["service", "queue", "outcome"])
LATENCY = Histogram(
    "escm_latency_seconds",
    "From the creation of a fact or job to its committed effect",
    ["service", "queue"],
    buckets=_BUCKETS,
)
DEPTH = Gauge("escm_work_rows", "Open rows of the store", ["service", "queue", "status"])
OLDEST = Gauge("escm_work_oldest_seconds", "Age of the oldest open row", ["service", "queue"])
ATTEMPTS = Gauge("escm_work_attempts_max", "Most attempts of an open row", ["service", "queue"])
SEQUENCED = Counter("escm_sequenced", "Facts that were given a position")
LEADING = Gauge("escm_relay_leading", "1 if this relay leads, 0 if it waits as a spare")
AUDIT_VERIFIED = Gauge("escm_audit_verified_position", "Position of the last verification of the audit trail here")
AUDIT_VERIFIED_AT = Gauge(
    "escm_audit_verified_at_seconds", "Time of that verification, in Unix time; 0 if there was none"
)
REPLICA_LAG = Gauge(
    "escm_replica_lag_seconds", "Seconds since which everything that was committed is on the standby", ["service"]
)
AUDIT_FAULTS = Counter("escm_audit_faults", "Verifications that found the audit trail altered")
SECURITY_EVENTS = Counter(
    "escm_security_events", "Failed authentications, refusals and throttled requests", ["service", "kind"]
)
WEBHOOK_ATTEMPTS = Counter("escm_webhook_attempts", "Attempts to send an event, by outcome", ["outcome"])
WEBHOOKS_DRIVEN = Gauge("escm_webhooks_driven", "Webhooks that this worker drives")
WEBHOOKS_BROKEN = Gauge("escm_webhooks_broken", "Those of them that failed five times in a row or more")
WEBHOOK_BEHIND = Gauge("escm_webhook_behind_seconds", "How long the oldest event of the webhook furthest behind waits")
LOST_LINES = Counter("escm_log_lines_lost", "Lines of the log that could not be written")

_REQUEST_BYTES = 8192
_PATIENCE = 5.0
_PLAIN = "text/plain; charset=utf-8"


async def serve(port: int, is_ready: Callable[[], bool], host: str = "127.0.0.1") -> asyncio.Server:
    """Serves `GET /metrics`, `/livez` and `/readyz` (503 while `is_ready()` is false) until the server is closed."""

    async def serve_connection(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                status, kind, body = _respond(head.split(b" ", 2)[1:2], is_ready)
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n"
                    "Connection: close\r\n\r\n".encode()
                    + body
                )
                await writer.drain()
        writer.close()

    return await asyncio.start_server(serve_connection, host, port, limit=_REQUEST_BYTES)


def _respond(path: list[bytes], is_ready: Callable[[], bool]) -> tuple[str, str, bytes]:
    match path:
        case [b"/metrics"]:
            return "200 OK", CONTENT_TYPE_LATEST, generate_latest(REGISTRY)
        case [b"/livez"]:
            return "200 OK", _PLAIN, b"alive\n"
        case [b"/readyz"] if is_ready():
            return "200 OK", _PLAIN, b"ready\n"
        case [b"/readyz"]:
            return "503 Service Unavailable", _PLAIN, b"not ready\n"
        case _:
            return "404 Not Found", _PLAIN, b"not found\n"
