"""Kinds of record and their fields, as the contract describes them."""

from collections.abc import Iterator
from typing import Literal

import pytest

from services.portal.console.describing.fields import Field, field_of, opening_in
from services.portal.console.describing.labels import (
    code_label,
    field_label,
    is_named,
    kind_label,
    state_label,
    texts_of,
    verb_label,
)
from services.portal.console.describing.resources import Kind, kind_of, kinds, related_to
from services.portal.console.records.shown import value_shown
from shared.kernel.text import LANGUAGES

_NOTHING = opening_in({})
_NAMES_OF_THINGS = {("kind", "indico"), ("purpose", "orcid"), ("signatures", "v1"), ("signatures", "v1a")}
"""Codes that are called the same in all languages."""


def _kind(service: str, plural: str) -> Kind:
    found = kind_of(service, plural)
    assert found is not None
    return found


def _field(fields: tuple[Field, ...] | None, name: str) -> Field:
    assert fields is not None
    return next(field for field in fields if field.name == name)


def test_every_kind_with_a_lifecycle_is_found_with_its_forms() -> None:
    experts = _kind("membership", "experts")
    assert all((experts.has.history, experts.has.steps, experts.has.file, experts.has.many))
    assert experts.creation is not None
    assert experts.change is not None
    assert [field.name for field in experts.creation if field.is_required] == ["country", "names"]
    assert {"approve", "reject", "request_info"} <= set(experts.verbs)
    assert {part.name for part in experts.parts} == {"affiliations", "messages"}
    assert kind_of("membership", "nothing") is None
    assert kind_of("centres", "experts") is None


def test_fields_have_the_kind_of_their_schema() -> None:
    experts = _kind("membership", "experts").creation
    wanted = {
        "country": "country",
        "biography": "multilingual",
        "names": "rows",
        "category": "choice",
        "fields": "choices",
        "keywords": "lines",
        "invite": "boolean",
        "orcid": "text",
    }
    assert {name: _field(experts, name).kind for name in wanted} == wanted
    assert _field(_field(experts, "names").parts, "family").kind == "text"
    seats = _kind("centres", "seats").creation
    assert _field(seats, "committee_id").kind == "reference"
    assert _field(seats, "committee_id").refers == "/centres/v1/committees"


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"anyOf": [{"type": "string", "maxLength": 20_000}, {"type": "null"}]}, "prose"),
        ({"type": "string", "format": "date"}, "day"),
        ({"type": "string", "format": "date-time"}, "moment"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "number"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "pairs"),
        ({"type": "object", "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array"}]}}, "json"),
        ({"type": "object", "additionalProperties": True}, "json"),
        ({"type": "array", "items": {"type": "string", "format": "uuid"}}, "lines"),
        ({"anyOf": [{"type": "boolean"}, {"type": "string"}]}, "text"),
        ({}, "json"),
    ],
)
def test_a_schema_is_entered_in_the_way_that_says_most(schema: dict[str, object], kind: str) -> None:
    assert field_of("x", schema, _NOTHING).kind == kind


def test_a_number_comes_before_an_id() -> None:
    number, text = {"type": "integer"}, {"type": "string"}
    for other, kind in (({**text, "format": "uuid"}, "number"), (text, "text")):
        assert field_of("round", {"anyOf": [number, other]}, _NOTHING).kind == kind


def test_objects_within_themselves_end() -> None:
    document = {"node": {"type": "object", "properties": {"child": {"$ref": "#/node"}}}}
    field = field_of("root", {"$ref": "#/node"}, opening_in(document))
    depth = 0
    while field.parts:
        field, depth = field.parts[0], depth + 1
    assert (field.kind, depth) == ("json", 4)


def test_a_record_leads_to_the_lists_that_name_it() -> None:
    found = {(one.kind.name, one.narrow) for one in related_to("/centres/v1/centres")}
    assert ("centres.annual_reports", "centre_id") in found
    assert ("centres.agreements", "centre_id") in found


def test_lists_below_a_record_have_a_name_in_all_languages() -> None:
    assert {part.name for kind in kinds().values() for part in kind.parts if not is_named(part.name)} == set()


@pytest.mark.parametrize("table", ["fields", "codes"])
def test_names_stand_in_all_languages(table: Literal["fields", "codes"]) -> None:
    names = texts_of(table)
    assert [name for name, texts in names.items() if not all(texts[tag] for tag in LANGUAGES)] == []
    assert list(names) == sorted(names)


def _shown() -> Iterator[Field]:
    """All fields of all pages and forms."""
    for kind in kinds().values():
        own = (kind.members, kind.filters, kind.creation or (), kind.change or ())
        parts = (found for part in kind.parts for found in (part.members, part.creation or ()))
        for fields in (*own, *parts):
            yield from (each for field in fields for each in _whole(field))


def _whole(field: Field) -> Iterator[Field]:
    yield field
    for part in field.parts:
        yield from _whole(part)


def test_every_field_is_named() -> None:
    assert {field.name for field in _shown() if field.name and not is_named(field.name)} == set()
    assert field_label("host_institution_id", "fr") == "Établissement hôte"
    assert field_label("planned_thing", "fr") == "Planned thing"


def test_every_code_is_named() -> None:
    """Fields of science are in English as published, and levels are numbers."""
    codes = {(field.name, code) for field in _shown() for code in field.choices}
    codes -= {one for one in codes if one[0] in ("", "field", "fields", "language", "level") or one[1].isdecimal()}
    assert {(name, code) for name, code in codes if code_label(name, code, "ru").isascii()} == _NAMES_OF_THINGS
    assert code_label("category", "student", "fr") == "Étudiant"
    assert code_label("stage", "draft", "fr") == state_label("draft", "centres.centres", "fr")


def test_categories_of_files_are_chosen_and_shown_by_their_names() -> None:
    category = _field(_kind("actions", "evidence").creation, "category")
    assert category.kind == "choice"
    assert code_label("category", "A08", "en") == "Results, outcomes and outputs"
    assert all(code_label("category", code, "ar") != code for code in category.choices)
    shown = value_shown(_field(_kind("actions", "evidence").members, "category"), "B01")
    assert shown is not None
    assert (shown.kind, shown.name, shown.text) == ("choice", "category", "B01")


def test_codes_are_called_as_in_the_vocabularies() -> None:
    assert verb_label("approve", "membership.experts", "fr") != "Approve"
    assert state_label("under_review", "membership.experts", "en")
    assert kind_label("membership.experts", "es") == "Experto"
    assert verb_label("no_such", "membership.experts", "fr") == "No such"


def test_codes_that_the_contract_does_not_list_are_shown_by_their_names() -> None:
    by = value_shown(Field("asserted_by", "text"), "secretariat")
    themes = value_shown(Field("themes", "lines", parts=(Field("", "text"),)), ["land-system-change", "soil"])
    assert by is not None
    assert themes is not None
    assert by.kind == "choice"
    assert [one.kind for one in themes.texts] == ["choice", "text"]
