"""Kinds of record and their fields, as the contract describes them."""

import pytest

from services.portal.console.describing.fields import Field, field_of, opening_in
from services.portal.console.describing.labels import field_label, field_texts, kind_label, state_label, verb_label
from services.portal.console.describing.resources import Kind, kind_of, kinds, related_to
from shared.kernel.text import LANGUAGES

_NOTHING = opening_in({})


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
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "json"),
        ({"type": "array", "items": {"type": "string", "format": "uuid"}}, "lines"),
        ({"anyOf": [{"type": "boolean"}, {"type": "string"}]}, "text"),
        ({}, "json"),
    ],
)
def test_a_schema_is_entered_in_the_way_that_says_most(schema: dict[str, object], kind: str) -> None:
    assert field_of("x", schema, _NOTHING).kind == kind


def test_objects_within_themselves_end() -> None:
    document = {"node": {"type": "object", "properties": {"child": {"$ref": "#/node"}}}}
    field = field_of("root", {"$ref": "#/node"}, opening_in(document))
    depth = 0
    while field.parts:
        field, depth = field.parts[0], depth + 1
    assert (field.kind, depth) == ("json", 4)


def test_a_record_leads_to_the_lists_that_name_it() -> None:
    found = {(kind.name, narrow) for kind, narrow in related_to("/centres/v1/centres")}
    assert ("centres.annual_reports", "centre_id") in found
    assert ("centres.agreements", "centre_id") in found


def test_names_of_fields_stand_in_all_languages() -> None:
    assert [name for name, texts in field_texts().items() if not all(texts[tag] for tag in LANGUAGES)] == []
    assert list(field_texts()) == sorted(field_texts())
    members = {field.name for kind in kinds().values() for field in (*kind.members, *(kind.creation or ()))}
    known = {name for kind in kinds().values() for field in kind.members for name in _names(field)} | members
    assert field_label("host_institution_id", "fr") == "Établissement hôte"
    assert field_label("planned_thing", "fr") == "Planned thing"
    assert {"titles", "country"} <= known


def _names(field: Field) -> set[str]:
    return {field.name, *(name for part in field.parts for name in _names(part))}


def test_codes_are_called_as_in_the_vocabularies() -> None:
    assert verb_label("approve", "membership.experts", "fr") != "Approve"
    assert state_label("under_review", "membership.experts", "en")
    assert kind_label("membership.experts", "es") == "Experto"
    assert verb_label("no_such", "membership.experts", "fr") == "No such"
