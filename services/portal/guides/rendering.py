"""The guides of `docs/` as pages: Markdown without raw HTML, headings with anchors, links between guides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise
from unicodedata import normalize

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from services.portal.pages.templates import page
from shared.kernel.errors import NotFound

GROUPS: dict[str, tuple[str, ...]] = {
    "For each office": (
        "membership",
        "institutions",
        "focal-points",
        "plans",
        "office-officer",
        "office-focal-point",
        "office-author",
        "office-publisher",
        "office-committee",
        "office-representative",
        "office-director",
        "office-reviewer",
        "office-member",
    ),
    "For developers": (
        "tour",
        "frontends",
        "secretariat-frontend",
        "broadcasts",
        "congresses",
        "initiatives",
        "calls",
        "applications",
        "annual-reports",
        "earlier-centres",
        "register",
        "support",
        "assessments",
        "tasks",
        "calendars",
        "centre-partners",
        "centre-changes",
        "committees",
        "evaluations",
        "dashboards",
    ),
    "For ministries and national systems": (
        "governments",
        "national-lists",
        "evidence",
        "schemes",
        "results",
        "progress-reports",
        "spreadsheets",
    ),
    "For whoever reads the open data": ("open-data",),
    "For whoever verifies certificates": ("certificates",),
    "For operators and reviewers": (
        "operations",
        "runbooks",
        "settings",
        "kubernetes",
        "scaling",
        "under-attack",
        "security",
        "promises",
        "access-matrix",
        "notifications",
    ),
}
_NAMES = frozenset(name for names in GROUPS.values() for name in names)
_TITLE = re.compile(r"^# (.+)$", re.MULTILINE)
_FILE = re.compile(r"^([a-z-]+)\.md(#.*)?$")
_OUTSIDE = ("https://", "http://", "#", "/")
_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True, slots=True)
class Guide:
    """A guide: its name in the address, its title, and its Markdown text."""

    name: str
    title: str
    text: str


@cache
def guide(name: str) -> Guide:
    """The guide with this name. Raises NotFound."""
    if name not in _NAMES:
        raise NotFound("There is no such guide.")
    text = files("docs").joinpath(f"{name}.md").read_text(encoding="utf-8")
    found = _TITLE.search(text)
    return Guide(name, found[1].strip() if found else name, text)


@cache
def guide_page(name: str) -> bytes:
    """A guide as a page. Raises NotFound."""
    found = guide(name)
    tokens = _MARKDOWN.parse(found.text)
    _anchor(tokens)
    for token in tokens:
        if token.children:
            token.children = list(_linked(token.children))
    body = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    body = (
        body.replace("<table>", '<div class="scroll" tabindex="0"><table>')
        .replace("</table>", "</table></div>")
        .replace("<pre>", '<pre tabindex="0">')
    )
    return page("guide.html", "en", here="guides", title=found.title, guide=Markup(body))  # noqa: S704  Markdown made it


@cache
def contents_page() -> bytes:
    """The list of all guides, grouped by audience."""
    parts = [
        f"## {group}\n\n" + "\n".join(f"- [{guide(name).title}]({name}.md)" for name in names)
        for group, names in GROUPS.items()
    ]
    tokens = _MARKDOWN.parse("\n\n".join(parts))
    for token in tokens:
        if token.children:
            token.children = list(_linked(token.children))
    body = _MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {})
    return page("guides.html", "en", here="guides", guides=Markup(body))  # noqa: S704  Markdown made it


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


def _linked(tokens: list[Token]) -> Iterator[Token]:
    """The tokens with links to the addresses of guides; a link to a file that is not served becomes its text."""
    is_dropped = False
    for token in tokens:
        if token.type == "link_open":
            target = str(token.attrGet("href") or "")
            found = _FILE.match(target)
            if found and found[1] in _NAMES:
                token.attrSet("href", f"/guides/{found[1]}{found[2] or ''}")
            is_dropped = not (found and found[1] in _NAMES) and not target.startswith(_OUTSIDE)
            if is_dropped:
                continue
        elif token.type == "link_close" and is_dropped:
            is_dropped = False
            continue
        yield token
