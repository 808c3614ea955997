"""What goes over HTTP for accounts."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from services.access.accounts.domain import LONGEST_PASSWORD, SHORTEST_PASSWORD
from services.access.accounts.operations import ACCOUNTS
from services.access.accounts.queries import render
from shared.records.access_scope import AccessScope
from shared.web.fields import Body, Email, Line, RecordAnswer

Password = Annotated[
    str,
    StringConstraints(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD, strip_whitespace=False),
    Field(json_schema_extra={"format": "password", "writeOnly": True}),
]


MailLanguage: TypeAlias = Literal["en", "fr", "es", "ar", "zh", "ru"]


class AccountBody(Body):
    """An account as it is written. Its owner is invited by mail to choose a password; nobody else sets one. `language`
    is that of mails."""

    email: Email
    name: Line
    expert_id: UUID | None = None
    language: MailLanguage = "en"


class AccountFields(Body):
    """The fields of steps: those of change_identity, and who alone may confirm a step on an administrator's account."""

    email: Email | None = None
    name: Line | None = None
    expert_id: UUID | None = None
    language: MailLanguage | None = None
    second_person: UUID | None = None

    @field_validator("email", "name", "language", mode="before")
    @classmethod
    def _is_not_taken_away(cls, value: Any) -> Any:
        if value is None:
            raise PydanticCustomError("invalid_type", "An account has one.")
        return value


class AccountAnswer(RecordAnswer):
    """An account."""

    email: str
    name: str
    expert_id: UUID | None
    email_verified: bool
    language: str
    created_by: str | None = None
    updated_by: str | None = None


def present(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The account as it is answered."""
    record = render(row)
    record["links"] = {"self": ACCOUNTS.resource.link(record["id"])}
    return record
