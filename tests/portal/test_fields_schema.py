"""`GET …/transitions` describes the fields of each action as the parser of a transition's body does."""

from services.actions.plan.programmes.schemas import ProgrammeFields
from services.centres.designation.centres.domain import LIFECYCLE
from services.centres.designation.centres.schemas import CentreFields
from shared.web.contract.contract import fields_schema


def test_an_action_names_its_own_fields_and_the_types_that_they_need() -> None:
    (designate,) = (each for each in LIFECYCLE.transitions if each.verb == "designate")
    schema = fields_schema(CentreFields, designate.fields)
    assert set(schema["properties"]) == {"starts", "ends", "waiver", "public_note"}
    assert schema["additionalProperties"] is False
    assert schema["$defs"]["DesignationWaiver"]["required"] == ["reason"]
    assert {"format": "date", "type": "string"} in schema["properties"]["starts"]["anyOf"]
    assert "For `designate`" in schema["properties"]["waiver"]["description"]


def test_an_action_that_takes_nothing_takes_an_empty_object() -> None:
    nothing = {"type": "object", "properties": {}, "additionalProperties": False}
    assert fields_schema(None, ()) == nothing
    assert fields_schema(ProgrammeFields, ()) == nothing
