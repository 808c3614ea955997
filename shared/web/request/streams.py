"""Whole lists under one snapshot, `format=csv`, `ndjson`, `xlsx` or `geojson`, on connections of their own."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shared.bulk.blocks import FORMATS, PLACES, blocks_of
from shared.bulk.exporting import rows_in_order
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.snapshot import snapshot
from shared.database.statements import Row
from shared.kernel import geojson
from shared.kernel.errors import invalid_parameter
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.columns import parsed_or_fragment
from shared.records.filters import ListRequest
from shared.records.listing import Listing
from shared.web.request.databases import open_primary, open_standby
from shared.web.request.places import Places, holder_of
from shared.web.request.recorded_reads import is_recorded, record_read
from shared.web.request.request_context import RequestContext

AT_ONCE = 3
MOST_OF_ONE = 2
"""Concurrent streams of one principal while slots for others are free."""
WAIT = 5.0
"""Seconds for which a principal without a stream waits for a slot."""
PATIENCE = 30.0
"""Seconds for which a client may read nothing before its stream ends."""
SLOWEST = 8 << 10
"""Minimum bytes a second: beyond the patience, the stream of a slower client ends."""
Present = Callable[[Row, AccessScope], dict[str, Any]]


class Streams:
    """The slots for streams of one process, each with a connection to the primary, and one to the standby if there is
    one."""

    def __init__(self, database: Database, standby: Database | None) -> None:
        self._database = database
        self._standby = standby
        self._places = Places(AT_ONCE, MOST_OF_ONE, WAIT)

    @asynccontextmanager
    async def place(self, ctx: RequestContext) -> AsyncIterator[Database]:
        """The database that the request reads, while the caller has a slot. Raises Unavailable if none is free in
        time."""
        async with self._places.occupy(holder_of(ctx.principal, ctx.request.scope)):
            yield self._standby if self._standby is not None and ctx.reads_standby else self._database


@asynccontextmanager
async def streams(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.streams` while the app runs."""
    settings = app.state.settings
    database = await open_primary(settings, "streams", size=AT_ONCE, left_to_others=0)
    standby = await open_standby(settings, "streams", size=AT_ONCE, left_to_others=0)
    app.state.streams = Streams(database, standby)
    try:
        yield
    finally:
        for opened in (database, standby):
            if opened is not None:
                await opened.close()


