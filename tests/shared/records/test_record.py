"""A field of a record: its audience, whether it is written, and its column."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.dialects import postgresql

from shared.database.tables import metadata
from shared.kernel.principal import ANONYMOUS, Principal, PrincipalKind
from shared.kernel.resource import Resource
from shared.records.access_scope import access_scope_for
from shared.records.columns import table_of
from shared.records.plain import presenter
from shared.records.record import (
    Document,
    Granted,
    Internal,
    Network,
    Part,
    Parts,
    Public,
    Record,
    Tracked,
    Written,
    private_fields,
    tracked_fields,
    written_fields,
)
from tests.support.callers import grant


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(Record):
    resource_type = Resource("tests", "visits", "visit")

    updated_at: Annotated[datetime, Granted]
    name: Annotated[str, Public, Written]
    host_id: Annotated[UUID | None, Network, Written]
    report: Annotated[Document | None, Granted, Written]
    guests: Annotated[Parts, Public, Tracked, Part]
    tags: Annotated[list[str], Public]
    search_key: Annotated[str, Internal]


visit = table_of(Visit, "test_visit")
metadata.remove(visit)  # no database has it
_ROLES = {"reader": frozenset({("visits", "read")})}
_AT = datetime(2026, 11, 26, tzinfo=UTC)
_ROW: dict[str, Any] = {
    "id": uuid4(),
    "ref": "VIS-1",
    "version": 1,
    "status": "held",
    "country": "XA",
    "visibility": "public",
    "created_at": _AT,
    "created_by": "account:1",
    "updated_at": _AT,
    "updated_by": "account:2",
    "name": "A visit",
    "host_id": uuid4(),
    "report": "{}",
    "guests": "[]",
    "tags": ["a"],
    "search_key": "a visit",
}
_TO_ALL = {"id", "ref", "version", "status", "country", "visibility", "created_at", "name", "tags", "links"}
_TO_GRANTS = _TO_ALL | {"created_by", "updated_at", "updated_by", "host_id", "report"}


def reader(country: str) -> Principal:
    """Who may read the visits of one country."""
    return Principal(PrincipalKind.ACCOUNT, uuid4(), grants=(grant("reader", "country", country),))


@pytest.mark.parametrize(
    ("who", "fields"),
    [(ANONYMOUS, _TO_ALL), (reader("XB"), _TO_ALL | {"host_id"}), (reader("XA"), _TO_GRANTS)],
    ids=["anonymous", "of the network", "granted"],
)
def test_a_field_is_shown_to_its_audience(who: Principal, fields: set[str]) -> None:
    shown = presenter(Visit, visit)(_ROW, access_scope_for(who, _ROLES, Visit.resource_type))
    assert shown.keys() == fields


def test_what_is_written_is_tracked_and_what_is_granted_is_private() -> None:
    assert written_fields(Visit) == ("name", "host_id", "report")
    assert tracked_fields(Visit) == ("status", "visibility", "name", "host_id", "report", "guests")
    assert private_fields(Visit) == {"created_by", "updated_at", "updated_by", "report"}


def test_each_field_has_a_column_of_its_type() -> None:
    columns = {c.name: (c.type.compile(postgresql.dialect()), c.nullable) for c in visit.c}
    assert columns["id"] == ("UUID", False)
    assert columns["updated_at"] == ("TIMESTAMP WITH TIME ZONE", False)
    assert columns["host_id"] == ("UUID", True)
    assert columns["report"] == ("JSONB", True)
    assert columns["guests"] == ("JSONB", False)
    assert columns["tags"] == ("TEXT[]", False)


def test_a_field_without_an_audience_does_not_import() -> None:
    with pytest.raises(TypeError, match=r"Forgetful\.purpose names no audience"):

        @dataclass(frozen=True, slots=True, kw_only=True)
        class Forgetful(Record):
            purpose: Annotated[str, Written]
