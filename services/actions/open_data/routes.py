"""Open data over HTTP: the list of datasets, their files, and public files of evidence."""

from typing import Any

from fastapi import Response

from services.actions.access import ROLES
from services.actions.evidence.contents import content_response
from services.actions.evidence.queries import LISTING as EVIDENCE
from services.actions.evidence.record import Evidence
from services.actions.open_data.datasets import DATASETS
from services.actions.open_data.domain import FORMATS, OPEN_DATA
from services.actions.open_data.queries import EVERYBODY
from services.actions.open_data.requests import COUNTRY, FRESH, countries_of, known_countries
from services.actions.open_data.schemas import DatasetList, present
from services.actions.open_data.streams import DatasetFile
from shared.kernel.errors import NotFound, invalid_parameter
from shared.records.rows import record_read
from shared.web.request_context import CurrentContext
from shared.web.responses import document_response, key_of
from shared.web.route import ResourceRouter
from shared.web.route_options import RouteOptions, query_of

router = ResourceRouter(OPEN_DATA, ROLES)
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {media.partition(";")[0]: {} for media in FORMATS.values()}, "description": "The file."}
}
_BYTES: dict[str, Any] = {"content": {"application/octet-stream": {}}}
_CONTENT: dict[int | str, dict[str, Any]] = {200: _BYTES, 206: {"description": "The requested range.", **_BYTES}}


@router.get(
    "",
    options=RouteOptions(is_public=True),
    operation_id="listDatasets",
    summary="List the datasets of open data",
    responses={200: {"model": DatasetList}},
)
async def list_datasets(ctx: CurrentContext) -> Response:
    """Each with the addresses of its files."""
    response = document_response(ctx, {"items": [present(each) for each in DATASETS.values()], "next": None})
    response.headers.update(FRESH)
    return response


@router.get(
    "/{name}.{file_format}",
    options=RouteOptions(is_public=True, is_item=True, query=query_of(described=COUNTRY), problems=("too_large",)),
    operation_id="getDataset",
    summary="Read a dataset as a file",
    description="CSV without formulas, NDJSON, a workbook (XLSX) or JSON-LD: public fields of published rows, from one"
    " snapshot.",
    response_model=None,
    response_class=Response,
    responses=_FILE,
)
async def get_dataset(name: str, file_format: str, ctx: CurrentContext) -> Response:
    dataset, countries = DATASETS.get(name), countries_of(ctx)
    if dataset is None or file_format not in FORMATS:
        raise NotFound("There is no such file.")
    if dataset.country is None and not countries.common:
        raise invalid_parameter("country", "The rows of this file belong to no country.")
    return DatasetFile(ctx, dataset, file_format, countries)


@router.get(
    "/documents/{evidence}",
    options=RouteOptions(
        is_public=True, is_item=True, problems=("evidence_not_available", "purged", "range_not_satisfiable")
    ),
    operation_id="getPublicDocument",
    summary="Fetch a public file of evidence",
    description="An attachment. `Range` asks for one range of bytes; `If-Range` for all, if the file is another one.",
    response_model=None,
    response_class=Response,
    responses=_CONTENT,
)
async def get_document(evidence: str, ctx: CurrentContext) -> Response:
    async with ctx.connection() as connection:
        row = await EVIDENCE.get(connection, EVERYBODY, key_of(evidence))
    if row is None or (row["country"] is not None and row["country"] not in known_countries(ctx)):
        raise NotFound("There is no such file.")
    response = content_response(ctx, record_read(Evidence, row))
    response.headers.update(FRESH)
    return response
