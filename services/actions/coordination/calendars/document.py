"""Events as an iCalendar object (RFC 5545).

Written here, since a feed is read often and the usual library takes a second of a core for 2,000 events; the tests read
it with that library.
"""

from collections.abc import Iterable
from datetime import datetime

from services.actions.coordination.calendars.domain import Event, label_in
from shared.contracts.kinds import record_page
from shared.kernel.text import LANGUAGES

_LONGEST = 75
"""Most bytes of a line."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})
_HEAD = """
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//ESCM//Calendars//EN
X-WR-CALNAME:{name}"""
_EVENT = """
BEGIN:VEVENT
UID:{uid}
SEQUENCE:{sequence}
DTSTAMP:{changed_at}
LAST-MODIFIED:{changed_at}
DTSTART;VALUE=DATE:{day:%Y%m%d}
SUMMARY:{summary}
DESCRIPTION:{ref}\\n{page}
URL:{page}
CATEGORIES:{label}
STATUS:{status}
TRANSP:TRANSPARENT
END:VEVENT"""
_END = """
END:VCALENDAR"""


def document(events: Iterable[Event], name: str, language: str, origin: str) -> bytes:
    """The calendar of this name. The same events give the same bytes. `origin` begins the addresses of pages."""
    whole = "".join((_HEAD.format(name=_text(name)), *(_event(event, language, origin) for event in events), _END))
    return b"".join(_folded(line) for line in whole[1:].split("\n"))


def _event(event: Event, language: str, origin: str) -> str:
    label = label_in(event.label, language)
    return _EVENT.format(
        uid=event.uid,
        sequence=event.version,
        changed_at=_instant(event.changed_at),
        day=event.day,
        summary=_text(f"{label}: {event.title}"),
        ref=_text(event.ref),
        page=record_page(origin, language if language in LANGUAGES else "en", event.resource, event.record),
        label=_text(label),
        status="CANCELLED" if event.is_cancelled else "CONFIRMED",
    )


def _instant(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%SZ}"


def _text(text: str) -> str:
    return text.translate(_ESCAPED)


def _folded(line: str) -> bytes:
    """The line with its end. A long one goes on after a space, and no character is divided."""
    rest = line.encode()
    if len(rest) <= _LONGEST:
        return rest + b"\r\n"
    parts, most = [], _LONGEST
    while len(rest) > most:
        end = most
        while rest[end] & 0xC0 == 0x80:
            end -= 1
        parts.append(rest[:end])
        rest, most = rest[end:], _LONGEST - 1
    return b"\r\n ".join((*parts, rest)) + b"\r\n"
