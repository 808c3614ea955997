"""The text of a contribution, from the page of its edition that a build has made."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from markupsafe import Markup

from services.portal.reading.reads import PageReads
from services.portal.reading.recent import Recent
from shared.kernel.text import direction_of

_MOST_BYTES, _MOST = 32 << 20, 1_000
"""Bytes of a page of an edition, and of all that are kept; how many are."""
_SECTION = re.compile(r"<(/?)section\b[^>]*>")
_TEXT = re.compile(r'<div class="text" lang="([^"]*)">')
_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_STYLE = re.compile(r' style="[^"]*"')
_TABLE = re.compile(r"<table(?=[ >])")
_HEADING = re.compile(r"(</?h)([1-6])\b")
_IMAGE = re.compile(r'(<img\b[^<>]* ?src=")(image-[0-9a-f]{32}\.(?:png|jpg)")')
_FIGURE = re.compile(r'(<div class="report-figure" id="figure-([A-Za-z0-9_-]+)"><p class="figure-title">)(.*?)(</p>)')


@dataclass(frozen=True, slots=True)
class Fragment:
    """A text in the language `language`, whose highest heading is of the second level."""

    language: str
    content: Markup

    @property
    def direction(self) -> str:
        return direction_of(self.language)


def fragment_of(page: str, number: int, figures: str, files: str) -> Fragment | None:
    """The text of the contribution of this number; None if the page has none. `figures` precedes the keys of figures in
    their addresses, `files` the names of images.

    Styles of single elements are left out: the policy of pages allows none. Tables take the focus, since narrow screens
    scroll them.
    """
    begin = page.find(f'<section class="contribution" id="c{number}">')
    if begin < 0 or (text := _TEXT.search(page, begin)) is None:
        return None
    end = page.rfind("</div>", text.end(), _end_of(page, begin))
    if end < 0:
        return None
    plain = _TAG.sub(lambda tag: _STYLE.sub("", tag[0]), page[text.end() : end])
    linked = _FIGURE.sub(lambda one: f'{one[1]}<a href="{figures}/{one[2]}">{one[3]}</a>{one[4]}', plain)
    shown = _IMAGE.sub(rf"\1{files}/\2", linked)
    reached = _TABLE.sub('<table tabindex="0"', _raised(shown))
    return Fragment(text[1], Markup(reached))  # noqa: S704  written by the build, which lets no markup through


def _end_of(page: str, begin: int) -> int:
    """Where the section ends that begins there."""
    depth = 0
    for tag in _SECTION.finditer(page, begin):
        depth += -1 if tag[1] else 1
        if depth == 0:
            return tag.start()
    return len(page)


def _raised(content: str) -> str:
    highest = min((int(level) for _, level in _HEADING.findall(content)), default=2)
    return _HEADING.sub(lambda tag: f"{tag[1]}{int(tag[2]) - highest + 2}", content)


class EditionPages:
    """The pages of editions that were read last, by their digests."""

    def __init__(self) -> None:
        self._known = Recent[str](_MOST_BYTES, _MOST)

    async def page(self, reads: PageReads, link: str, sha256: str) -> str:
        """The page of this digest, which the API has at `link`. Raises what `PageReads.file` raises."""
        if (known := self._known.get(sha256)) is not None:
            return known
        content = await reads.file(link, most_bytes=_MOST_BYTES)
        page = content.decode()
        self._known.put(sha256, page, len(content))
        return page


@asynccontextmanager
async def edition_pages(app: FastAPI) -> AsyncIterator[None]:
    """Provides `app.state.edition_pages` while the app runs."""
    app.state.edition_pages = EditionPages()
    yield
