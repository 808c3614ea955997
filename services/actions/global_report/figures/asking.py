"""Asks the public API what figures show."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl

import orjson
from fastapi import Request

from services.actions.global_report.figures import domain
from services.actions.global_report.figures.answers import (
    Answer,
    Asked,
    Refusal,
    canonical,
    definitions,
    digest_of,
    name_of,
    repeated,
)
from services.actions.global_report.figures.record import Query
from shared.kernel.errors import Unavailable
from shared.reading.api import PublicApi

_AT_ONCE = 6
_SECONDS = 60.0
"""Seconds for all figures of an edition together."""
_MOST_BYTES = 1 << 20
_MOST_PAGES = 4


async def ask_all(request: Request, queries: Iterable[Query], day: date | None) -> Asked:
    """What the API answers to each query for a day, on behalf of the sender of `request`. Raises Unavailable if it does
    not answer in time."""
    slots = asyncio.Semaphore(_AT_ONCE)

    async def ask_one(query: Query) -> Answer | Refusal:
        async with slots:
            return await ask(request, query, day)

    different = {name_of(query, day): query for query in queries}
    try:
        async with asyncio.timeout(_SECONDS), asyncio.TaskGroup() as group:
            tasks = {name: group.create_task(ask_one(query)) for name, query in different.items()}
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    except TimeoutError:
        raise Unavailable("The figures take too long to ask.") from None
    return {name: task.result() for name, task in tasks.items()}


async def ask(request: Request, query: Query, day: date | None) -> Answer | Refusal:
    """What the API answers to anybody. Raises Unavailable if it does not."""
    domain.check(query)
    api: PublicApi = request.app.state.public_api
    path, given = query["path"], domain.asked_of(query, day)
    answer: dict[str, Any] = {}
    for _ in range(_MOST_PAGES):
        reply = await api.get(path, given, request, most_bytes=_MOST_BYTES)
        found: dict[str, Any] = orjson.loads(reply.content) if reply.is_json else {}
        if 400 <= reply.status_code < 429:
            return Refusal(_reason(found))
        if reply.status_code != 200 or not found:
            raise Unavailable("The public API does not answer.")
        answer = {**found, "items": [*answer["items"], *found["items"]]} if answer else found
        if (following := found.get("next")) is None:
            break
        path, _, rest = following.partition("?")
        given = dict(parse_qsl(rest))
    content = canonical(repeated(answer))
    return Answer(content, digest_of(content), definitions(answer), orjson.loads(content))


def _reason(problem: Mapping[str, Any]) -> str:
    """What a problem says: of its parameters, or of all."""
    named = [
        f"{one.get('parameter')}: {one.get('detail')}" for one in problem.get("errors") or () if "parameter" in one
    ]
    return "; ".join(named)[:500] or str(problem.get("detail") or problem.get("title") or "Refused.")[:500]
