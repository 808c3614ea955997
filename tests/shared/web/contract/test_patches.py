"""Bodies of changes, as the contract shows them."""

from typing import Annotated

from pydantic import Field

from shared.web.contract.contract import Described, patch_of


class _Part(Described):
    note: Annotated[str, "A note."] = Field(max_length=9)


class _Whole(Described):
    names: Annotated[list[str] | None, Field(min_length=1, max_length=3), "Names."] = None
    part: Annotated[_Part | None, "A part."] = None


def test_bounds_of_fields_that_may_be_null_stay() -> None:
    schema = patch_of("Whole", _Whole).model_json_schema()
    names = schema["properties"]["names"]["anyOf"]
    assert {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3} in names
    assert "required" not in schema["$defs"]["_PartPatch"]
