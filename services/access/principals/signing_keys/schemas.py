"""What goes over HTTP for signing keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from services.access.principals.signing_keys import record
from services.access.principals.signing_keys.domain import LIFECYCLE
from services.access.principals.signing_keys.operations import SIGNING_KEYS
from services.access.principals.signing_keys.queries import shown
from shared.records.access_scope import AccessScope
from shared.records.record import Refers
from shared.web.contract.fields import Body
from shared.web.contract.schemas import RecordResponse


class SigningKeyFields(Body):
    """The fields of transitions: the only account that may confirm."""

    second_person: Annotated[UUID | None, Refers("/access/v1/accounts"), "The only account that may confirm."] = None


class SigningKey(RecordResponse, of=record.SigningKey, lifecycle=LIFECYCLE):
    """A key that signs tokens. Its public half is in `jwks.json` until the last token that it signed has expired, or
    until it is revoked."""

    from_: Annotated[datetime, Field(alias="from"), "From when it signs."]
    until: Annotated[datetime, "Until when it signs; its tokens last ten minutes more."]


def present(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The key in a response, without its halves."""
    found = shown(row)
    found["links"] = {"self": SIGNING_KEYS.resource.link(found["id"])}
    return found
