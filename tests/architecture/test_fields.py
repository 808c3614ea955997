"""A field is said once: bodies and responses have every field of their record."""

from importlib import import_module

import pytest

from shared.records.record import Record, Trait, fields_of
from shared.web.contract.schemas import RecordBody
from tests.architecture.test_registration import SERVICES


def _below(model: type[RecordBody]) -> set[type[RecordBody]]:
    return {model, *(found for one in model.__subclasses__() for found in _below(one))}


def _written(record: type[Record], *, with_fixed: bool) -> set[str]:
    return {
        name
        for name, field in fields_of(record).items()
        if Trait.WRITTEN in field.traits
        and Trait.PART not in field.traits
        and (with_fixed or Trait.FIXED not in field.traits)
    }


@pytest.mark.long("makes every app")
def test_a_body_has_each_field_that_it_writes() -> None:
    for service in SERVICES:
        import_module(f"services.{service}.app").create_app()
    bodies = {body: body.described_by for body in _below(RecordBody) if body.described_by is not None}
    missing = {
        f"{body.__module__}.{body.__name__}": lacking
        for body, record in bodies.items()
        if record and (lacking := _written(record, with_fixed=False) - body.model_fields.keys())
    }
    assert len(bodies) > 40
    assert missing == {}
