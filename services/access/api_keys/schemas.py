"""What goes over HTTP for API keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from services.access.api_keys.domain import USUAL_LIFE
from services.access.api_keys.operations import API_KEYS
from services.access.api_keys.queries import render
from services.access.clients.schemas import ResourceName
from services.access.grants.schemas import Holder, HolderAnswer
from shared.kernel.clock import now
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.web.fields import Body, CountryCode, Line, RecordAnswer


class ApiKeyBody(Body):
    """What may change of a key."""

    name: Line


class ApiKeyCreate(ApiKeyBody):
    """A new key: what of its owner's grants it may use, where, and until when.

    It is the caller's own where no `owner` is given, reaches as far as its owner without `countries`, and ends in 90
    days without `expires_at`.
    """

    owner: Holder | None = None
    resources: Annotated[list[ResourceName], Field(min_length=1, max_length=40)]
    verbs: Annotated[list[Literal["read", "write"]], Field(min_length=1, max_length=2)]
    countries: Annotated[list[CountryCode] | None, Field(min_length=1, max_length=60)] = None
    expires_at: AwareDatetime | None = None

    def values(self, principal: Principal) -> dict[str, Any]:
        """The columns, for a key that this principal makes."""
        return {
            "name": self.name,
            "owner_kind": self.owner.kind if self.owner else str(principal.kind),
            "owner_id": self.owner.id if self.owner else principal.id,
            "resources": self.resources,
            "verbs": self.verbs,
            "countries": self.countries,
            "expires_at": self.expires_at or now() + USUAL_LIFE,
        }


class ApiKeyAnswer(RecordAnswer):
    """A key. `secret` is answered once, when it is made; `hint` is its beginning. `last_used` is told to the hour."""

    name: str
    hint: str
    owner: HolderAnswer
    resources: list[str]
    verbs: list[str]
    countries: list[str] | None
    expires_at: datetime
    last_used: datetime | None
    secret: str | None = None
    created_by: str | None = None
    updated_by: str | None = None


def present(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The key as it is answered, without what it is made of."""
    record = render(row)
    record["owner"] = {"kind": record.pop("owner_kind"), "id": record.pop("owner_id")}
    record["links"] = {"self": API_KEYS.resource.link(record["id"])}
    return record
