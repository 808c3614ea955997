"""A field of a body takes a value or refuses it: no JSON is a fault of ours."""

import pytest
from fastapi import UploadFile
from pydantic import ValidationError

from shared.web.contract.fields import Body
from tests.support.bodies import every_body

_VALUES = (None, True, -1, 10**30, 0.5, "", "a", "\ud800", [], [None], ["a"], [[]], [{}], {}, {"a": None}, {"a": [1]})


def _is_form(body: type[Body]) -> bool:
    return any(field.annotation is UploadFile for field in body.model_fields.values())


def _fault(body: type[Body], name: str, value: object) -> str:
    try:
        body.model_validate({name: value})
    except ValidationError:
        return ""
    except Exception as fault:
        return f"{body.__module__}.{body.__name__}.{name} of {value!a}: {fault!r}"
    return ""


@pytest.mark.parametrize("value", _VALUES, ids=ascii)
def test_no_value_of_a_field_is_a_fault(value: object) -> None:
    bodies = [body for body in every_body() if not _is_form(body)]
    named = [(body, field.alias or name) for body in bodies for name, field in body.model_fields.items()]
    assert len(named) > 800
    assert [fault for body, name in named if (fault := _fault(body, name, value))] == []
