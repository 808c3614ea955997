"""What goes over HTTP for grants."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.access.access import ROLE_SCOPES
from services.access.grants.operations import GRANTS, first_day
from services.access.grants.queries import render
from shared.kernel.clock import today
from shared.records.access_scope import AccessScope
from shared.web.fields import Answer, Body, Clean, Day, Prose, RecordAnswer

ScopeKind = Literal["global", "region", "country", "institution", "centre", "edition", "record", "self"]
ScopeId = Annotated[str, StringConstraints(min_length=1, max_length=80), Clean, Field(examples=["XA"])]


class Holder(Body):
    """Who holds a grant."""

    kind: Literal["account", "client"]
    id: UUID


class GrantCreate(Body):
    """A role to be handed on. From today, and without end, where no days are given.

    With `delegated_from`, a grant of one's own, it is passed on for a time: the same role, within its scope, to an end.
    """

    principal: Holder
    role: Literal[tuple(ROLE_SCOPES)]  # type: ignore[valid-type]
    scope_kind: ScopeKind
    scope_id: ScopeId | None = None
    from_: Annotated[Day | None, Field(alias="from")] = None
    to: Day | None = None
    reason: Prose | None = None
    second_person: UUID | None = None
    delegated_from: UUID | None = None

    @model_validator(mode="after")
    def _has_days(self) -> "GrantCreate":
        if self.to is not None and self.to < max(self.from_ or today(), today()):
            raise PydanticCustomError("invalid_date", "A grant ends after it begins, and not before today.")
        return self

    def values(self) -> dict[str, Any]:
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
        }


class HolderAnswer(Answer):
    kind: str
    id: UUID


class GrantAnswer(RecordAnswer):
    """A grant. `created_by` is who handed it on; `caused_by` is whose act it follows from, where the system granted it
    because of a record, which `reason` names, or where it waits since a merge of what it is held over."""

    principal: HolderAnswer
    role: str
    scope_kind: str
    scope_id: str | None
    from_: Annotated[str, Field(alias="from")]
    to: str | None
    reason: str | None
    second_person: UUID | None
    delegated_from: UUID | None
    caused_by: str | None
    created_by: str | None = None
    updated_by: str | None = None


def present(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The grant as it is answered."""
    record = render(row)
    record["principal"] = {"kind": record.pop("principal_kind"), "id": record.pop("principal_id")}
    record["from"], record["to"] = record.pop("starts"), record.pop("ends")
    record["links"] = {"self": GRANTS.resource.link(record["id"])}
    return record
