"""What goes over HTTP for second factors."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from services.access.factors.factors import record
from services.access.factors.factors.domain import KINDS, LIFECYCLE
from services.access.factors.factors.operations import FACTORS
from services.access.factors.factors.queries import render
from shared.records.access_scope import AccessScope
from shared.records.record import Refers
from shared.web.contract.fields import Body, CleanTree, Line
from shared.web.contract.schemas import RecordResponse

ONCE = ("secret", "otpauth", "options", "codes")
"""What only the response to the creation shows."""


class FactorBody(Body, of=record.Factor):
    """What may change of a factor."""

    name: Annotated[Line, Field(examples=["My phone"])]


class FactorCreate(FactorBody):
    """A new factor: codes of an app, a passkey, or ten recovery codes."""

    kind: Literal[KINDS]  # type: ignore[valid-type]


class FactorFields(Body):
    """What the transitions of a factor take."""

    code: Annotated[str | None, Field(max_length=100, examples=["123456"]), "For `confirm` of an app: its code."] = None
    credential: Annotated[
        dict[str, Any] | None,
        CleanTree,
        "For `confirm` of a passkey: what the browser made of `options`, by its `toJSON`.",
    ] = None
    second_person: Annotated[
        UUID | None, Refers("/access/v1/accounts"), "For `remove`: the only account that may confirm."
    ] = None


class Factor(RecordResponse, of=record.Factor, lifecycle=LIFECYCLE):
    """A second factor. `secret`, `otpauth`, `options` and `codes` are returned once, when it is made."""

    last_used: Annotated[datetime | None, "When somebody last signed in with it."]
    secret: Annotated[str | None, Field(examples=[None]), "The secret of an app, if it takes no address."] = None
    otpauth: Annotated[str | None, Field(examples=[None]), "The address by which an app takes the secret."] = None
    options: Annotated[
        dict[str, Any] | None,
        Field(examples=[None]),
        "What `navigator.credentials.create` takes as `publicKey`, in the JSON of WebAuthn.",
    ] = None
    codes: Annotated[list[str] | None, Field(examples=[None]), "Ten recovery codes; each works once."] = None


def present(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The factor in a response, without what proves it."""
    return {**render(row), **dict.fromkeys(ONCE), "links": {"self": FACTORS.resource.link(row["id"])}}
