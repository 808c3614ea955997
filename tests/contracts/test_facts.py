"""The contract of facts: every later release reads what was stored or sent, and keeps its shape."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from shared.contracts.envelope import CloudEvent, Fact
from shared.contracts.registry import FACTS
from shared.database.ids import uuid7

HERE = Path(__file__).parent
SCHEMAS: dict[str, type[BaseModel]] = {"fact.v1": Fact, "cloudevent.v1": CloudEvent}
PAYLOADS = sorted((HERE / "payloads").glob("*.json"))


def stored(name: str) -> Any:
    return json.loads((HERE / "schemas" / f"{name}.json").read_text())


def a_fact(**more: Any) -> Fact:
    values = {"type": "escm.membership.expert.activated.v1", "subject": uuid7(), "ref": "EXP-000001", "version": 3}
    return Fact(**{**values, "country": "XA", "link": "/membership/v1/experts/1", **more})


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_shape_is_the_stored_one(name: str) -> None:
    """A field with a default may be added: then the stored schema is regenerated. Nothing else may change."""
    assert SCHEMAS[name].model_json_schema() == stored(name)


def test_no_fact_that_was_ever_announced_is_gone() -> None:
    assert set(stored("types")) <= FACTS


def test_every_fact_is_in_the_stored_list() -> None:
    assert sorted(FACTS) == stored("types")


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.stem)
def test_stored_payloads_are_still_read(path: Path) -> None:
    payload = json.loads(path.read_text())
    fact = Fact.read(payload)
    assert str(fact.id) == payload["id"]
    assert fact.cloudevent()["sequence"] == str(payload["version"])


def test_a_fact_is_closed_when_built() -> None:
    with pytest.raises(ValidationError, match="not a registered fact"):
        a_fact(type="escm.membership.expert.promoted.v1")
    with pytest.raises(ValidationError):
        a_fact(email="ada@example.org")
    with pytest.raises(ValidationError):
        a_fact(version=0)
    with pytest.raises(ValidationError):
        a_fact().ref = "EXP-000002"


def test_a_cloudevent_carries_ids_and_nothing_else() -> None:
    fact = a_fact(visibility="restricted", traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
    event = fact.cloudevent()
    assert CloudEvent.model_validate(event, extra="forbid").model_dump(mode="json") == event
    assert (event["source"], event["subject"], event["sequence"]) == ("/membership", str(fact.subject), "3")
    assert set(event["data"]) == {"id", "ref", "version", "country", "country_left", "link"}


def test_names_are_of_one_form() -> None:
    form = re.compile(r"escm\.(membership|centres|actions|access)\.[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*\.v1")
    assert [name for name in FACTS if not form.fullmatch(name)] == []