class ListStream(Response):
    """A whole list, sent while it is read. A failure after the first byte ends the connection without the last
    chunk."""

    def __init__(
        self,
        ctx: RequestContext,
        listing: Listing,
        access: AccessScope,
        asked: ListRequest,
        extra: str,
        present: Present,
        *,
        file_format: str,
        known: Collection[str],
        picked: frozenset[str] | None,
        safe: bool,
        bom: bool,
    ) -> None:
        headers = {"Content-Disposition": f'inline; filename="{access.resource.plural}.{file_format}"'}
        super().__init__(None, 200, headers, FORMATS.get(file_format, geojson.MEDIA_TYPE))
        del self.headers["content-length"]
        self._ctx, self._listing, self._access, self._asked, self._extra = ctx, listing, access, asked, extra
        self._present = present
        self._picked = picked
        self._place = listing.place if file_format == PLACES else None
        self._blocks = blocks_of(file_format, known if picked is None else picked, safe=safe, bom=bom)
        self._rows, self._digest = 0, hashlib.sha256(self._blocks.head)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        """Sends the list. Whose reading is recorded has the end only after that, and the entry also if it goes away
        before."""
        if not is_recorded(self._access):
            await self._send(scope, send)
            return
        last: list[Any] = []

        async def but_the_last(message: Any) -> None:
            if message["type"] == "http.response.body" and not message["more_body"]:
                last.append(message)
            else:
                await send(message)

        try:
            await self._send(scope, but_the_last)
        finally:
            await asyncio.shield(asyncio.ensure_future(self._record_read(is_whole=bool(last))))
        for message in last:
            await send(message)

    async def _record_read(self, *, is_whole: bool) -> None:
        await record_read(
            self._ctx,
            self._access.resource,
            uuid7(),
            filters=self._asked.filters,
            fields=sorted(self._picked or ()),
            rows=self._rows,
            digest=self._digest.hexdigest(),
            whole=is_whole,
        )

    async def _send(self, scope: Scope, send: Send) -> None:
        """Takes a slot, and alternately reads and sends."""
        start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        pace = Pace(send)
        async with (
            scope["app"].state.streams.place(self._ctx) as database,
            snapshot(database, self._access.context) as connection,
        ):
            begun = False
            async for rows in rows_in_order(connection, self._listing, self._access, self._asked, self._extra):
                block = await asyncio.to_thread(self._block, rows)
                if not begun:
                    begun = True
                    await pace.send(start)
                    block = self._blocks.head + block
                self._rows += len(rows)
                await pace.send({"type": "http.response.body", "body": block, "more_body": True})
            if not begun:
                await pace.send(start)
                await pace.send({"type": "http.response.body", "body": self._blocks.head, "more_body": True})
            end = await asyncio.to_thread(self._blocks.end)
        self._digest.update(end)
        await pace.send({"type": "http.response.body", "body": end, "more_body": False})

    def _block(self, rows: Sequence[Row]) -> bytes:
        block = self._blocks.block(self._record(row) for row in rows)
        self._digest.update(block)
        return block

    def _record(self, row: Row) -> dict[str, Any]:
        record = self._present(row, self._access)
        if self._extra:
            name = self._listing.extras.columns[self._extra].name
            record[name] = parsed_or_fragment(row[name])
        chosen = record if self._picked is None else {name: record[name] for name in record if name in self._picked}
        return chosen if self._place is None else geojson.feature(record["id"], self._place(row), chosen)


def format_of(query: Mapping[str, str], *, has_places: bool = False) -> str | None:
    """The format of a requested stream, or None for a page; GeoJSON is one of records that have places. Raises
    Malformed `invalid_parameter`."""
    file_format = query.get("format")
    if file_format != "csv" and (only := [name for name in ("safe", "bom") if name in query]):
        raise invalid_parameter(only[0], "Requires format=csv.")
    if file_format is None:
        return None
    formats = (*FORMATS, PLACES) if has_places else FORMATS
    if file_format not in formats:
        raise invalid_parameter("format", f"{', '.join(formats)}; a page of JSON without it.")
    for name in ("limit", "cursor"):
        if name in query:
            raise invalid_parameter(name, "A stream is the whole list.")
    return file_format


def is_safe(query: Mapping[str, str], principal: Principal) -> bool:
    """Whether cells of a CSV are escaped against formulas: `safe=`, by default yes for all but machines.

    Raises Malformed `invalid_parameter`.
    """
    return switch(query, "safe", default=not principal.is_machine)


def switch(query: Mapping[str, str], name: str, *, default: bool) -> bool:
    """A parameter that is `true` or `false`. Raises Malformed `invalid_parameter`."""
    raw = query.get(name)
    if raw not in (None, "true", "false"):
        raise invalid_parameter(name, "true or false.")
    return default if raw is None else raw == "true"


class Pace:
    """Sends as long as the client reads.

    The client may delay the sender for `PATIENCE` seconds, and one second more for every `SLOWEST` bytes.
    """

    def __init__(self, send: Send) -> None:
        self._send = send
        self._waited = 0.0
        self._bytes = 0

    async def send(self, message: Any) -> None:
        """Raises TimeoutError if the client reads nothing for 30 seconds, or too slowly."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        self._bytes += len(message.get("body", b""))
        left = PATIENCE + self._bytes / SLOWEST - self._waited
        async with asyncio.timeout(min(PATIENCE, max(left, 0.0))):
            await self._send(message)
        self._waited += loop.time() - began
