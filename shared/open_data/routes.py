"""Open data over HTTP: the list of datasets and their files."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, cast

from fastapi import FastAPI, Response

from shared.bulk.store import FileStore
from shared.kernel.errors import NotFound, Unavailable, invalid_parameter
from shared.open_data import copies
from shared.open_data.copies import copy_files
from shared.open_data.domain import FORMATS
from shared.open_data.licences import licence_of
from shared.open_data.queries import OpenData
from shared.open_data.requests import COUNTRY, DAY, FRESH, copy_day_of, countries_of, fresh, unchanged
from shared.open_data.schemas import NO_COPY, DatasetPage, Listed, present
from shared.open_data.streams import DatasetFile
from shared.web.contract.operation_ids import operation_id
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.request.conditional import is_known
from shared.web.request.files import BlocksResponse
from shared.web.request.request_context import CurrentContext, RequestContext
from shared.web.request.responses import document_response
from shared.web.request.route import ResourceRouter

_FIRST = "actions"
"""The service that had these operations first."""
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {media.partition(";")[0]: {} for media in FORMATS.values()}, "description": "The file."}
}


@asynccontextmanager
async def dataset_copies(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.dataset_copies` while the app runs."""
    app.state.dataset_copies = copy_files(app.state.settings)
    yield


def open_data_routes(open_data: OpenData) -> ResourceRouter:
    """The routes of the open data of a service."""
    router = ResourceRouter(open_data.resource, open_data.roles)
    service, datasets = open_data.resource.service, open_data.datasets

    @router.get(
        "",
        options=RouteOptions(is_public=True, query=query_of(described=DAY)),
        operation_id=operation_id(service, "listDatasets", first=_FIRST),
        summary="List the datasets of open data",
        responses={200: {"model": DatasetPage}},
    )
    async def list_datasets(ctx: CurrentContext) -> Response:
        """Each with the addresses of its files and of its newest copy, or with those of the copy of a day. There is no
        copy in the sandbox."""
        day = copy_day_of(ctx)
        found = await _listed(ctx, open_data, day)
        if day is not None and not found:
            raise NotFound(f"There is no copy of {day}.")
        items = [
            present(one, open_data.resource, *found.get(name, NO_COPY))
            for name, one in datasets.items()
            if day is None or name in found
        ]
        licence = licence_of(ctx.settings.data_licence)._asdict()
        return fresh(document_response(ctx, {"items": items, "next": None, "licence": licence}))

    @router.get(
        "/{name}.{file_format}",
        options=RouteOptions(is_public=True, is_item=True, query=query_of(described=COUNTRY | DAY)),
        operation_id=operation_id(service, "getDataset", first=_FIRST),
        summary="Read a dataset as a file",
        description="CSV without formulas, NDJSON, a workbook (XLSX) or JSON-LD: public fields of published rows, from"
        " one snapshot. With `date` the copy of a day, whose bytes never change.",
        response_model=None,
        response_class=Response,
        responses=_FILE,
    )
    async def get_dataset(name: str, file_format: str, ctx: CurrentContext) -> Response:
        dataset, countries, day = datasets.get(name), countries_of(ctx), copy_day_of(ctx)
        if day is not None:
            if not countries.common:
                raise invalid_parameter("country", "A copy has all countries.")
            return await _copy(ctx, service, name, file_format, day)
        if dataset is None or file_format not in FORMATS:
            raise NotFound("There is no such file.")
        if dataset.country is None and not countries.common:
            raise invalid_parameter("country", "The rows of this file belong to no country.")
        return DatasetFile(ctx, open_data, dataset, file_format, countries)

    return router


async def _listed(ctx: RequestContext, open_data: OpenData, day: date | None) -> dict[str, Listed]:
    """The copies of each dataset: those of a day, or the newest."""
    if ctx.principal.sandbox:
        return {}
    service = open_data.resource.service
    async with ctx.connection() as connection:
        days = await copies.days(connection, service)
        wanted = {name: day or known[0] for name, known in days.items() if day is None or day in known}
        files = await copies.of_days(connection, service, sorted(set(wanted.values())))
    return {
        name: Listed(days[name], {one.file_format: one for one in files if one[:2] == (name, chosen)})
        for name, chosen in wanted.items()
    }


async def _copy(ctx: RequestContext, service: str, name: str, file_format: str, day: date) -> Response:
    """The file of a copy. Raises NotFound, and Unavailable if the store has lost it."""
    found = None
    if not ctx.principal.sandbox:
        async with ctx.connection() as connection:
            found = await copies.find(connection, service, name, file_format, day)
    if found is None:
        raise NotFound(f"There is no copy of this file of {day}.")
    tag = f'"{found.sha256}"'
    if is_known(ctx.request, tag):
        return unchanged(tag)
    store = cast(FileStore, ctx.request.app.state.dataset_copies)
    if await store.size(found.sha256) != found.size:
        raise Unavailable("The stored file is lost. The operator has to restore it.", retry_after=3600)
    headers = {
        **FRESH,
        "ETag": tag,
        "Repr-Digest": f"sha-256=:{b64encode(bytes.fromhex(found.sha256)).decode()}:",
        "Content-Disposition": f'inline; filename="{name}.{day}.{file_format}"',
        "Link": licence_of(ctx.settings.data_licence).link,
    }
    return BlocksResponse(store.blocks(found.sha256), found.size, 200, headers, FORMATS[file_format])
