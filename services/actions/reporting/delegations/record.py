"""A delegation of sections of a progress report."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Public, Record, Refers, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation(Record):
    """Sections that an account is asked to write, with the country of the report. It is never published, and a grant
    over one record names the report. While it is active, access gives the account the role of an author over the
    report."""

    resource_type = Resource("actions", "delegations", "delegation")
    scope_column = "report_id"

    visibility: Annotated[str, Public]
    report_id: Annotated[UUID, Public, Refers("/actions/v1/reports"), "The report that it belongs to."]
    account_id: Annotated[UUID, Public, Written, Refers("/access/v1/accounts"), "The account that writes."]
    sections: Annotated[
        list[str], Public, Written, Example(["summary"]), "The keys of the sections, each with all its items."
    ]
    due_on: Annotated[date | None, Public, Written, "The day by which they are to be written."]
