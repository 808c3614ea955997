"""Templates of forms: sections with questions, and which of their members fit together."""

from collections.abc import Collection, Iterator, Sequence
from decimal import Decimal
from typing import TypedDict

from shared.kernel.decimals import parsed
from shared.kernel.errors import FieldError, Invalid, pointer_to
from shared.kernel.repeats import repeats
from shared.records.record import Texts

TYPES = ("text", "integer", "decimal", "boolean", "choice", "choices", "day", "document", "link")
OF_RECORDS = ("results", "milestones")
"""The types of questions that records answer; a written answer names some of them, in the order to show them."""
SELF_ASSESSMENT = "self_assessment"
"""The type of the question how far its subject has come: one of `COMPLETION`."""
REPORT_TYPES = (*TYPES, *OF_RECORDS, SELF_ASSESSMENT)
"""The types of questions in progress reports."""
COMPLETION = ("no_evidence", "not_started", "limited", "substantial", "complete")
"""How far something has come, as the Open Government Partnership assesses it."""
NUMBERS = ("integer", "decimal")
CHOICES = ("choice", "choices")
MOST_SECTIONS, MOST_QUESTIONS, MOST_CHOICES = 20, 200, 50


class Choice(TypedDict):
    """One of the answers that may be chosen."""

    code: str
    titles: Texts


class Question(TypedDict):
    """A question. `min` and `max` bound numbers, as decimal texts. `prefill`: the answer of the form before is copied.
    `public`: everybody reads the answer. `figure`: statistics add it up. `same_as`: its key in the version before."""

    key: str
    titles: Texts
    type: str
    required: bool
    choices: Sequence[Choice]
    unit: str | None
    min: str | None
    max: str | None
    max_length: int | None
    prefill: bool
    public: bool
    figure: bool
    same_as: str | None


class Section(TypedDict):
    """Questions with a title."""

    key: str
    titles: Texts
    questions: Sequence[Question]


def questions_of(sections: Sequence[Section]) -> list[Question]:
    """All questions in their order."""
    return [question for section in sections for question in section["questions"]]


def faults(sections: Sequence[Section], before: Collection[str] | None) -> list[FieldError]:
    """What does not fit together in the sections of a template; `before` are the keys of the version before, None
    without one."""
    return [*_of_keys(sections), *_of_questions(sections, before)]


def require_sound(sections: Sequence[Section], before: Sequence[Section] | None) -> None:
    """Raises Invalid if the questions of a template do not fit together; `before` are those of the version before."""
    keys = None if before is None else {question["key"] for question in questions_of(before)}
    if found := faults(sections, keys):
        raise Invalid("The questions do not fit together; see errors.", errors=found)


def _of_keys(sections: Sequence[Section]) -> Iterator[FieldError]:
    for place in sorted(repeats(section["key"] for section in sections)):
        yield FieldError("not_unique", "Each only once.", pointer=pointer_to("sections", place, "key"))
    places = [(n, m) for n, section in enumerate(sections) for m in range(len(section["questions"]))]
    if len(places) > MOST_QUESTIONS:
        yield FieldError("too_long", f"At most {MOST_QUESTIONS} questions.", pointer="/sections")
    for place in sorted(repeats(question["key"] for question in questions_of(sections))):
        section, question = places[place]
        pointer = pointer_to("sections", section, "questions", question, "key")
        yield FieldError("not_unique", "Each only once in a template.", pointer=pointer)


def _of_questions(sections: Sequence[Section], before: Collection[str] | None) -> Iterator[FieldError]:
    for n, section in enumerate(sections):
        for m, question in enumerate(section["questions"]):
            for name, detail in _of_question(question, before):
                pointer = pointer_to("sections", n, "questions", m, name)
                yield FieldError("question_mismatch", detail, pointer=pointer)


def _of_question(question: Question, before: Collection[str] | None) -> Iterator[tuple[str, str]]:
    if (question["type"] in CHOICES) != bool(question["choices"]):
        yield "choices", "Choices for the types `choice` and `choices`, and for no other."
    if repeats(choice["code"] for choice in question["choices"]):
        yield "choices", "Each code only once."
    if question["max_length"] is not None and question["type"] != "text":
        yield "max_length", "Only texts have a greatest length."
    yield from _of_number(question)
    if question["same_as"] is not None and question["same_as"] not in (before or ()):
        yield "same_as", "The version before has no such question."


def _of_number(question: Question) -> Iterator[tuple[str, str]]:
    given = {"unit": question["unit"], "min": question["min"], "max": question["max"]}
    if question["type"] not in NUMBERS:
        yield from ((name, "Only numbers have units and bounds.") for name, value in given.items() if value is not None)
        if question["figure"]:
            yield "figure", "Only numbers are figures."
    bounds = dict(zip(("min", "max"), bounds_of(question), strict=True))
    least, most = bounds.values()
    if least is not None and most is not None and most < least:
        yield "max", "The largest number is not below the smallest one."
    if question["type"] == "integer":
        for name, bound in bounds.items():
            if bound is not None and bound != bound.to_integral_value():
                yield name, "The bounds of whole numbers are whole."


def bounds_of(question: Question) -> tuple[Decimal | None, Decimal | None]:
    """The smallest and the largest number."""
    least, most = question["min"], question["max"]
    return None if least is None else parsed(least), None if most is None else parsed(most)
