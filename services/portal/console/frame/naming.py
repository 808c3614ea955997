"""What records, kinds, states and days are called on pages."""

from collections.abc import Mapping
from typing import Any

from services.portal.pages.texts import best, words
from shared.contracts.kinds import kind_names

_TEXTS = ("names", "titles", "name", "display_name", "title", "subject", "label", "person", "email")
_LONGEST = 120


def title_of(record: Mapping[str, Any], language: str) -> str:
    """What a record is called by people; its ref if it has no name."""
    for name in _TEXTS:
        if found := _text(record.get(name), language):
            return found if len(found) <= _LONGEST else f"{found[:_LONGEST]}…"
    return str(record.get("ref", ""))


def _text(value: Any, language: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        if "expert_id" in value:
            return str(value.get("name") or "")
        texts = {tag: text for tag, text in value.items() if isinstance(text, str)}
        return best(texts, language)[1] if texts else ""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return str(value[0].get("display") or value[0].get("full") or value[0].get("text") or "")
    return ""


def expert_in(record: Mapping[str, Any]) -> str | None:
    """The id of the expert whom a record is about, such as a focal point."""
    person = record.get("person")
    return person.get("expert_id") if isinstance(person, Mapping) else None


def kind_name(service: str, resource: str, language: str) -> str:
    """What one record of a kind is called."""
    named = kind_names().get(f"{service}.{resource}")
    return named[language] if named else words(resource)


def place_of(service: str, resource: str, record: str) -> str:
    """The page of a record in the console."""
    return f"/console/{service}/{resource}/{record}"


def day_of(instant: str | None) -> str:
    """The day of an instant of the API."""
    return (instant or "")[:10]
