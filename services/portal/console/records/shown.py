"""The members of a record as a page shows them, with the records that they name."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson

from services.portal.console.describing.fields import EVIDENCE, Field
from services.portal.console.describing.labels import is_code
from services.portal.console.describing.resources import Kind, Part
from services.portal.console.records.reading import Name, Names
from shared.kernel.ids import is_id

_NOT_SHOWN = frozenset(("id", "version", "links", "display_name", "asserted", "iati_status"))
"""Members that say nothing to people, or what the page says elsewhere."""
_EXPERT = "expert"
"""A member that names an expert with id, ref and name."""
_ADDRESS = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Shown:
    """A value on a page: `kind` says how. `parts` are those of an object, or one for each language; `rows` are those of
    each of several objects, `texts` are plain ones."""

    name: str
    kind: str
    text: str = ""
    texts: tuple["Shown", ...] = ()
    parts: tuple["Shown", ...] = ()
    rows: tuple[tuple["Shown", ...], ...] = ()
    named: Name | None = None
    file: str | None = None


def fields_shown(kind: Kind) -> tuple[Field, ...]:
    """The members of a record, each as its form enters it, where there is one: a form knows more of values."""
    written = {field.name: field for field in (*(kind.change or ()), *(kind.creation or ()))}
    below = {part.name for part in kind.parts}
    return tuple(_shown_as(member, written.get(member.name)) for member in kind.members if member.name not in below)


def entries_shown(part: Part) -> tuple[Field, ...]:
    """The members of an entry of a list below a record, each as its form enters it."""
    written = {field.name: field for field in part.creation or ()}
    return tuple(_shown_as(member, written.get(member.name)) for member in part.members)


def sources_in(record: Mapping[str, Any]) -> Mapping[str, tuple[str, str]]:
    """Where the fields of a record come from: who said them, and when."""
    asserted = record.get("asserted") or {}
    return {name: (str(said.get("by", "")), str(said.get("at", ""))) for name, said in asserted.items()}


def _shown_as(member: Field, form: Field | None) -> Field:
    if form is None or form.kind in ("rows", "group", "json") or member.kind in ("rows", "group"):
        return member
    return replace(form, refers=member.refers or form.refers)


def references_in(fields: Sequence[Field], record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The records that a record names: their list, and their id or ref."""
    for field in _linked(fields, record):
        value = record.get(field.name)
        if isinstance(value, str) and field.refers:
            yield field.refers, value
        elif isinstance(value, Mapping) and field.kind == "group":
            yield from references_in(field.parts, value)
        elif isinstance(value, list):
            yield from _in_list(field, field.refers, value)


def _linked(fields: Sequence[Field], record: Mapping[str, Any]) -> Iterator[Field]:
    """The fields, where a link of the record says of which list a member names a record."""
    links = record.get("links") or {}
    for field in fields:
        path, _, key = str(links.get(field.name, "")).rpartition("/")
        yield replace(field, refers=path) if path and key == record.get(field.name) else field


def _in_list(field: Field, path: str | None, value: list[Any]) -> Iterator[tuple[str, str]]:
    inner = path or (field.parts[0].refers if field.kind == "lines" and field.parts else None)
    for one in value:
        if isinstance(one, Mapping) and field.kind == "rows":
            yield from references_in(field.parts, one)
        elif isinstance(one, str) and inner:
            yield inner, one


def shown_in(fields: Sequence[Field], record: Mapping[str, Any], names: Names) -> tuple[Shown, ...]:
    """The members of a record that have a value."""
    found = (value_shown(field, record.get(field.name), names) for field in _linked(fields, record))
    return tuple(each for each in found if each is not None)


def value_shown(field: Field, value: Any, names: Names | None = None) -> Shown | None:
    """A value of a field; None for one that is empty, or that no page shows."""
    return None if field.name in _NOT_SHOWN else _shown(field, value, names or {})


def _shown(field: Field, value: Any, names: Names) -> Shown | None:
    if value is None or value in ("", [], {}):
        return None
    if isinstance(value, Mapping):
        return _object(field, value, names)
    if isinstance(value, list):
        return _list(field, value, names)
    return _plain(field, value, names)


def _object(field: Field, value: Mapping[str, Any], names: Names) -> Shown | None:
    if field.name == _EXPERT and {"id", "ref", "display_name"} <= value.keys():
        place = f"/console/membership/experts/{value['id']}"
        return Shown(field.name, "reference", str(value["id"]), named=Name(value["ref"], value["display_name"], place))
    if field.kind == "group":
        parts = shown_in(field.parts, value, names)
        return Shown(field.name, "group", parts=parts) if parts else None
    if all(isinstance(text, str) for text in value.values()) and field.kind == "multilingual":
        texts = tuple(Shown(tag, "said", str(text)) for tag, text in value.items())
        return Shown(field.name, "multilingual", parts=texts)
    if any(isinstance(one, Mapping | list) for one in value.values()):
        return _written_out(field, value)
    plain = (_shown(Field(name, "text"), one, names) for name, one in value.items())
    return Shown(field.name, "group", parts=tuple(each for each in plain if each is not None))


def _list(field: Field, value: list[Any], names: Names) -> Shown:
    if field.kind == "rows" and all(isinstance(row, Mapping) for row in value):
        return Shown(field.name, "rows", rows=tuple(shown_in(field.parts, row, names) for row in value))
    if any(isinstance(one, Mapping | list) for one in value):
        return _written_out(field, value)
    item = field.parts[0] if field.kind == "lines" and field.parts else field
    single = replace(item, name=field.name, kind="choice" if field.kind == "choices" else item.kind)
    if field.kind not in ("lines", "choices"):
        single = replace(single, kind="text", refers=field.refers)
    texts = tuple(_plain(replace(single, refers=item.refers or field.refers), one, names) for one in value)
    return Shown(field.name, "texts", texts=texts)


def _plain(field: Field, value: Any, names: Names) -> Shown:
    text = str(value)
    if isinstance(value, bool):
        return Shown(field.name, "boolean", "yes" if value else "no")
    path = field.refers
    if path is not None:
        if is_id(text) and (path, text) in names and names[path, text] is None:
            return Shown(field.name, "hidden")
        file = f"/console{EVIDENCE.replace('/v1', '')}/{text}/file" if path == EVIDENCE and is_id(text) else None
        return Shown(field.name, "reference", text, named=names.get((path, text)), file=file)
    if text.startswith(_ADDRESS):
        return Shown(field.name, "address", text)
    is_choice = field.kind in ("text", "number") and (field.choices or is_code(field.name, text))
    return Shown(field.name, "choice" if is_choice else field.kind, text)


def _written_out(field: Field, value: Any) -> Shown:
    text = orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()
    return Shown(field.name, "json", text)
