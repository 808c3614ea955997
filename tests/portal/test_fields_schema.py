"""`GET …/transitions` describes the fields of each action as the parser of a transition's body does."""

import pytest

from services.actions.plan.programmes.schemas import ProgrammeFields
from services.centres.designation.centres.domain import LIFECYCLE
from services.centres.designation.centres.schemas import CentreFields
from services.centres.designation.reviewers.domain import LIFECYCLE as REVIEWERS
from services.centres.designation.reviewers.schemas import ReviewerFields
from shared.kernel.errors import Conflict, Invalid
from shared.kernel.lifecycle import Lifecycle, transition
from shared.web.contract.contract import fields_schema

_DAY = ("until",)


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


def test_an_action_names_the_fields_that_it_needs() -> None:
    replace = REVIEWERS.of("replace", "invited")
    assert fields_schema(ReviewerFields, replace.fields, replace.required)["required"] == ["expert_id", "due"]


def test_an_action_without_a_field_that_it_needs_is_refused_once_it_is_possible() -> None:
    step = transition("hold", "open", "held", fields=_DAY, required=_DAY)
    hold: Lifecycle[None] = Lifecycle(("open", "held"), (step,))
    with pytest.raises(Invalid) as refused:
        hold.advance("open", "hold", None, lambda _verb: True)
    assert [(each.code, each.pointer) for each in refused.value.errors] == [("required", "/fields/until")]
    with pytest.raises(Conflict):
        hold.advance("held", "hold", None, lambda _verb: True)
    assert hold.advance("open", "hold", None, lambda _verb: True, fields=_DAY)[1] == "held"


def test_an_action_needs_only_fields_that_it_takes() -> None:
    with pytest.raises(ValueError, match="until"):
        Lifecycle(("open",), (transition("hold", "open", "open", required=_DAY),))
