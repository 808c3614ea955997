"""Guides as pages: Markdown without raw HTML, headings with anchors, links between guides."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from unicodedata import normalize

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from services.portal.guides.library import CONTENTS, SHELL, Guide, contents, guides
from services.portal.guides.search import Found
from services.portal.pages.templates import page
from shared.kernel.errors import NotFound

_OUTSIDE = ("https://", "http://", "#", "/")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_HEADING = re.compile(r"^# .+\n")
_LINK = re.compile(r"\[([^\]]*)\]\(([^()\s]+)\)")


@cache
def guide_page(name: str) -> bytes:
    """A guide as a page. Raises NotFound."""
    found = guides().get(name)
    if found is None:
        raise NotFound("There is no such guide.")
    return page("guide.html", "en", here="guides", title=found.title, guide=_body(found, found.text))


@cache
def contents_page(language: str) -> bytes:
    """Who begins where, with all guides; what surrounds it in the language."""
    whole = contents()
    return page("guides.html", language, here="guides", asked="", guides=_body(whole, _HEADING.sub("", whole.text)))


def found_page(language: str, asked: str, found: Sequence[Found]) -> bytes:
    """The guides that a search found."""
    return page("guides_found.html", language, here="guides", asked=asked, found=found)


def as_markdown(guide: Guide, origin: str) -> str:
    """A guide as Markdown, whose links are addresses, those to guides of their Markdown; a link to a file that is not
    served becomes its text."""

    def linked(found: re.Match[str]) -> str:
        text, target = found.groups()
        if not target.startswith(_OUTSIDE):
            path, mark, anchor = _address(guide.folder, target).partition("#")
            is_guide = path.startswith("/guides/") and path not in ("/guides/", f"/guides/{SHELL}")
            target = f"{path}{'.md' if is_guide else ''}{mark}{anchor}"
        if not target:
            return text
        return f"[{text}]({origin if target.startswith('/') else ''}{target})"

    return _LINK.sub(linked, guide.text)


def _body(guide: Guide, text: str) -> Markup:
    tokens = _MARKDOWN.parse(text)
    _anchor(tokens)
    for token in tokens:
        if token.children:
            token.children = list(_linked(guide.folder, token.children))
    body = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    body = (
        body.replace("<table>", '<div class="scroll" tabindex="0"><table>')
        .replace("</table>", "</table></div>")
        .replace("<pre>", '<pre tabindex="0">')
    )
    return Markup(body)  # noqa: S704  Markdown made it


def _anchor(tokens: list[Token]) -> None:
    """Gives headings below the first level an id and a link to it."""
    taken: set[str] = set()
    for opening, inline in pairwise(tokens):
        if opening.type != "heading_open" or opening.tag == "h1":
            continue
        name = _slug(inline.content, taken)
        opening.attrSet("id", name)
        link = Token("link_open", "a", 1, attrs={"href": f"#{name}", "class": "anchor", "aria-label": "Link here"})
        mark, close = Token("text", "", 0, content="#"), Token("link_close", "a", -1)
        inline.children = [*(inline.children or []), link, mark, close]


def _slug(heading: str, taken: set[str]) -> str:
    plain = normalize("NFKD", heading.lower()).encode("ascii", "ignore").decode()
    base = re.sub(r"\s+", "-", re.sub(r"[^\w\s-]", "", plain).strip()) or "part"
    name, count = base, 1
    while name in taken:
        name, count = f"{base}-{count}", count + 1
    taken.add(name)
    return name


def _linked(folder: str, tokens: list[Token]) -> Iterator[Token]:
    """The tokens with links to the addresses of guides; a link to a file that is not served becomes its text."""
    is_dropped = False
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrGet("href") or "")
            if not target.startswith(_OUTSIDE):
                target = _address(folder, target)
                token.attrSet("href", target)
            is_dropped = not target
            if is_dropped:
                continue
        elif token.type == "link_close" and is_dropped:
            is_dropped = False
            continue
        yield token


def _address(folder: str, target: str) -> str:
    """The address of a file that a page of the folder links to; empty if it is not served."""
    path, mark, anchor = target.partition("#")
    file = posixpath.normpath(posixpath.join(folder, path))
    at, _, name = file.removesuffix(".md").rpartition("/")
    found = guides().get(name)
    if found is not None and found.folder == at:
        return f"/guides/{name}{mark}{anchor}"
    return {CONTENTS: f"/guides/{mark}{anchor}", SHELL: f"/guides/{SHELL}"}.get(file, "")
