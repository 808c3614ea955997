"""What goes over HTTP for questions and answers of forms."""

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Field, StringConstraints

from shared.kernel import decimals
from shared.questionnaires.template import MOST_CHOICES, MOST_QUESTIONS, MOST_SECTIONS, TYPES
from shared.web.contract.fields import Body, Clean, DecimalText, JsonDocument, Keyword, Line, Titles

Key: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$"), Field(examples=["staff_total"])]


def _bound(value: Any) -> Any:
    return str(value) if type(value) is int else value


Bound: TypeAlias = Annotated[DecimalText, BeforeValidator(_bound)]
"""A bound as a decimal text, or as a whole number."""


class Choice(Body):
    """One of the answers that may be chosen."""

    code: Annotated[Keyword, Field(examples=["yes"]), "The code that answers name."]
    titles: Annotated[Titles, "The titles of the choice, by language."]


class Question(Body):
    """A question of a form."""

    key: Annotated[Key, "The name of the question in answers."]
    titles: Annotated[Titles, "The question, by language."]
    type: Annotated[Literal[TYPES], Field(examples=["integer"]), "The type of the answer."]  # type: ignore[valid-type]
    required: Annotated[bool, "Whether it must be answered."] = False
    choices: Annotated[list[Choice], Field(max_length=MOST_CHOICES), "What may be chosen, for a type of choice."] = []
    unit: Annotated[Line | None, Field(examples=["people"]), "The unit of a number."] = None
    min: Annotated[Bound | None, "The smallest number."] = None
    max: Annotated[Bound | None, "The largest number."] = None
    max_length: Annotated[
        Annotated[int, Field(ge=1, le=20_000, strict=True)] | None, "The characters of a text, at most."
    ] = None
    prefill: Annotated[bool, "Whether the answer of the form before is copied."] = False
    public: Annotated[bool, "Whether everybody reads the answer."] = False
    figure: Annotated[bool, "Whether statistics add the number up; it is then written in `figures`."] = False
    same_as: Annotated[Key | None, "The key of the same question in the version before."] = None


class Section(Body):
    """Questions of a form under a title."""

    key: Annotated[Key, "The name of the section."]
    titles: Annotated[Titles, "The title, by language."]
    questions: Annotated[list[Question], Field(min_length=1, max_length=MOST_QUESTIONS), "The questions."]


Sections: TypeAlias = Annotated[list[Section], Field(min_length=1, max_length=MOST_SECTIONS)]
_Text: TypeAlias = Annotated[str, StringConstraints(max_length=20_000), Clean]
_Whole: TypeAlias = Annotated[int, Field(strict=True)]
_Codes: TypeAlias = Annotated[list[Keyword], Field(max_length=MOST_CHOICES)]
Answers: TypeAlias = Annotated[
    dict[Key, Annotated[bool, Field(strict=True)] | _Whole | _Text | _Codes | JsonDocument],
    Field(max_length=MOST_QUESTIONS, examples=[{"summary": "Twelve stations are at work."}]),
]
"""Answers by the keys of their questions."""


Figures: TypeAlias = Annotated[
    dict[Key, _Whole | Annotated[str, StringConstraints(pattern=decimals.PATTERN)]],
    Field(max_length=MOST_QUESTIONS, examples=[{"staff_total": 12}]),
]
"""Whole numbers, or decimal numbers as text, by the keys of their questions."""
