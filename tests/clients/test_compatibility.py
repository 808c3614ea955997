"""Which changes break clients."""

import json
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from tests.clients.compatibility import breaks

_SPEC = json.loads((Path(__file__).parents[2] / "services/portal/specs/membership.json").read_text())
_EXPERTS, _ITEM = "/membership/v1/experts", "/membership/v1/experts/{record}"


def _schema(name: str) -> Callable[[dict[str, Any]], Any]:
    return lambda spec: spec["components"]["schemas"][name]


def _without_operation(spec: Any) -> None:
    del spec["paths"][_ITEM]["patch"]


def _renamed_operation(spec: Any) -> None:
    spec["paths"][_EXPERTS]["get"]["operationId"] = "searchExperts"


def _token_asked(spec: Any) -> None:
    spec["paths"][_EXPERTS]["get"]["security"] = [{"bearer": []}]


def _parameter_gone(spec: Any) -> None:
    spec["paths"][_EXPERTS]["get"]["parameters"].pop(0)


def _parameter_required(spec: Any) -> None:
    spec["components"]["parameters"]["limit"]["required"] = True


def _limit_lower(spec: Any) -> None:
    spec["components"]["parameters"]["limit"]["schema"]["maximum"] = 100


def _field_not_taken(spec: Any) -> None:
    del _schema("ExpertCreate")(spec)["properties"]["keywords"]


def _field_required(spec: Any) -> None:
    _schema("ExpertCreate")(spec)["required"].append("keywords")


def _value_not_taken(spec: Any) -> None:
    _schema("ExpertCreate")(spec)["properties"]["category"]["enum"].remove("student")


def _field_not_returned(spec: Any) -> None:
    record = _schema("Record")(spec)
    del record["properties"]["ref"]
    record["required"].remove("ref")


def _field_null(spec: Any) -> None:
    _schema("Record")(spec)["properties"]["ref"] = {"anyOf": [{"type": "string"}, {"type": "null"}]}


def _status_gone(spec: Any) -> None:
    responses = spec["paths"][_EXPERTS]["post"]["responses"]
    responses["202"] = responses.pop("201")


def _header_gone(spec: Any) -> None:
    del spec["paths"][_ITEM]["get"]["responses"]["200"]["headers"]["ETag"]


def _media_gone(spec: Any) -> None:
    content = spec["paths"][_ITEM]["patch"]["requestBody"]["content"]
    content["application/json-patch+json"] = content.pop("application/merge-patch+json")


def _field_of_a_part_not_taken(spec: Any) -> None:
    del _schema("Criterion")(spec)["properties"]["weight"]


BREAKS = [
    _without_operation, _renamed_operation, _token_asked, _parameter_gone, _parameter_required, _limit_lower,
    _field_not_taken, _field_required, _value_not_taken, _field_not_returned, _field_null, _status_gone, _header_gone,
    _media_gone, _field_of_a_part_not_taken,
]  # fmt: skip


def _operation_more(spec: Any) -> None:
    spec["paths"]["/membership/v1/more"] = deepcopy(spec["paths"][_EXPERTS])


def _parameter_more(spec: Any) -> None:
    spec["paths"][_EXPERTS]["get"]["parameters"].append({"name": "more", "in": "query", "schema": {"type": "string"}})


def _limit_higher(spec: Any) -> None:
    spec["components"]["parameters"]["limit"]["schema"]["maximum"] = 500


def _field_taken(spec: Any) -> None:
    _schema("ExpertCreate")(spec)["properties"]["more"] = {"type": "string"}


def _field_returned(spec: Any) -> None:
    _schema("Expert")(spec)["properties"]["more"] = {"type": "string"}


def _value_returned(spec: Any) -> None:
    _schema("Expert")(spec)["properties"]["visibility"]["enum"].append("more")


def _never_null(spec: Any) -> None:
    _schema("ExpertPage")(spec)["properties"]["next"] = {"type": "string"}


def _words(spec: Any) -> None:
    spec["paths"][_EXPERTS]["get"]["summary"] = "Other words"


GROWS = [
    _operation_more, _parameter_more, _limit_higher, _field_taken, _field_returned, _value_returned, _never_null,
    _words,
]  # fmt: skip


def _changed(change: Callable[[Any], None]) -> dict[str, Any]:
    spec: dict[str, Any] = deepcopy(_SPEC)
    change(spec)
    assert spec != _SPEC
    return spec


@pytest.mark.parametrize("change", BREAKS)
def test_what_clients_would_miss_is_a_break(change: Callable[[Any], None]):
    assert breaks(_SPEC, _changed(change))


@pytest.mark.parametrize("change", GROWS)
def test_what_clients_may_ignore_is_none(change: Callable[[Any], None]):
    assert breaks(_SPEC, _changed(change)) == []


def test_no_description_breaks_itself():
    assert breaks(_SPEC, deepcopy(_SPEC)) == []
