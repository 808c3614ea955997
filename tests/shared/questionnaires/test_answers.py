"""What is an answer to a question, which are missing, and which are copied."""

from typing import Any

import pytest

from shared.questionnaires.answers import faults, missing, prefilled, public
from tests.shared.questionnaires.asking import question

_CHOICES = [{"code": code, "titles": {"en": code}} for code in ("a", "b")]
_QUESTIONS = {
    "text": question("q", max_length=5),
    "integer": question("q", type="integer", min="0", max="9"),
    "decimal": question("q", type="decimal", min="0.5"),
    "boolean": question("q", type="boolean"),
    "choice": question("q", type="choice", choices=_CHOICES),
    "choices": question("q", type="choices", choices=_CHOICES),
    "day": question("q", type="day"),
    "document": question("q", type="document"),
    "link": question("q", type="link"),
}


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("text", "12345"),
        ("integer", 0),
        ("integer", 9),
        ("decimal", "0.50"),
        ("boolean", False),
        ("choice", "a"),
        ("choices", ["b", "a"]),
        ("choices", []),
        ("day", "2026-02-28"),
        ("document", {"title": "Plan", "url": "https://example.org/"}),
        ("link", "https://example.org/a"),
    ],
)
def test_an_answer_of_the_type_is_taken(kind: str, answer: Any) -> None:
    assert faults([_QUESTIONS[kind]], {"q": answer}, "answers") == []


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("text", "123456"),
        ("text", "  "),
        ("text", 5),
        ("integer", 10),
        ("integer", -1),
        ("integer", "5"),
        ("integer", True),
        ("decimal", "0.4"),
        ("decimal", "1e5"),
        ("decimal", "NaN"),
        ("decimal", 1),
        ("boolean", 1),
        ("choice", "c"),
        ("choice", ["a"]),
        ("choices", "a"),
        ("choices", ["a", "a"]),
        ("choices", [["a"]]),
        ("day", "2026-02-30"),
        ("day", "2026-2-3"),
        ("document", "https://example.org/"),
        ("link", "javascript:alert(1)"),
        ("link", "https://"),
        ("link", "https://[bad"),
    ],
)
def test_another_answer_is_named(kind: str, answer: Any) -> None:
    (found,) = faults([_QUESTIONS[kind]], {"q": answer}, "answers")
    assert (found.code, found.pointer) == ("invalid_answer", "/answers/q")


def test_figures_stand_in_a_member_of_their_own() -> None:
    asked = [question("a"), question("n", type="integer", figure=True)]
    assert faults(asked, {"n": 1}, "figures") == []
    for name, given in (("figures", {"a": "x"}), ("answers", {"n": 1}), ("answers", {"other": 1})):
        (found,) = faults(asked, given, name)
        assert (found.code, found.pointer) == ("unknown_question", f"/{name}/{next(iter(given))}")


def test_required_questions_without_an_answer_are_missing() -> None:
    asked = [
        question("a", required=True),
        question("b"),
        question("n", type="integer", figure=True, required=True),
        question("f", type="boolean", required=True),
    ]
    assert [one.pointer for one in missing(asked, {}, {})] == ["/answers/a", "/figures/n", "/answers/f"]
    assert missing(asked, {"a": "x", "f": False}, {"n": 0}) == []


def test_answers_are_copied_by_the_key_of_the_version_before() -> None:
    asked = [question("new", prefill=True, same_as="old"), question("kept", prefill=True), question("other")]
    assert prefilled(asked, {"old": "1", "kept": "2", "other": "3", "gone": "4"}) == {"new": "1", "kept": "2"}
    assert prefilled(asked, {}) == {}


def test_public_answers_are_those_of_public_questions() -> None:
    asked = [question("a", public=True), question("b")]
    assert public(asked, {"a": "x", "b": "y"}) == {"a": "x"}
