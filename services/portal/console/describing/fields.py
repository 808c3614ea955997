"""Fields of forms and records, read from JSON Schema: what a person fills in, and how."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Schema: TypeAlias = Mapping[str, Any]
Kind: TypeAlias = Literal[
    "text",
    "prose",
    "number",
    "boolean",
    "day",
    "moment",
    "choice",
    "choices",
    "lines",
    "country",
    "language",
    "reference",
    "multilingual",
    "group",
    "rows",
    "pairs",
    "json",
    "file",
]
"""How a value is entered. `choices` are several codes; `lines` are texts, one a line; `group` is an object, `rows` are
several, each with fields of its own; `pairs` are the members of an object whose names people choose, each with its
value; `json` is a value that no other kind has a form for; `file` is sent beside it."""
Opening: TypeAlias = Callable[[Schema], Schema]
"""Finds the schema that a `$ref` names."""

EVIDENCE = "/actions/v1/evidence"
"""The list of the files of documents."""
EVIDENCE_FIELD = "evidence_id"
"""The member of a document that names its file."""
_LINE = 500
"""The longest text that has one line to write in."""
_DEEPEST = 4
"""Objects within objects that have a form of their own."""
KEY, VALUE = "key", "value"
"""The fields of a pair."""
_SCALARS = ("text", "prose", "number", "boolean", "day", "moment", "choice", "country", "language", "reference")
_STATES = "x-extensible-enum"
_OF_STEP = re.compile(r"For `?[a-z_]+`?: ")
_NO_TEXT = re.compile(r" ?Default: `[\[{][^`]*`\.")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form or of a record. `refers` is the list of the records that it names; `parts` are the fields of a
    group or of each row, or the one field of a line. `title` is what people call it, where they named it themselves."""

    name: str
    kind: Kind
    description: str = ""
    is_required: bool = False
    is_integer: bool = False
    choices: tuple[str, ...] = ()
    refers: str | None = None
    parts: tuple["Field", ...] = ()
    longest: int | None = None
    title: str = ""

    @property
    def is_list(self) -> bool:
        """Whether its value is an array, which a form empties and never removes."""
        return self.kind in ("choices", "lines", "rows")


def fields_in(schema: Schema, opening: Opening, *, without: Collection[str] = (), depth: int = 0) -> tuple[Field, ...]:
    """The fields of an object, those that are required first."""
    required = frozenset(schema.get("required", ()))
    found = [
        field_of(name, part, opening, is_required=name in required, depth=depth)
        for name, part in schema.get("properties", {}).items()
        if name not in without
    ]
    return tuple(sorted(found, key=lambda field: not field.is_required))


def field_of(name: str, schema: Schema, opening: Opening, *, is_required: bool = False, depth: int = 0) -> Field:
    """A field of its schema: of the richest alternative that has a form."""
    whole = _opened(schema, opening)
    if name == EVIDENCE_FIELD:
        whole = {**whole, "x-escm-reference": EVIDENCE}
    chosen = _chosen(whole, opening)
    kind = _kind(chosen, opening, depth)
    return Field(
        name,
        kind,
        description=_for_people(str(whole.get("description") or chosen.get("description") or "")),
        is_required=is_required,
        is_integer=chosen.get("type") == "integer",
        choices=_choices(chosen, opening),
        refers=whole.get("x-escm-reference") or chosen.get("x-escm-reference"),
        parts=_parts(kind, chosen, opening, depth),
        longest=chosen.get("maxLength"),
    )


def _for_people(description: str) -> str:
    """A description without what it says to programs: the step that the field is of, and a default that is no text."""
    said = _NO_TEXT.sub("", _OF_STEP.sub("", description))
    return said[:1].upper() + said[1:]


def opening_in(document: Mapping[str, Any]) -> Opening:
    """Finds schemas within a document, by `#/…` pointers."""

    def opened(schema: Schema) -> Schema:
        found: Any = document
        for step in str(schema["$ref"]).removeprefix("#/").split("/"):
            found = found[step]
        return dict(found)

    return opened


def _opened(schema: Schema, opening: Opening) -> Schema:
    """The schema itself, with what stands beside its `$ref`."""
    while "$ref" in schema:
        beside = {name: value for name, value in schema.items() if name != "$ref"}
        schema = {**opening(schema), **beside}
    return schema


def _alternatives(schema: Schema, opening: Opening) -> list[Schema]:
    for name in ("anyOf", "oneOf"):
        if name in schema:
            return [
                part
                for each in schema[name]
                for part in _alternatives(_opened(each, opening), opening)
                if part.get("type") != "null"
            ]
    kinds = schema.get("type")
    return [{**schema, "type": kind} for kind in kinds if kind != "null"] if isinstance(kinds, list) else [schema]


