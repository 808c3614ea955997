"""Answers: what is wrong with them, what is missing, and what is copied from the form before."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeAlias
from urllib.parse import urlsplit

from shared.kernel.decimals import parsed
from shared.kernel.errors import FieldError, pointer_to
from shared.kernel.ids import is_id
from shared.questionnaires.template import COMPLETION, OF_RECORDS, SELF_ASSESSMENT, Question, bounds_of
from shared.records.record import Document

Answer: TypeAlias = str | int | bool | Sequence[str] | Document
"""A text, a whole number, a truth value, chosen codes or a document; decimal numbers and days are texts."""
Answers: TypeAlias = Mapping[str, Answer]
LONGEST_TEXT, LONGEST_LINK = 20_000, 2_000
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def faults(questions: Sequence[Question], answers: Answers, name: str) -> list[FieldError]:
    """What is wrong with the answers in a member: `answers`, or `figures` for the questions that are figures."""
    asked = {question["key"]: question for question in questions if question["figure"] == (name == "figures")}
    found = []
    for key, answer in answers.items():
        pointer = pointer_to(name, key)
        if key not in asked:
            found.append(FieldError("unknown_question", "The form has no such question.", pointer=pointer))
        elif detail := _CHECKS[asked[key]["type"]](asked[key], answer):
            found.append(FieldError("invalid_answer", detail, pointer=pointer))
    return found


def missing(questions: Sequence[Question], answers: Answers, figures: Answers) -> list[FieldError]:
    """The required questions without an answer, except those that records answer."""
    return [
        unanswered(member, question["key"])
        for question in questions
        for member, given in (("figures", figures) if question["figure"] else ("answers", answers),)
        if question["required"] and question["type"] not in OF_RECORDS and question["key"] not in given
    ]


def unanswered(name: str, key: str) -> FieldError:
    """The error for a required question without an answer in a member."""
    return FieldError("required", "This question needs an answer.", pointer=pointer_to(name, key))


def open_questions(questions: Sequence[Question], answers: Answers) -> list[str]:
    """The required questions without an answer that fits, which those to an earlier version may not."""
    return [
        one["key"]
        for one in questions
        if one["required"] and (one["key"] not in answers or _CHECKS[one["type"]](one, answers[one["key"]]))
    ]


def prefilled(questions: Sequence[Question], before: Answers) -> dict[str, Answer]:
    """The answers of the form before that are copied, by the keys of this form."""
    return {
        question["key"]: before[name]
        for question in questions
        for name in (question["same_as"] or question["key"],)
        if question["prefill"] and not question["figure"] and name in before
    }


def public(questions: Sequence[Question], answers: Answers) -> dict[str, Answer]:
    """The answers that everybody reads."""
    return {one["key"]: answers[one["key"]] for one in questions if one["public"] and one["key"] in answers}


def _text(question: Question, answer: Answer) -> str | None:
    longest = question["max_length"] or LONGEST_TEXT
    is_text = isinstance(answer, str) and bool(answer.strip()) and len(answer) <= longest
    return None if is_text else f"A text of at most {longest} characters."


def _integer(question: Question, answer: Answer) -> str | None:
    if isinstance(answer, bool) or not isinstance(answer, int):
        return "A whole number."
    return _beyond(question, Decimal(answer))


def _decimal(question: Question, answer: Answer) -> str | None:
    try:
        number = parsed(answer) if isinstance(answer, str) else None
    except ValueError:
        number = None
    return 'A decimal number as a text, such as "12.50".' if number is None else _beyond(question, number)


def _beyond(question: Question, number: Decimal) -> str | None:
    least, most = bounds_of(question)
    if least is not None and number < least:
        return f"At least {least}."
    return f"At most {most}." if most is not None and number > most else None


def _boolean(_question: Question, answer: Answer) -> str | None:
    return None if isinstance(answer, bool) else "True or false."


def _choice(question: Question, answer: Answer) -> str | None:
    return None if answer in _codes(question) else f"One of {', '.join(_codes(question))}."


def _choices(question: Question, answer: Answer) -> str | None:
    codes = _codes(question)
    is_chosen = isinstance(answer, list) and len({*map(str, answer)}) == len(answer) and all(a in codes for a in answer)
    return None if is_chosen else f"A list of {', '.join(codes)}, each once."


def _codes(question: Question) -> list[str]:
    return [choice["code"] for choice in question["choices"]]


def _day(_question: Question, answer: Answer) -> str | None:
    try:
        is_day = isinstance(answer, str) and bool(_DAY.fullmatch(answer)) and bool(date.fromisoformat(answer))
    except ValueError:
        is_day = False
    return None if is_day else "A date is YYYY-MM-DD."


def _document(_question: Question, answer: Answer) -> str | None:
    return None if isinstance(answer, Mapping) else "A document."


def _link(_question: Question, answer: Answer) -> str | None:
    try:
        parts = urlsplit(answer) if isinstance(answer, str) and len(answer) <= LONGEST_LINK else None
        is_link = parts is not None and parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        is_link = False
    return None if is_link else "An address that begins with https:// or http://."


def _records(_question: Question, answer: Answer) -> str | None:
    is_of_ids = isinstance(answer, list) and len({*map(str, answer)}) == len(answer) and all(map(is_id, answer))
    return None if is_of_ids else "A list of ids, each once."


def _completion(_question: Question, answer: Answer) -> str | None:
    return None if answer in COMPLETION else f"One of {', '.join(COMPLETION)}."


_CHECKS: Mapping[str, Callable[[Question, Answer], str | None]] = {
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "choice": _choice,
    "choices": _choices,
    "day": _day,
    "document": _document,
    "link": _link,
    **dict.fromkeys(OF_RECORDS, _records),
    SELF_ASSESSMENT: _completion,
}
"""What is wrong with an answer to a question of each type."""
