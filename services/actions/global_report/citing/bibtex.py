"""Works in BibTeX, as UTF-8: what TeX reads as a command stands in a command of its own."""

import re
from collections.abc import Mapping

from services.actions.global_report.citing.domain import PUBLISHER, Work

_COMMANDS: Mapping[str, str] = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "`": r"\textasciigrave{}",
    **{sign: f"\\{sign}" for sign in "#$%&_"},
}
_SIGNS = re.compile("[" + re.escape("".join(_COMMANDS)) + "]|(?<=-)-|(?<=')'")
_SEVERAL = re.compile(r"[,\s]and[,\s]|,", re.IGNORECASE)
"""In a name: what would make it several people, or a family name first."""


def written(of: Work) -> bytes:
    """One entry: a report of the publisher, or a part of a collection. Titles keep their case."""
    people = " and ".join(_person(one.name) for one in of.people) or f"{{{_escaped(PUBLISHER)}}}"
    fields = {
        "author": people,
        "title": f"{{{_escaped(of.title)}}}",
        "booktitle": f"{{{_escaped(of.whole.title)}}}" if of.whole else None,
        "institution" if of.whole is None else "publisher": f"{{{_escaped(PUBLISHER)}}}",
        "year": str(of.issue.year),
        "number": of.issue.label,
        "isbn": of.issue.isbn,
        "language": _escaped(of.language),
        "note": of.issue.note and _escaped(of.issue.note),
        "abstract": of.abstract and _escaped(of.abstract),
        "keywords": ", ".join(_escaped(word) for word in of.keywords) or None,
        "doi": of.doi and _escaped(of.doi),
        "url": _escaped(of.link),
    }
    lines = (f"  {name} = {{{value}}},\n" for name, value in fields.items() if value is not None)
    return f"@{'techreport' if of.whole is None else 'incollection'}{{{of.key},\n{''.join(lines)}}}\n".encode()


def _person(name: str) -> str:
    """A name, which BibTeX divides itself; whole if it would divide it wrongly."""
    return f"{{{_escaped(name)}}}" if _SEVERAL.search(f" {name} ") else _escaped(name)


def _escaped(text: str) -> str:
    return _SIGNS.sub(lambda found: _COMMANDS.get(found[0], f"{{}}{found[0]}"), text)