def _chosen(schema: Schema, opening: Opening) -> Schema:
    """The alternative in which one can say most: an object before a list, a list before a text, a text before a
    boolean. Nobody knows ids by heart, so that a number comes before one."""
    found = _alternatives(schema, opening)
    beside = {name: value for name, value in schema.items() if name.startswith("x-escm-")}
    ranked = sorted(found, key=_rank)
    return {**(ranked[0] if ranked else {}), **beside}


def _rank(part: Schema) -> int:
    order = ("object", "array", "number", "string", "integer", "uuid", "boolean")
    kind = "uuid" if part.get("format") == "uuid" else part.get("type")
    return order.index(kind) if kind in order else len(order)


def _kind(schema: Schema, opening: Opening, depth: int) -> Kind:
    widget = schema.get("x-escm-widget")
    if widget in ("country", "language", "multilingual"):
        return widget  # type: ignore[no-any-return]
    kinds: dict[str, Callable[[], Kind]] = {
        "object": lambda: _kind_of_object(schema, opening, depth),
        "array": lambda: _kind_of_array(schema, opening, depth),
        "string": lambda: _kind_of_text(schema),
        "number": lambda: "number",
        "integer": lambda: "number",
        "boolean": lambda: "boolean",
    }
    if "enum" in schema or "const" in schema:
        return "choice" if schema.get("type", "string") == "string" else "boolean"
    return kinds.get(schema.get("type", ""), lambda: "json")()


def _kind_of_text(schema: Schema) -> Kind:
    if schema.get("contentMediaType"):
        return "file"
    if schema.get("x-escm-reference"):
        return "reference"
    formats: dict[str, Kind] = {"date": "day", "date-time": "moment", "uri": "text"}
    if (known := formats.get(schema.get("format", ""))) is not None:
        return known
    return "prose" if schema.get("maxLength", 0) > _LINE else "text"


def _kind_of_object(schema: Schema, opening: Opening, depth: int) -> Kind:
    if schema.get("properties"):
        return "group" if depth < _DEEPEST else "json"
    values = _values_in(schema)
    if not values:
        return "json"
    if schema.get("propertyNames", {}).get("x-escm-widget") == "language":
        return "multilingual"
    return "pairs" if _value_of(values, opening).kind in _SCALARS else "json"


def _values_in(schema: Schema) -> Schema:
    """The schema of the values of members whose names people choose; empty if there is none, or more than one."""
    found = list(schema.get("patternProperties", {}).values()) or [schema.get("additionalProperties")]
    return found[0] if len(found) == 1 and isinstance(found[0], Mapping) else {}


def _value_of(schema: Schema, opening: Opening) -> Field:
    return field_of(VALUE, schema, opening, is_required=True)


def _kind_of_array(schema: Schema, opening: Opening, depth: int) -> Kind:
    item = _chosen(_opened(schema.get("items", {}), opening), opening)
    kind = _kind(item, opening, depth + 1)
    if kind == "choice":
        return "choices"
    if kind == "group":
        return "rows"
    return "lines" if kind in ("text", "prose", "number", "country", "language", "reference") else "json"


def _choices(schema: Schema, opening: Opening) -> tuple[str, ...]:
    if schema.get("type") == "array":
        return _choices(_chosen(_opened(schema.get("items", {}), opening), opening), opening)
    codes = schema.get("enum") or ([schema["const"]] if "const" in schema else schema.get(_STATES, ()))
    return tuple(str(code) for code in codes if code is not None)


def _parts(kind: Kind, schema: Schema, opening: Opening, depth: int) -> tuple[Field, ...]:
    if kind == "group":
        return fields_in(schema, opening, depth=depth + 1)
    if kind in ("rows", "lines"):
        item = _chosen(_opened(schema["items"], opening), opening)
        if kind == "rows":
            return fields_in(item, opening, depth=depth + 1)
        return (field_of("", item, opening, depth=depth + 1),)
    if kind == "pairs":
        key = field_of(KEY, {"type": "string", **schema.get("propertyNames", {})}, opening, is_required=True)
        return key, _value_of(_values_in(schema), opening)
    if kind == "multilingual":
        values = schema.get("additionalProperties")
        text = _chosen(_opened(values, opening), opening) if isinstance(values, Mapping) else {"type": "string"}
        return (field_of("", text, opening),)
    return ()
