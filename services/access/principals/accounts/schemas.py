"""What goes over HTTP for accounts."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field, StringConstraints, field_validator
from pydantic_core import PydanticCustomError

from services.access.principals.accounts import record
from services.access.principals.accounts.domain import LIFECYCLE, LONGEST_PASSWORD, SHORTEST_PASSWORD
from services.access.principals.accounts.operations import ACCOUNTS
from services.access.principals.accounts.queries import render
from shared.kernel.text import LANGUAGES
from shared.records.access_scope import AccessScope
from shared.records.record import Refers
from shared.web.contract.fields import Body, Email, PersonName
from shared.web.contract.schemas import RecordBody, RecordResponse

Password = Annotated[
    str,
    StringConstraints(min_length=SHORTEST_PASSWORD, max_length=LONGEST_PASSWORD, strip_whitespace=False),
    Field(json_schema_extra={"format": "password", "writeOnly": True}),
]


MailLanguage: TypeAlias = Literal[LANGUAGES]  # type: ignore[valid-type]


class AccountBody(RecordBody, of=record.Account):
    """An account as it is written. Its owner is invited by mail to choose a password; nobody else sets one. `language`
    is that of mails."""

    language: MailLanguage = "en"


class AccountCreate(AccountBody, is_creation=True):
    """A new account. A focal point names a country of their own; the account is then `invited` until its owner follows
    the mail."""


class AccountFields(Body):
    """The fields of transitions: those of change_identity, and the only account that may confirm a transition of an
    administrator's account."""

    email: Annotated[Email | None, "For `change_identity`: the new address."] = None
    name: Annotated[PersonName | None, "For `change_identity`: the new name."] = None
    language: Annotated[MailLanguage | None, "For `change_identity`: the language of mails."] = None
    second_person: Annotated[UUID | None, Refers("/access/v1/accounts"), "The only account that may confirm."] = None

    @field_validator("email", "name", "language", mode="before")
    @classmethod
    def _is_not_taken_away(cls, value: Any) -> Any:
        if value is None:
            raise PydanticCustomError("invalid_type", "An account must have one.")
        return value


class Account(RecordResponse, of=record.Account, lifecycle=LIFECYCLE):
    """An account."""

    expert_id: Annotated[
        UUID | None,
        Refers("/membership/v1/experts"),
        "The expert that the person is: whoever takes the record over owns it, and an administrator links it.",
    ]
    notifications: Annotated[dict[str, str], Field(examples=[{"seat": "digest"}])]


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The account in a response. Its expert may be of any country, so that focal points do not see it. Whoever does not
    read all accounts finds the own one at `/access/v1/accounts/me` alone."""
    shown = render(row)
    reads_all, is_own = access.read.everywhere, access.principal.is_account(row["id"])
    if not (reads_all or is_own):
        shown["expert_id"] = None
    shown["links"] = {"self": ACCOUNTS.resource.link("me" if is_own and not reads_all else shown["id"])}
    return shown
