"""Sends the file of a dataset: one snapshot, read while it is sent."""

import asyncio
import zlib

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from shared.database.snapshot import snapshot
from shared.database.statements import Connection
from shared.open_data.datasets import Dataset
from shared.open_data.domain import FORMATS, site_of
from shared.open_data.files import Lines, lines_of
from shared.open_data.licences import licence_of
from shared.open_data.queries import OpenData
from shared.open_data.requests import FRESH, Countries, unchanged
from shared.web.request.conditional import is_known
from shared.web.request.request_context import RequestContext
from shared.web.request.streams import Pace


class DatasetFile(Response):
    """A dataset in a format; 304 if the caller has it already."""

    def __init__(
        self, ctx: RequestContext, open_data: OpenData, dataset: Dataset, file_format: str, countries: Countries
    ) -> None:
        name = f'inline; filename="{dataset.name}.{file_format}"'
        headers = {**FRESH, "Content-Disposition": name, "Link": licence_of(ctx.settings.data_licence).link}
        super().__init__(None, 200, headers, FORMATS[file_format])
        del self.headers["content-length"]
        self._ctx, self._open_data, self._dataset = ctx, open_data, dataset
        self._format, self._countries = file_format, countries

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Takes a slot, reads and sends."""
        pace, streams = Pace(send), scope["app"].state.streams
        async with (
            streams.place(self._ctx) as database,
            snapshot(database, self._open_data.everybody.context) as connection,
        ):
            tag = await self._tag(connection)
            self.headers["etag"] = tag
            if is_known(self._ctx.request, tag):
                await unchanged(tag)(scope, receive, send)
                return
            await self._send_lines(connection, pace)

    async def _tag(self, connection: Connection) -> str:
        """The entity tag of the rows in this form."""
        settings = self._ctx.settings
        form = zlib.crc32(f"{settings.issuer} {settings.data_licence} {' '.join(self._dataset.columns)}".encode())
        state = await self._open_data.state(connection, self._dataset.name, *self._countries)
        return f'"{form:08x}.{state}"'

    async def _send_lines(self, connection: Connection, pace: Pace) -> None:
        lines = self._lines()
        await self._start(pace)
        waiting = lines.head
        async for rows in self._open_data.rows(connection, self._dataset.name, *self._countries):
            await _send(pace, waiting + await asyncio.to_thread(lines.block, rows))
            waiting = b""
        await _send(pace, waiting + await asyncio.to_thread(lines.end), more=False)

    def _lines(self) -> Lines:
        settings = self._ctx.settings
        site = site_of(settings.issuer, settings.data_licence)
        address = site.address(f"{self._open_data.resource.path}/{self._dataset.name}")
        return lines_of(self._dataset, self._format, site, address)

    async def _start(self, pace: Pace) -> None:
        await pace.send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})


async def _send(pace: Pace, block: bytes, *, more: bool = True) -> None:
    await pace.send({"type": "http.response.body", "body": block, "more_body": more})
