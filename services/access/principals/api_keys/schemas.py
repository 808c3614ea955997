"""What goes over HTTP for API keys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.access.authority.grants.schemas import GrantHolder, Holder
from services.access.principals.api_keys import record
from services.access.principals.api_keys.domain import LIFECYCLE, USUAL_LIFE
from services.access.principals.api_keys.operations import API_KEYS
from services.access.principals.api_keys.queries import render
from services.access.principals.clients.schemas import ResourceName
from shared.kernel.clock import now
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.record import Refers
from shared.web.contract.fields import Body, CountryCode, Line
from shared.web.contract.schemas import RecordResponse


class ApiKeyBody(Body, of=record.ApiKey):
    """What may change of a key."""

    name: Annotated[Line, Field(examples=["Nightly synchronisation"])]


class ApiKeyCreate(ApiKeyBody):
    """A new key: what of its owner's grants it may use, where, and until when.

    It is the caller's own where no `owner` is given, reaches as far as its owner without `countries`, and ends in 90
    days without `expires_at`.
    """

    owner: Annotated[Holder | None, "The account or client whose grants the key uses; default: the caller."] = None
    resources: Annotated[list[ResourceName], Field(min_length=1, max_length=40)]
    verbs: Annotated[list[Literal["read", "write"]], Field(min_length=1, max_length=2)]
    countries: Annotated[list[CountryCode] | None, Field(min_length=1, max_length=60)] = None
    expires_at: Annotated[AwareDatetime | None, "When the key expires; default: in 90 days."] = None

    def columns(self, principal: Principal) -> dict[str, Any]:
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


class ApiKeyFields(Body):
    """What the transitions of a key take."""

    second_person: Annotated[
        UUID | None, Refers("/access/v1/accounts"), "For `confirm`: the only account that may confirm."
    ] = None


class ApiKey(RecordResponse, of=record.ApiKey, lifecycle=LIFECYCLE):
    """A key. `secret` is returned once, when it is made; `hint` is its beginning. `last_used` is exact to the hour."""

    owner: Annotated[GrantHolder, "The account or client whose grants the key uses."]
    last_used: Annotated[datetime | None, "When the key was last used, to the hour; null where it never was."]
    secret: Annotated[str | None, Field(examples=[None]), "The key itself: only in the response to its creation."] = (
        None
    )


def present(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """The key in a response, without its secret parts."""
    shown = render(row)
    shown["owner"] = {"kind": shown.pop("owner_kind"), "id": shown.pop("owner_id")}
    shown["links"] = {"self": API_KEYS.resource.link(shown["id"])}
    return shown
