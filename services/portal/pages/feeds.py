"""Atom feeds (RFC 4287)."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

ATOM = "application/atom+xml; charset=utf-8"
_NEVER = "1970-01-01"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of a feed: its identifier, the address of a page, and the day of what it says. `html` is markup."""

    identifier: str
    title: str
    page: str
    day: str
    html: str


def feed(title: str, address: str, page: str, entries: Sequence[Entry], *, language: str = "en") -> str:
    """A feed at an address, newest entry first, for what a page shows to people."""
    updated = entries[0].day if entries else _NEVER
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}">\n'
        f"<title>{escape(title)}</title>\n<id>{escape(address)}</id>\n"
        f'<link rel="self" href={quoteattr(address)}/>\n<link href={quoteattr(page)}/>\n'
        f"<updated>{updated}T00:00:00Z</updated>\n<author><name>ESCM Plan</name></author>\n"
        f"{''.join(map(_entry, entries))}</feed>\n"
    )


def _entry(of: Entry) -> str:
    return (
        f"<entry><title>{escape(of.title)}</title><id>{escape(of.identifier)}</id>"
        f"<link href={quoteattr(of.page)}/><updated>{of.day}T00:00:00Z</updated>"
        f'<content type="html">{escape(of.html)}</content></entry>\n'
    )
