"""Events as an iCalendar object (RFC 5545)."""

from collections.abc import Iterable

from icalendar import Calendar as Document
from icalendar import Event as Component

from services.actions.calendars.domain import Event, label_in


def document(events: Iterable[Event], name: str, language: str) -> bytes:
    """The calendar of this name. The same events give the same bytes."""
    found = Document()
    for key, value in (("prodid", "-//ESCM//Calendars//EN"), ("version", "2.0"), ("x-wr-calname", name)):
        found.add(key, value)
    for event in events:
        found.add_component(_component(event, language))
    return bytes(found.to_ical())


def _component(event: Event, language: str) -> Component:
    component = Component()
    label = label_in(event.label, language)
    values = {
        "uid": event.uid,
        "sequence": event.version,
        "dtstamp": event.changed_at,
        "last-modified": event.changed_at,
        "dtstart": event.day,
        "summary": f"{label}: {event.title}",
        "description": event.ref,
        "categories": [label],
        "status": "CANCELLED" if event.is_cancelled else "CONFIRMED",
        "transp": "TRANSPARENT",
    }
    for name, value in values.items():
        component.add(name, value)
    return component
