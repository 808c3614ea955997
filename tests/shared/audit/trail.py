"""A trail for tests: changes of invented records, and the relay's leader, who links and seals them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID, uuid4

import asyncpg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from deploy.backup.catalogue import connect
from shared.audit.chain import Chain
from shared.audit.entries import enter
from shared.audit.exporting import export
from shared.audit.proof import key_name
from shared.audit.verifying import BadTrail, TrailSummary, verify
from shared.configuration.settings import Settings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork, unit_of_work
from shared.kernel.clock import now
from shared.kernel.resource import Resource
from shared.messaging.outbox import announce_change
from shared.messaging.sequencer import Leader, Sequencer
from shared.records.changes import record_change

EXPERTS = Resource("membership", "experts", "expert")
CANARY = "Amina Diallo"
TABLES = ("core_audit", "core_audit_link", "core_audit_checkpoint", "core_audit_head")


class AuditSettings(Settings):
    """Logs in as one of the services."""

    service: ClassVar[str] = "membership"


class Clock:
    """Monotonic time that changes only when a test moves it."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


class Trail:
    """Writes, links, seals, exports and verifies."""

    def __init__(self, settings: AuditSettings, database: Database, admin: asyncpg.Connection) -> None:
        self.settings = settings
        self.database = database
        self.admin = admin
        self.clock = Clock()
        self.chain = Chain(settings, clock=self.clock)

    async def write(self, count: int = 1, subject: UUID | None = None) -> UUID:
        """Changes one record that describes a person, each time in a separate transaction. Returns the record."""
        subject = subject or uuid7()
        for version in range(1, count + 1):
            async with self.writing() as uow:
                change(uow, subject, version)
        return subject

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[UnitOfWork]:
        async with unit_of_work(self.database, SYSTEM_CONTEXT) as uow:
            yield uow

    async def link(self, *, seal: bool = False, chain: Sequencer | None = None) -> None:
        """Two ticks of the leader, so that all waiting entries are linked; `seal`: after a minute."""
        if seal:
            self.clock.seconds += 61
        dsn = self.settings.database_dsn("relay")
        connection = await asyncpg.connect(dsn, server_settings={"search_path": "escm", "timezone": "UTC"})
        try:
            leader = await Leader.elect(connection, uuid4(), 5.0)
            assert leader is not None
            for _ in range(2):
                await leader.tick(2000, [chain or self.chain], None)
            await leader.resign()
        finally:
            await connection.close()

    async def exported(self) -> list[bytes]:
        connection = await connect(self.settings.database_dsn("backup"))
        try:
            return [line async for line in export(connection, lambda _count: lambda _done: None)]
        finally:
            await connection.close()

    async def keys(self) -> dict[str, Ed25519PublicKey]:
        rows = await self.admin.fetch("SELECT public FROM core_audit_signing_key")
        return {key_name(row[0]): Ed25519PublicKey.from_public_bytes(row[0]) for row in rows}

    async def summary(self) -> TrailSummary:
        return verify(await self.exported(), await self.keys())

    async def fault(self) -> BadTrail:
        """The report of faults. AssertionError without a fault."""
        try:
            found = await self.summary()
        except BadTrail as bad:
            return bad
        raise AssertionError(f"nothing was found: {found}")

    async def positions(self) -> list[int]:
        return [row[0] for row in await self.admin.fetch("SELECT position FROM core_audit_link ORDER BY position")]

    async def keep(self) -> None:
        """Stores the present trail, for `bring_back`."""
        for table in TABLES:
            await self.admin.execute(f"DROP TABLE IF EXISTS kept_{table}; CREATE TABLE kept_{table} AS TABLE {table}")

    async def bring_back(self) -> None:
        for table in TABLES:
            await self.admin.execute(f"TRUNCATE {table}; INSERT INTO {table} SELECT * FROM kept_{table}")


def change(uow: UnitOfWork, subject: UUID, version: int) -> None:
    """One change of a person's record."""
    record_change(
        uow,
        EXPERTS,
        "create" if version == 1 else "update",
        before=None if version == 1 else _state(subject, version - 1),
        after=_state(subject, version),
        fields=("name", "version"),
        fact="created" if version == 1 else "updated",
        reason=f"because {CANARY} asked",
        person=subject,
    )


def enter_old(uow: UnitOfWork, entry: UUID, at: datetime) -> None:
    """An entry and its fact of long ago."""
    subject = uuid7()
    after = _state(subject, 1)
    enter(uow, entry, at, EXPERTS.name, "create", before=None, after=after, changes=(), reason=None, person=None)
    values = {name: after[name] for name in ("version", "country", "visibility")}
    fact = {"fact": entry, "type": EXPERTS.fact("created"), "time": now(), "ref": "EXP-1", "link": "/x"}
    announce_change(uow, **fact, subject=subject, **values, traceparent=None, bulk=False)


def _state(subject: UUID, version: int) -> dict[str, Any]:
    return {
        "id": subject,
        "ref": "EXP-000001",
        "version": version,
        "status": "prospect",
        "country": "XA",
        "visibility": "public",
        "name": f"{CANARY} {version}",
    }
