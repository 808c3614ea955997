"""What goes over HTTP for grants."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.access.access import ROLE_SCOPES
from services.access.authority.grants import record
from services.access.authority.grants.domain import LIFECYCLE
from services.access.authority.grants.operations import GRANTS, first_day
from services.access.authority.grants.queries import render
from shared.kernel.clock import today
from shared.records.access_scope import AccessScope
from shared.records.record import Refers
from shared.web.contract.fields import Body, Day, JsonDocument, OneLine, Prose, ResponseModel
from shared.web.contract.schemas import RecordResponse

ScopeKind = Literal["global", "region", "country", "institution", "centre", "edition", "record", "self"]
ScopeId = Annotated[str, StringConstraints(min_length=1, max_length=80), OneLine, Field(examples=["XA"])]


class Holder(Body):
    """The holder of a grant."""

    kind: Annotated[Literal["account", "client"], "Whether the holder is an account or a client."]
    id: Annotated[UUID, "The id of the account or client."]


class GrantCreate(Body, of=record.Grant):
    """A role to be granted. It begins today and has no end if no days are given.

    With `delegated_from`, the id of a grant of the caller, the grant delegates that role: the same role, within its
    scope, until a given end. A person who gives themselves as `principal` asks to represent an institution, by the
    domain of their address or a `letter`; an office confirms it.
    """

    principal: Annotated[Holder, "Who gets the role."]
    role: Literal[tuple(ROLE_SCOPES)]  # type: ignore[valid-type]
    scope_kind: ScopeKind
    scope_id: ScopeId | None = None
    from_: Annotated[Day | None, Field(alias="from"), "The first day; default: today."] = None
    to: Annotated[Day | None, "The last day; no end if absent."] = None
    reason: Annotated[Prose | None, "Why it is given."] = None
    second_person: UUID | None = None
    delegated_from: UUID | None = None
    letter: JsonDocument | None = None

    @model_validator(mode="after")
    def _has_days(self) -> "GrantCreate":
        if self.to is not None and self.to < max(self.from_ or today(), today()):
            raise PydanticCustomError("invalid_date", "A grant ends after it begins, and not before today.")
        return self

    def columns(self) -> dict[str, Any]:
        """The columns."""
        return {
            "principal_kind": self.principal.kind,
            "principal_id": self.principal.id,
            "role": self.role,
            "scope_kind": self.scope_kind,
            "scope_id": self.scope_id,
            "starts": first_day(self.from_),
            "ends": self.to,
            "reason": self.reason,
            "second_person": self.second_person,
            "delegated_from": self.delegated_from,
            "letter": self.letter and self.letter.model_dump(mode="json"),
        }


class GrantFields(Body):
    """What the transitions of a grant take."""

    second_person: Annotated[
        UUID | None, Refers("/access/v1/accounts"), "For `confirm`: the account that confirms."
    ] = None
    principal: Annotated[Holder | None, "For `hand_over`: who gets the role next."] = None
    to: Annotated[Day | None, "For `hand_over`: the last day of the present holder, at most 60 days from today."] = None


class GrantHolder(ResponseModel):
    """A holder."""

    kind: Annotated[str, Field(examples=["account"]), "`account` or `client`."]
    id: Annotated[UUID, "The id of the account or client."]
    name: Annotated[
        str | None, Field(examples=["Ana Example"]), "In items: the present name; null if it is not in use."
    ] = None


class Grant(RecordResponse, of=record.Grant, lifecycle=LIFECYCLE):
    """A grant. `created_by` is who granted it. `caused_by` is the actor of its cause, if the system granted it because
    of a record, which `reason` names, or if it needs confirmation after a merge of the record that it covers."""

    principal: Annotated[GrantHolder, "The holder of the role."]
    from_: Annotated[str, Field(alias="from"), Field(examples=["2026-11-24"]), "The first day."]
    to: Annotated[str | None, Field(examples=["2027-11-23"]), "The last day; null without an end."]


def present(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The grant in a response."""
    shown = render(row)
    shown["principal"] = {"kind": shown.pop("principal_kind"), "id": shown.pop("principal_id")}
    shown["from"], shown["to"] = shown.pop("starts"), shown.pop("ends")
    shown["links"] = {"self": GRANTS.resource.link(shown["id"])}
    return shown
