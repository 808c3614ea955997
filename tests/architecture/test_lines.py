"""Each short text of a body is one line: a control character gets no further than the door."""

from collections.abc import Iterator
from typing import Annotated, Any, get_args

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from shared.kernel.text import is_one_line
from shared.web.contract.fields import Clean, Line
from tests.support.bodies import every_body

_LONGEST = 500
"""Characters of a text of one line, at most."""
_REFUSED = ("\0", "\a", "\t", "\n", "\x7f", "\x85", "\u2028", "\u2029", "\ufdd0", "\ufffe", "\U0010ffff")


def _texts(annotation: Any, metadata: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """The metadata of each text that a field holds, at any depth."""
    if annotation is str:
        yield metadata
    elif isinstance(annotation, FieldInfo):
        yield from _texts(annotation.annotation, tuple(annotation.metadata))
    elif more := getattr(annotation, "__metadata__", ()):
        yield from _texts(annotation.__origin__, (*more, *metadata))
    elif not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        for part in get_args(annotation):
            yield from _texts(part, ())


def _parts(metadata: tuple[Any, ...]) -> Iterator[Any]:
    for one in metadata:
        yield from one.metadata if isinstance(one, FieldInfo) else (one,)


def _is_short(metadata: tuple[Any, ...]) -> bool:
    """Whether it is a short text that is not declared to have several lines."""
    return Clean not in metadata and any(
        (getattr(one, "max_length", None) or _LONGEST + 1) <= _LONGEST for one in _parts(metadata)
    )


@pytest.mark.parametrize("character", _REFUSED, ids=ascii)
def test_what_is_no_part_of_a_line_is_refused(character: str) -> None:
    assert not is_one_line(f"a{character}b")
    with pytest.raises(ValidationError, match="one line"):
        TypeAdapter(Line).validate_python(f"a{character}b")


@pytest.mark.parametrize("line", ["Institut d'études", "معهد\u200cعلوم", "土壤\u3000研究所", "नमस्\u200dते", "🌱"])
def test_letters_joiners_and_spaces_are(line: str) -> None:
    assert TypeAdapter(Line).validate_python(line) == line


def _takes_control_characters(metadata: tuple[Any, ...]) -> bool:
    text: Any = Annotated[str, *metadata]
    try:
        TypeAdapter(text).validate_python("a\ab")
    except ValidationError:
        return False
    return True


def test_each_short_text_of_a_body_is_one_line() -> None:
    short = {
        f"{body.__module__}.{body.__name__}.{name}": metadata
        for body in every_body()
        for name, field in body.model_fields.items()
        if "password" not in name
        for metadata in _texts(field.annotation, tuple(field.metadata))
        if _is_short(metadata)
    }
    assert [name for name, metadata in short.items() if _takes_control_characters(metadata)] == []
    assert len(short) > 80
