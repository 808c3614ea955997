"""`/console/contributions/{id}`: the text of a contribution to the Global Report, as those read it who review it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import Response

from services.portal.console.frame.naming import title_of
from services.portal.console.frame.responses import page
from services.portal.console.frame.route import console_router
from services.portal.console.records.reading import Found, Record, find, known_kind
from services.portal.console.session.caller import Caller, accepted
from services.portal.console.session.guards import CurrentCaller
from shared.kernel.errors import NotFound
from shared.kernel.text import direction_of
from shared.web.contract.route_options import RouteOptions

router = console_router()
_PAGE = RouteOptions(is_public=True)
_IMAGES = ("image/png", "image/jpeg")
_SVG = "image/svg+xml"
_MENTION = re.compile(r"\{figure:([A-Za-z0-9_-]{1,40})\}")
_MOST_FIGURES = 100
_MOST_REMARKS = "200"


@router.get("/console/contributions/{key}", options=_PAGE)
async def show_present_text(key: str, caller: CurrentCaller) -> Response:
    """The text in the language of the caller, or else in its own, with its images; without one, the page says so."""
    found = await _found(caller, key)
    versions = await _versions(caller, found)
    return await _shown(
        caller, found, versions, number_shown_first(versions, str(found.record["language"]), caller.language)
    )


@router.get("/console/contributions/{key}/versions/{number}", options=_PAGE)
async def show_text(key: str, number: str, caller: CurrentCaller) -> Response:
    """A version of a text, with its images."""
    found = await _found(caller, key)
    return await _shown(caller, found, await _versions(caller, found), number)


@router.get("/console/contributions/{key}/versions/{number}/images/{name}", options=_PAGE)
async def show_image(key: str, number: str, name: str, caller: CurrentCaller) -> Response:
    """An image of a version, to who reads the version."""
    return await _image(caller, f"{_path(key, number)}/images/{quote(name, safe='')}", {}, _IMAGES)


@router.get("/console/figures/{key}/image", options=_PAGE)
async def show_figure(key: str, caller: CurrentCaller) -> Response:
    """The image of a figure in the language of the caller, in a `width`, to who reads the figure."""
    path, width = f"/actions/v1/figures/{quote(key, safe='')}/image", caller.request.query_params.get("width", "720")
    return await _image(caller, path, {"width": width, "language": caller.language}, (_SVG,))


async def _image(caller: Caller, path: str, query: Mapping[str, str], kinds: Sequence[str]) -> Response:
    reply = accepted(await caller.get(path, query))
    media = reply.headers.get("content-type", "")
    if media not in kinds:
        raise NotFound("There is no such image.")
    return Response(reply.content, media_type=media)


def _path(key: str, number: str) -> str:
    return f"/actions/v1/contributions/{quote(key, safe='')}/versions/{quote(number, safe='')}"


async def _found(caller: Caller, key: str) -> Found:
    return await find(caller, known_kind("actions", "contributions"), key)


async def _versions(caller: Caller, found: Found) -> Sequence[Record]:
    return await caller.items(f"{found.path}/versions")


def number_shown_first(versions: Sequence[Record], own: str, wanted: str) -> str | None:
    """The number of the version that a reader sees first: the newest translation of the newest text into the wanted
    language, or that text. `own` is the language of texts; `versions` begin with the newest."""
    text = next((one for one in versions if one["language"] == own), None)
    translations = (one for one in versions if text and (one["language"], one["of"]) == (wanted, text["number"]))
    shown = next(translations, text) or next(iter(versions), None)
    return str(shown["number"]) if shown else None


async def _shown(caller: Caller, found: Found, versions: Sequence[Record], number: str | None) -> Response:
    version: Mapping[str, Any] = await caller.read(_path(str(found.record["id"]), number)) if number else {}
    blocks = version.get("blocks", ())
    images: dict[int, list[Record]] = {}
    for image in version.get("images", ()):
        images.setdefault(image["block"], []).append(image)
    figures = await _figures(caller, found.record["edition_id"], blocks)
    remarks, round_number = await _remarks(caller, found, versions, version)
    return page(
        caller,
        "manuscript.html",
        found=found,
        title=title_of(found.record, caller.language),
        here=f"/console/contributions/{found.record['id']}/versions",
        versions=versions,
        version=version,
        images=images,
        remarks=remarks,
        commenting=f"{found.page}/comments/new?{urlencode({'round': round_number})}" if round_number else None,
        finishing=await _finishing(caller, found) if round_number else None,
        blocks=list(_with_figures(blocks, figures)),
        direction=direction_of(version["language"]) if version else "auto",
    )


async def _remarks(
    caller: Caller, found: Found, versions: Sequence[Record], version: Mapping[str, Any]
) -> tuple[Mapping[int, list[Record]], int | None]:
    """The comments on a version, by the block at which they begin; and the number of the open round in which the caller
    may comment on it, if there is one."""
    reply = await caller.get(f"{found.path}/comments", {"limit": _MOST_REMARKS, "include": "permitted"})
    listed = reply.document if reply.status_code == HTTPStatus.OK else {}
    remarks: dict[int, list[Record]] = {}
    for one in listed.get("items", ()):
        if one["on_version"] == version.get("number"):
            remarks.setdefault(one["from"], []).append(one)
    newest = next((one["number"] for one in versions if one["language"] == found.record["language"]), None)
    if "create" not in listed.get("permitted", ()) or version.get("number") != newest:
        return remarks, None
    rounds = await caller.items(
        "/actions/v1/review_rounds", {"edition_id": found.record["edition_id"], "status": "open"}
    )
    return remarks, next((one["number"] for one in rounds if found.record["id"] in one["contributions"]), None)


async def _finishing(caller: Caller, found: Found) -> str | None:
    """Where the caller says that they have no more to say, if they review the text."""
    query = {"contribution_id": str(found.record["id"]), "status": "accepted", "holder": "me", "limit": "1"}
    mine = await caller.items("/actions/v1/reviewers", query)
    return f"/console/actions/reviewers/{mine[0]['id']}/do/complete" if mine else None


async def _figures(caller: Caller, edition: str, blocks: Sequence[Record]) -> Mapping[str, Record]:
    """The first figures that blocks mention, by their keys, as far as the caller may read them."""
    keys = list(dict.fromkeys(key for block in blocks for key in _MENTION.findall(block["text"])))[:_MOST_FIGURES]
    wanted = {"edition_id": edition, "status": "live,frozen", "key": ",".join(keys), "limit": str(_MOST_FIGURES)}
    return {one["key"]: one for one in await caller.items("/actions/v1/figures", wanted)} if keys else {}


def _with_figures(
    blocks: Sequence[Record], figures: Mapping[str, Record]
) -> Iterator[tuple[Record, list[str | Record], list[Record]]]:
    """Each block, its text with figures in the place of their mentions, and the figures that it mentions first."""
    left = dict(figures)
    for block in blocks:
        words = _MENTION.split(block["text"])
        text = [figures.get(part, f"{{figure:{part}}}") if n % 2 else part for n, part in enumerate(words)]
        yield block, text, [left.pop(key) for key in dict.fromkeys(words[1::2]) if key in left]
