"""The search over titles and texts of guides."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from unicodedata import combining, normalize

from services.portal.guides.library import Guide, guides

LONGEST = 100
"""Characters of a search that count; further ones are left out."""
_EXCERPT = 200
_MARKS = re.compile(r"^[#>|\-\s*]+|\[([^\]]*)\]\([^)]*\)|[*`]+")
_RULE = re.compile(r"^[\s|:-]*$")


@dataclass(frozen=True, slots=True)
class Found:
    """A guide that has all words of a search, with a line of it."""

    name: str
    title: str
    line: str


@dataclass(frozen=True, slots=True)
class _Indexed:
    guide: Guide
    title: str
    text: str
    lines: tuple[tuple[str, str], ...]
    """Each line without marks, as it is shown and as it is searched."""


def search(asked: str) -> list[Found]:
    """The guides that have every word of a search, those first whose titles have most of them; none without a word."""
    words = tuple(dict.fromkeys(_plain(asked[:LONGEST]).split()))
    if not words:
        return []
    hits = [each for each in _index() if all(word in each.text for word in words)]
    hits.sort(key=lambda each: (-sum(word in each.title for word in words), each.title))
    return [Found(each.guide.name, each.guide.title, _line(each, words)) for each in hits]


@cache
def _index() -> tuple[_Indexed, ...]:
    return tuple(_indexed(guide) for guide in guides().values())


def _indexed(guide: Guide) -> _Indexed:
    lines = tuple((line, _plain(line)) for line in _lines(guide.text))
    title = _plain(guide.title)
    return _Indexed(guide, title, "\n".join((title, *(plain for _, plain in lines))), lines)


def _plain(text: str) -> str:
    """The text without case and accents. Unlike `fold`, it keeps what names of settings and headers have."""
    return "".join(each for each in normalize("NFKD", text.casefold()) if not combining(each))


def _line(found: _Indexed, words: tuple[str, ...]) -> str:
    """The first line below the title that has most of the words."""
    best, _ = max(found.lines, key=lambda line: sum(word in line[1] for word in words), default=("", ""))
    return best if len(best) <= _EXCERPT else f"{best[:_EXCERPT].rsplit(' ', 1)[0]} …"


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines()[1:]:
        if not _RULE.match(line):
            yield " ".join(_MARKS.sub(lambda found: found[1] or "", line).replace("|", " ").split())
