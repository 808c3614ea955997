"""Events as an iCalendar object (RFC 5545).

Written here, since a feed is read often and the usual library takes a second of a core for 2,000 events; the tests read
it with that library.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime

from services.actions.calendars.domain import Event, label_in

_LONGEST = 75
"""Most bytes of a line."""
_ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": None})


def document(events: Iterable[Event], name: str, language: str) -> bytes:
    """The calendar of this name. The same events give the same bytes."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ESCM//Calendars//EN", f"X-WR-CALNAME:{_text(name)}"]
    for event in events:
        lines += _lines(event, language)
    return b"".join(map(_folded, (*lines, "END:VCALENDAR")))


def _lines(event: Event, language: str) -> Iterator[str]:
    label, changed_at = label_in(event.label, language), _instant(event.changed_at)
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"SEQUENCE:{event.version}"
    yield f"DTSTAMP:{changed_at}"
    yield f"LAST-MODIFIED:{changed_at}"
    yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
    yield f"SUMMARY:{_text(f'{label}: {event.title}')}"
    yield f"DESCRIPTION:{_text(event.ref)}"
    yield f"CATEGORIES:{_text(label)}"
    yield f"STATUS:{'CANCELLED' if event.is_cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


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
