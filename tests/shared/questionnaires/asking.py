"""Questions for tests."""

from typing import Any

from shared.questionnaires.template import Question


def question(key: str, **more: Any) -> Question:
    """A question for a text."""
    plain: Question = {
        "key": key,
        "titles": {"en": key},
        "type": "text",
        "required": False,
        "choices": [],
        "unit": None,
        "min": None,
        "max": None,
        "max_length": None,
        "prefill": False,
        "public": False,
        "figure": False,
        "same_as": None,
    }
    return {**plain, **more}  # type: ignore[typeddict-item]
