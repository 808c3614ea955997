"""An API key."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Example, Granted, Internal, Part, Public, Record, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey(Record):
    """A key of an account or a client. `digest` is the SHA-256 of the key, `hint` its beginning.

    `countries` is None where the key reaches as far as its owner.
    """

    resource_type = Resource("access", "api_keys", "api_key")
    principal_column = "id"

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    name: Annotated[str, Granted, Written, Example("Nightly synchronisation"), "What the key is for."]
    hint: Annotated[str, Granted, Example("escm_k_3f9a"), "The beginning of the key."]
    digest: Annotated[bytes, Internal]
    owner_kind: Annotated[str, Granted, Written, Part]
    owner_id: Annotated[UUID, Granted, Written, Part]
    resources: Annotated[
        list[str],
        Granted,
        Written,
        Example(["membership.experts"]),
        "The resources that the key is for, such as `membership.experts` or `membership.*`.",
    ]
    verbs: Annotated[list[str], Granted, Written, Example(["read"]), "Whether the key reads, writes or both."]
    countries: Annotated[
        list[str] | None,
        Granted,
        Written,
        Example(["XA"]),
        "The countries that the key is for; null for all of its owner.",
    ]
    expires_at: Annotated[datetime, Granted, Written, "When the key ends."]
