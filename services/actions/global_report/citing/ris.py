"""Works in RIS, which reference managers import."""

from collections.abc import Iterator

from services.actions.global_report.citing.domain import PUBLISHER, Work


def written(of: Work) -> bytes:
    """One reference; each tag begins a line, and no value has a line break."""
    return "".join(f"{tag}  - {value}\r\n" for tag, value in (*_lines(of), ("ER", "")) if value is not None).encode()


def _lines(of: Work) -> Iterator[tuple[str, str | None]]:
    yield "TY", "RPRT" if of.whole is None else "CHAP"
    yield "ID", of.key
    yield from (("AU", one.name) for one in of.people)
    if not of.people:
        yield "AU", PUBLISHER
    yield "TI", of.title
    yield "T2", of.whole.title if of.whole else None
    yield "PY", str(of.issue.year)
    yield "ET", of.issue.label
    yield "PB", PUBLISHER
    yield "SN", of.issue.isbn
    yield "LA", of.language
    yield "N1", of.issue.note
    yield "AB", of.abstract
    yield from (("KW", word) for word in of.keywords)
    yield "DO", of.doi
    yield "UR", of.link
