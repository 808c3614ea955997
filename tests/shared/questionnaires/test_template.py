"""Which members of a template's questions fit together."""

from typing import Any

import pytest

from shared.questionnaires.template import MOST_QUESTIONS, Question, Section, faults
from tests.shared.questionnaires.asking import question


def _template(*questions: Question, key: str = "work") -> list[Section]:
    return [{"key": key, "titles": {"en": "Work"}, "questions": questions}]


_CHOICE = {"code": "yes", "titles": {"en": "Yes"}}


@pytest.mark.parametrize(
    ("more", "name"),
    [
        ({"type": "choice"}, "choices"),
        ({"type": "text", "choices": [_CHOICE]}, "choices"),
        ({"type": "choices", "choices": [_CHOICE, _CHOICE]}, "choices"),
        ({"type": "text", "unit": "ha"}, "unit"),
        ({"type": "day", "min": "1"}, "min"),
        ({"type": "decimal", "min": "2", "max": "1.5"}, "max"),
        ({"type": "integer", "max": "1.5"}, "max"),
        ({"type": "integer", "max_length": 5}, "max_length"),
        ({"type": "boolean", "figure": True}, "figure"),
        ({"type": "text", "same_as": "other"}, "same_as"),
    ],
)
def test_what_does_not_fit_is_named(more: dict[str, Any], name: str) -> None:
    (found,) = faults(_template(question("a", **more)), {"before"})
    assert (found.code, found.pointer) == ("question_mismatch", f"/sections/0/questions/0/{name}")


@pytest.mark.parametrize(
    "more",
    [
        {"type": "choice", "choices": [_CHOICE]},
        {"type": "integer", "min": "0", "max": "0", "unit": "people", "figure": True},
        {"type": "decimal", "min": "-0.5"},
        {"type": "text", "max_length": 20, "same_as": "before"},
    ],
)
def test_what_fits_is_taken(more: dict[str, Any]) -> None:
    assert faults(_template(question("a", **more)), {"before"}) == []


def test_keys_are_unique_in_the_template() -> None:
    twice = [*_template(question("a"), question("b")), *_template(question("c"), question("a"))]
    assert [one.pointer for one in faults(twice, None)] == ["/sections/1/key", "/sections/1/questions/1/key"]


def test_a_template_has_a_bounded_number_of_questions() -> None:
    many = [question(f"q{number}") for number in range(MOST_QUESTIONS + 1)]
    assert faults(_template(*many[1:]), None) == []
    assert [one.code for one in faults(_template(*many), None)] == ["too_long"]
