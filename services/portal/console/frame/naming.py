"""What records are called on pages, where they are, and their days."""

from collections.abc import Mapping
from typing import Any

from services.portal.pages.texts import best

TITLES = (
    *("display_name", "titles", "names", "name", "title", "subject", "purpose", "label", "person", "email"),
    *("file_name", "office"),
)
"""Members that say what a record is called, the best first."""
_LONGEST = 120


def title_of(record: Mapping[str, Any], language: str) -> str:
    """What a record is called by people; its ref if nothing else says it."""
    for name in TITLES:
        if found := _text_of(record.get(name), language):
            return found if len(found) <= _LONGEST else f"{found[:_LONGEST]}…"
    if record.get("framework"):
        return " ".join(str(record[name]) for name in ("framework", "code") if record.get(name))
    return str(record.get("ref") or record.get("id") or "")


def _text_of(value: Any, language: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        if "expert_id" in value:
            return str(value.get("name") or "")
        texts = {tag: text for tag, text in value.items() if isinstance(text, str)}
        return best(texts, language)[1] if texts else ""
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        first = value[0]
        full = " ".join(str(first[part]) for part in ("given", "family") if first.get(part))
        return str(first.get("full") or first.get("value") or full)
    return ""


def expert_in(record: Mapping[str, Any]) -> str | None:
    """The id of the expert whom a record is about, such as a focal point."""
    person = record.get("person")
    return person.get("expert_id") if isinstance(person, Mapping) else None


def place_of(service: str, resource: str, record: str) -> str:
    """The page of a record in the console; of a country, its desk."""
    return f"/console/countries/{record}" if resource == "countries" else f"/console/{service}/{resource}/{record}"


def day_of(instant: str | None) -> str:
    """The day of an instant of the API."""
    return (instant or "")[:10]
