"""Forms: values as texts, texts as values, faults at their places, changes as merge patches."""

from typing import Any

from services.portal.console.describing.fields import Field, fields_in, opening_in
from services.portal.console.describing.resources import kinds
from services.portal.console.forms.changes import differences, merge_patch, rebased, written
from services.portal.console.forms.faults import faults_of, placed
from services.portal.console.forms.inputs import Input, all_of, inputs_of
from services.portal.console.forms.reading import MOST_ROWS, Fault, as_entered, texts_in, values_of
from services.portal.console.forms.texts import texts_of

_MULTILINGUAL = {
    "type": "object",
    "propertyNames": {"x-escm-widget": "language"},
    "additionalProperties": {"type": "string"},
    "x-escm-widget": "multilingual",
}
_FIELDS = fields_in(
    {
        "required": ["titles"],
        "properties": {
            "titles": _MULTILINGUAL,
            "year": {"type": "integer"},
            "share": {"anyOf": [{"type": "number"}, {"type": "null"}]},
            "is_open": {"type": "boolean"},
            "kind": {"type": "string", "enum": ["a", "b"]},
            "codes": {"type": "array", "items": {"type": "string", "enum": ["x", "y"]}},
            "words": {"type": "array", "items": {"type": "string"}},
            "day": {"type": "string", "format": "date"},
            "opens": {"type": "string", "format": "date-time"},
            "term": {"type": "object", "properties": {"starts": {"type": "string"}, "ends": {"type": "string"}}},
            "names": {"type": "array", "items": {"type": "object", "properties": {"given": {"type": "string"}}}},
            "scores": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
    },
    opening_in({}),
)
_VALUES: dict[str, Any] = {
    "titles": {"en": "Soils", "zh-Hant": "土壤"},
    "year": 2027,
    "share": 0.5,
    "is_open": False,
    "kind": "b",
    "codes": ["x", "y"],
    "words": ["one", "two"],
    "day": "2027-01-31",
    "term": {"starts": "2027"},
    "names": [{"given": "Amina"}, {"given": "<script>"}],
    "scores": {"relevance": 3},
}


def _pairs(texts: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(path, text) for path, several in texts.items() for text in several]


def test_values_survive_the_form() -> None:
    sent = texts_in(_pairs(texts_of(_FIELDS, _VALUES)))
    assert values_of(_FIELDS, sent) == (_VALUES, [])


def test_what_is_left_blank_is_not_given() -> None:
    blank = {
        path: [""] for path in ("titles.en", "year", "is_open", "words", "term.starts", "names.0.given", "scores!")
    }
    assert values_of(_FIELDS, blank) == ({}, [])


def test_what_is_no_number_or_no_json_is_a_fault_at_its_field() -> None:
    _, faults = values_of(_FIELDS, {"year": ["12.5"], "share": ["much"], "scores!": ["{"]})
    assert [(fault.path, fault.code) for fault in faults] == [
        ("year", "invalid_type"),
        ("share", "invalid_type"),
        ("scores!", "malformed_json"),
    ]


def test_a_value_that_its_form_cannot_show_is_written_as_json() -> None:
    values = {"titles": {"en": {"odd": True}}, "words": ["a\nb"]}
    sent = texts_of(_FIELDS, values)
    assert set(sent) == {"titles!", "words!"}
    assert values_of(_FIELDS, sent)[0] == values


def test_rows_in_between_that_are_blank_are_left_out() -> None:
    sent = {"names.0.given": ["A"], "names.1.given": [" "], "names.2.given": ["B"], "names.9999.given": ["C"]}
    assert values_of(_FIELDS, sent)[0] == {"names": [{"given": "A"}, {"given": "B"}]}
    assert len(values_of(_FIELDS, {"names.999.given": ["A"]})[0]) == 0, MOST_ROWS


def test_a_moment_is_in_utc() -> None:
    assert values_of(_FIELDS, {"opens": ["2027-01-31T10:00"]})[0] == {"opens": "2027-01-31T10:00Z"}


def test_faults_of_the_api_stand_at_their_fields() -> None:
    problem = {
        "errors": [
            {"pointer": "/names/1/given", "code": "too_long", "detail": "At most 200."},
            {"pointer": "/titles/en/x", "code": "required", "detail": "Needed."},
            {"pointer": "/nowhere", "code": "required", "detail": "Needed."},
            {"parameter": "If-Match", "code": "required", "detail": "Needed."},
        ]
    }
    made = inputs_of(_FIELDS, texts_of(_FIELDS, _VALUES), faults_of(problem))
    by_path = {each.path: each.faults for one in made for each in all_of(one)}
    assert [fault.code for fault in by_path["names.1.given"]] == ["too_long"]
    assert [fault.code for fault in by_path["titles.en"]] == ["required"]
    assert sum(len(faults) for faults in by_path.values()) == 2
    assert [fault.path for fault in placed(faults_of(problem), by_path)[""]] == ["nowhere", ""]


def test_faults_of_a_step_are_below_its_fields() -> None:
    assert faults_of({"errors": [{"pointer": "/fields/starts", "code": "x"}]}, below="/fields") == [
        Fault("starts", "x")
    ]


def test_what_no_form_may_lack_is_needed() -> None:
    part = {"type": "object", "required": ["given"], "properties": {"given": {"type": "string"}}}
    rows = {"type": "array", "items": part}
    properties = {"day": {"type": "string"}, "term": part, "names": rows, "other_names": rows, "nickname": part}
    fields = fields_in({"required": ["day", "term", "names"], "properties": properties}, opening_in({}))
    made = inputs_of(fields, {"names.1.given": ["Amina"], "other_names.0.given": ["A."], "nickname.given": [""]})
    needed = [each.path for one in made for each in all_of(one) if each.is_needed and not each.parts and not each.rows]
    assert needed == ["day", "term.given", "names.0.given"]


def _names(texts: dict[str, list[str]], *more: str) -> Input:
    return next(each for each in inputs_of(_FIELDS, texts, more=more) if each.path == "names")


def test_blank_rows_are_offered() -> None:
    filled = texts_of(_FIELDS, _VALUES)
    names = _names(filled)
    assert [row[0].text for row in names.rows] == ["Amina", "<script>", "", "", ""]
    assert names.opened == 2
    assert _names({"names.0.given": [""], "names.7.given": [" "]}).opened == 0, "rows that stay blank do not add up"
    assert len(_names({"names.0.given": [""], "names.7.given": [" "]}).rows) == 3
    asked = _names({"names.0.given": ["Amina"], "names.3.given": [""]}, "names")
    assert (len(asked.rows), asked.opened) == (7, 7)


def test_rows_within_rows_are_blank_only_if_they_are_asked_for() -> None:
    choice = {"type": "array", "items": {"type": "object", "properties": {"word": {"type": "string"}}}}
    question = {"type": "object", "properties": {"text": {"type": "string"}, "choices": choice}}
    fields = fields_in({"properties": {"questions": {"type": "array", "items": question}}}, opening_in({}))
    (blank,) = inputs_of(fields, {})
    assert blank.rows == ()
    (one,) = inputs_of(fields, {"questions.0.text": ["Why?"]}, more=["questions.0.choices"])
    assert [len(part.rows) for part in one.rows[0]] == [0, 1]


def test_members_whose_names_people_choose_are_pairs() -> None:
    sent = {"scores.0.key": ["relevance"], "scores.0.value": ["3"], "scores.2.key": ["merit"], "scores.2.value": ["4"]}
    assert values_of(_FIELDS, sent) == ({"scores": {"relevance": 3, "merit": 4}}, [])
    wrong = {"scores.0.key": ["relevance"], "scores.1.value": ["4"], **{f"scores.{n}.key": ["x"] for n in (2, 3)}}
    wrong |= {f"scores.{n}.value": ["1"] for n in (2, 3)}
    found = [(fault.path, fault.code) for fault in values_of(_FIELDS, wrong)[1]]
    assert found == [("scores.0.value", "required"), ("scores.1.key", "required"), ("scores.3.key", "not_unique")]
    before = {"scores": {"relevance": 3, "merit": 4}}
    assert merge_patch(_FIELDS, before, {"scores": {"merit": 5}}) == {"scores": {"merit": 5, "relevance": None}}
    assert merge_patch(_FIELDS, before, {}) == {"scores": {"relevance": None, "merit": None}}


def test_a_fault_stands_at_the_row_that_was_entered() -> None:
    sent = {"names.0.given": [""], "names.1.given": ["A"], "names.4.given": ["B"], "words": ["x"]}
    assert as_entered(Fault("names.1.given", "too_long"), sent) == Fault("names.4.given", "too_long")
    assert as_entered(Fault("words.0", "too_long"), sent) == Fault("words.0", "too_long")


def test_a_patch_has_what_changed_alone() -> None:
    before = written(_FIELDS, {**_VALUES, "unknown": 1})
    assert merge_patch(_FIELDS, before, before) == {}
    wanted = {**_VALUES, "titles": {"en": "Soils"}, "words": None, "year": None, "term": {"ends": "2028"}}
    assert merge_patch(_FIELDS, before, {name: value for name, value in wanted.items() if value is not None}) == {
        "titles": {"zh-Hant": None},
        "words": [],
        "year": None,
        "term": {"ends": "2028", "starts": None},
    }


def test_two_editors_see_both_versions() -> None:
    mine, theirs = {**_VALUES, "year": 2028}, {**_VALUES, "year": 2029, "kind": "a"}
    found = differences(_FIELDS, _VALUES, mine, theirs)
    assert [(each.field.name, each.is_conflict) for each in found] == [("year", True), ("kind", False)]
    assert not differences(_FIELDS, _VALUES, mine, _VALUES)
    assert rebased(found, mine) == {**mine, "kind": "a"}


def test_every_form_of_the_contract_can_be_shown_and_read() -> None:
    for kind in kinds().values():
        for fields in (kind.creation, kind.change):
            for one in inputs_of(fields or (), {}):
                assert all(_is_whole(each.field) for each in all_of(one)), kind.name


def _is_whole(field: Field) -> bool:
    return field.kind not in ("group", "rows") or bool(field.parts)
