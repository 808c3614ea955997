"""Open data over HTTP: the list of datasets and their files."""

from typing import Any

from fastapi import Response

from shared.kernel.errors import NotFound, invalid_parameter
from shared.open_data.domain import FORMATS
from shared.open_data.queries import OpenData
from shared.open_data.requests import COUNTRY, FRESH, countries_of
from shared.open_data.schemas import DatasetList, present
from shared.open_data.streams import DatasetFile
from shared.web.operation_ids import operation_id
from shared.web.request_context import CurrentContext
from shared.web.responses import document_response
from shared.web.route import ResourceRouter
from shared.web.route_options import RouteOptions, query_of

_FIRST = "actions"
"""The service that had these operations first."""
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {media.partition(";")[0]: {} for media in FORMATS.values()}, "description": "The file."}
}


def open_data_routes(open_data: OpenData) -> ResourceRouter:
    """The routes of the open data of a service."""
    router = ResourceRouter(open_data.resource, open_data.roles)
    service, datasets = open_data.resource.service, open_data.datasets

    @router.get(
        "",
        options=RouteOptions(is_public=True),
        operation_id=operation_id(service, "listDatasets", first=_FIRST),
        summary="List the datasets of open data",
        responses={200: {"model": DatasetList}},
    )
    async def list_datasets(ctx: CurrentContext) -> Response:
        """Each with the addresses of its files."""
        response = document_response(
            ctx, {"items": [present(each, open_data.resource) for each in datasets.values()], "next": None}
        )
        response.headers.update(FRESH)
        return response

    @router.get(
        "/{name}.{file_format}",
        options=RouteOptions(is_public=True, is_item=True, query=query_of(described=COUNTRY), problems=("too_large",)),
        operation_id=operation_id(service, "getDataset", first=_FIRST),
        summary="Read a dataset as a file",
        description="CSV without formulas, NDJSON, a workbook (XLSX) or JSON-LD: public fields of published rows, from"
        " one snapshot.",
        response_model=None,
        response_class=Response,
        responses=_FILE,
    )
    async def get_dataset(name: str, file_format: str, ctx: CurrentContext) -> Response:
        dataset, countries = datasets.get(name), countries_of(ctx)
        if dataset is None or file_format not in FORMATS:
            raise NotFound("There is no such file.")
        if dataset.country is None and not countries.common:
            raise invalid_parameter("country", "The rows of this file belong to no country.")
        return DatasetFile(ctx, open_data, dataset, file_format, countries)

    return router
