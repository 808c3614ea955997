"""What goes over HTTP for accounts."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.access.accounts.domain import LONGEST_PASSWORD, SHORTEST_PASSWORD
from services.access.accounts.operations import ACCOUNTS
from services.access.accounts.queries import render
from shared.records.sight import Sight
from shared.web.fields import Body, Email, Line, RecordAnswer

Password = Annotated[
    str,
    StringConstraints(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD, strip_whitespace=False),
    Field(json_schema_extra={"format": "password", "writeOnly": True}),
]


class AccountBody(Body):
    """An account as it is written. A password is set, never answered; without one its owner is invited by mail to
    choose it. `language` is that of mails."""

    email: Email
    name: Line
    expert_id: UUID | None = None
    language: Literal["en", "fr", "es", "ar", "zh", "ru"] = "en"
    password: Password | None = None


class AccountAnswer(RecordAnswer):
    """An account."""

    email: str
    name: str
    expert_id: UUID | None
    email_verified: bool
    language: str
    created_by: str | None = None
    updated_by: str | None = None


def present(row: Mapping[str, Any], _sight: Sight) -> dict[str, Any]:
    """The account as it is answered."""
    record = render(row)
    record["links"] = {"self": ACCOUNTS.resource.link(record["id"])}
    return record
