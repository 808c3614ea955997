"""The vocabularies over HTTP: to everybody, the same until the next release."""

from functools import cache

import orjson
from fastapi import Response

from services.access.access import ROLES
from services.access.overview.vocabularies.schemas import VOCABULARY, TermPage, VocabularyPage, shown_list, shown_terms
from shared.kernel.errors import NotFound
from shared.web.contract.route_options import RouteOptions
from shared.web.contract.vocabularies import VOCABULARIES
from shared.web.edge.fixed import fixed_response
from shared.web.request.request_context import CurrentContext
from shared.web.request.responses import JSON
from shared.web.request.route import ResourceRouter

_FOR_ALL = {"Cache-Control": "public, max-age=300"}

router = ResourceRouter(VOCABULARY, ROLES)


@router.get("", options=RouteOptions(is_public=True), responses={200: {"model": VocabularyPage}})
async def list_vocabularies(ctx: CurrentContext) -> Response:
    """List the vocabularies.

    Which codes have titles in six languages.
    """
    return fixed_response(ctx.request, _listing(), JSON, _FOR_ALL)


@router.get("/{vocabulary}", options=RouteOptions(is_public=True), responses={200: {"model": TermPage}})
async def get_vocabulary(vocabulary: str, ctx: CurrentContext) -> Response:
    """List the terms of a vocabulary.

    Each code with its titles in six languages and its meaning: what a frontend shows for refusals, transitions and
    states. It changes only with a release; read it again with `If-None-Match`.
    """
    if vocabulary not in VOCABULARIES:
        raise NotFound("There is no such vocabulary.")
    return fixed_response(ctx.request, _terms(vocabulary), JSON, _FOR_ALL)


@cache
def _listing() -> bytes:
    return orjson.dumps(shown_list())


@cache
def _terms(name: str) -> bytes:
    return orjson.dumps(shown_terms(VOCABULARIES[name]))
