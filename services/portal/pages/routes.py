"""Pages for people (`/people`, `/account`, `/docs`, `/problems`, `/vocabularies`), and the catalogue of problems
for programs."""

from typing import Annotated, Any

import orjson
from fastapi import Request, Response
from pydantic import Field
from starlette.responses import RedirectResponse

from services.portal.pages import assets, templates
from shared.kernel.errors import NotFound
from shared.pages.assets import address_of, asset
from shared.pages.policy import HTML, KEPT, PAGE
from shared.pages.reader import language_of, wants_json
from shared.web.contract.catalogue import PROBLEMS, Problem
from shared.web.contract.contract import Described
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.contract.vocabularies import terms_of
from shared.web.edge.fixed import fixed_response, tagged_response
from shared.web.request.route import refuse_unknown

_NEGOTIATED = {**PAGE, "Vary": "Accept, Accept-Language"}
_JSON = "application/json; charset=utf-8"
_BOTH: dict[int | str, dict[str, Any]] = {200: {"content": {"text/html": {"schema": {"type": "string"}}}}}

router = OptionsRouter()


class CataloguedProblem(Described):
    """What a problem's code means. `titles` by language; `meaning` in English."""

    type: Annotated[str, "The problem's page."] = Field(examples=["/problems/validation_failed"])
    code: Annotated[str, "The code that problems carry."] = Field(examples=["validation_failed"])
    status: Annotated[int, "The HTTP status."] = Field(examples=[422])
    titles: Annotated[dict[str, str], "The title, by language."] = Field(
        examples=[{"en": "The content breaks the rules"}]
    )
    meaning: Annotated[str, "What it means and what helps."] = Field(
        examples=["Each entry of `errors` points to one field."]
    )


class ProblemPage(Described):
    """All problems; there is never a next page."""

    items: Annotated[list[CataloguedProblem], "The problems."]
    next: Annotated[None, "Always null: there is no next page."] = None


@router.get("/people", options=RouteOptions(is_public=True), include_in_schema=False)
async def people_page(request: Request) -> Response:
    """What is published, and how to take part."""
    return fixed_response(
        request, templates.people(language_of(request), *request.app.state.settings.installation), HTML, _NEGOTIATED
    )


@router.get("/account", options=RouteOptions(is_public=True), include_in_schema=False)
async def account_page(request: Request) -> Response:
    """Where one registers, and where the links of mails lead."""
    return fixed_response(
        request, templates.account(language_of(request), *request.app.state.settings.installation), HTML, _NEGOTIATED
    )


@router.get("/docs/{name}", options=RouteOptions(is_public=True), include_in_schema=False)
async def page_asset(name: str, request: Request) -> Response:
    """Styles, scripts and icons of the pages."""
    try:
        content, media = assets.asset(name)
    except KeyError:
        raise NotFound from None
    return fixed_response(request, content, media, PAGE)


@router.get("/assets/{digest}/{name}", options=RouteOptions(is_public=True), include_in_schema=False)
async def asset_of_digest(digest: str, name: str, request: Request) -> Response:
    """A file of the pages for good. The address of another release leads to the present one. Raises NotFound."""
    try:
        found = asset(name, assets.PACKAGE)
    except KeyError:
        raise NotFound from None
    if digest != found.digest:
        return RedirectResponse(address_of(name, assets.PACKAGE), 302, {"Cache-Control": "no-store"})
    return fixed_response(request, found.content, found.media_type, KEPT)


@router.get(
    "/problems",
    options=RouteOptions(is_public=True),
    operation_id="listProblems",
    summary="List all problems",
    tags=["problems"],
    response_model=ProblemPage,
    responses=_BOTH,
)
async def list_problems(request: Request) -> Response:
    """Every problem that an operation, a field or a row of an import can have."""
    refuse_unknown(request, frozenset())
    if wants_json(request):
        listing = {"items": [_shown(problem) for problem in PROBLEMS.values()], "next": None}
        return fixed_response(request, orjson.dumps(listing), _JSON, _NEGOTIATED)
    return fixed_response(request, templates.problems(language_of(request)), HTML, _NEGOTIATED)


@router.get(
    "/problems/{code}",
    options=RouteOptions(is_public=True),
    operation_id="getProblem",
    summary="What a problem means",
    tags=["problems"],
    response_model=CataloguedProblem,
    responses=_BOTH,
)
async def get_problem(code: str, request: Request) -> Response:
    """Titles in six languages, the status, what it means and what helps. The code of a refusal reason leads to the page
    of the reason."""
    refuse_unknown(request, frozenset())
    problem = PROBLEMS.get(code)
    if problem is None and (reasons := terms_of("reasons", code)):
        return RedirectResponse(reasons[0].page, 308)
    if problem is None:
        raise NotFound("There is no such problem.")
    if wants_json(request):
        return fixed_response(request, orjson.dumps(_shown(problem)), _JSON, _NEGOTIATED)
    return fixed_response(request, templates.problem(code, language_of(request)), HTML, _NEGOTIATED)


@router.get("/vocabularies", options=RouteOptions(is_public=True), include_in_schema=False)
async def vocabularies_page(request: Request) -> Response:
    """All reasons, states and verbs, in the reader's language."""
    return fixed_response(request, templates.vocabularies(language_of(request)), HTML, _NEGOTIATED)


@router.get("/vocabularies/{name}/{code}", options=RouteOptions(is_public=True), include_in_schema=False)
async def term_page(name: str, code: str, request: Request) -> Response:
    """What a reason, a state or a verb means, in six languages."""
    if not terms_of(name, code):
        raise NotFound("There is no such term.")
    return tagged_response(request, templates.term(name, code, language_of(request)), HTML, _NEGOTIATED)


def _shown(problem: Problem) -> dict[str, Any]:
    return {
        "type": problem.type,
        "code": problem.code,
        "status": problem.status,
        "titles": dict(problem.titles),
        "meaning": problem.meaning,
    }
