"""The reference at `/docs`: its contents, a page for each service, a search, each operation by itself, and
the contract for validators."""

from functools import cache, partial
from typing import Any

from fastapi import Request, Response

from services.portal.pages.templates import page
from services.portal.reference.contents import SERVICES, documents, groups, operations
from services.portal.reference.search import LONGEST, Task, search, tasks
from services.portal.reference.single import single_document
from services.portal.reference.whole import document_for_validators
from shared.pages.policy import HTML, PAGE
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.edge.fixed import fixed_response, tagged_response

_MOST_SHOWN = 200
_JSON = "application/json; charset=utf-8"

router = OptionsRouter(prefix="/docs")


@router.get("", options=RouteOptions(is_public=True), include_in_schema=False)
async def reference_page(request: Request) -> Response:
    """All tasks by service; with `q`, what has its words."""
    asked = request.query_params.get("q", "").strip()[:LONGEST]
    if not asked:
        return fixed_response(request, _contents(), HTML, PAGE)
    found = search(asked)
    count = len({task.operation.id for task in found})
    return tagged_response(request, _page("docs.html", asked=asked, count=count, found=found[:_MOST_SHOWN]), HTML, PAGE)


@router.get("/operations/{operation}.json", options=RouteOptions(is_public=True), include_in_schema=False)
async def operation_document(operation: str, request: Request) -> Response:
    """One operation as a document of OpenAPI. Raises NotFound."""
    return fixed_response(request, single_document(operation), _JSON, PAGE)


@router.get("/validation.json", options=RouteOptions(is_public=True), include_in_schema=False)
async def document_of_validation(request: Request) -> Response:
    """The contract for validators, which admits what `fields` selects."""
    return fixed_response(request, document_for_validators(), _JSON, PAGE)


async def _service_page(service: str, request: Request) -> Response:
    return fixed_response(request, _of_service(service), HTML, PAGE)


for _service in SERVICES:
    router.add_api_route(f"/{_service}", partial(_service_page, _service), methods=["GET"], include_in_schema=False)


@cache
def _contents() -> bytes:
    changing = [(service, [task for task in tasks() if _changes(task, service)]) for service in SERVICES]
    return _page("docs.html", tasks=[(service, found) for service, found in changing if found])


@cache
def _of_service(service: str) -> bytes:
    return _page("docs_service.html", service=service, groups=groups(service))


def _changes(task: Task, service: str) -> bool:
    return task.operation.service == service and task.operation.method != "GET"


def _page(name: str, **values: Any) -> bytes:
    about = {service: document["info"]["description"] for service, document in documents().items()}
    given: dict[str, Any] = {"asked": "", "count": len(operations()), "found": (), "tasks": (), "service": ""}
    return page(name, "en", here="reference", **{**given, "services": about, **values})
