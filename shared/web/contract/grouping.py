"""The groups of kinds of record: the contexts of a service, by the modules of routes and of what they return."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from sys import modules
from typing import Any

from fastapi.routing import APIRoute

_OTHERS = "Files, jobs and health"
_CONTEXT = 3
"""`services.centres.designation` names a context."""


def tag_groups(routes: Iterable[APIRoute], tags: Sequence[str]) -> list[dict[str, Any]]:
    """Groups of tags, each with the first sentence of its context: `x-tagGroups`, as Redoc and others read it."""
    contexts: dict[str, Counter[str]] = {tag: Counter() for tag in tags}
    for route in routes:
        for tag in route.tags:
            contexts[str(tag)].update(_contexts(route))
    grouped: dict[str, list[str]] = {}
    for tag in tags:
        (context, _), *_others = contexts[tag].most_common(1) or [("", 0)]
        grouped.setdefault(context, []).append(tag)
    shared = grouped.pop("", [])
    found = [_group(context, of_context) for context, of_context in grouped.items()]
    return found + ([{"name": _OTHERS, "tags": shared}] if shared else [])


def _group(context: str, tags: list[str]) -> dict[str, Any]:
    about = " ".join((modules[context].__doc__ or "").partition("\n\n")[0].split())
    name = context.rpartition(".")[2].replace("_", " ").capitalize()
    return {"name": name, **({"description": about} if about else {}), "tags": tags}


def _contexts(route: APIRoute) -> Iterator[str]:
    described = (response.get("model") for response in route.responses.values())
    for part in (route.endpoint, route.response_model, *described):
        path = getattr(part, "__module__", "").split(".")
        if path[0] == "services" and len(path) > _CONTEXT:
            yield ".".join(path[:_CONTEXT])
