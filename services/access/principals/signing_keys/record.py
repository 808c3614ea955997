"""A key that signs access tokens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from shared.kernel.resource import Resource
from shared.records.record import Example, Granted, Internal, Part, Public, Record, Tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey(Record):
    """A key that signs access tokens and ID tokens.

    `private` is encrypted. The key is published from its creation until `verifies_until`, when the last token that it
    signed has expired, unless it is revoked.
    """

    resource_type = Resource("access", "signing_keys", "signing_key")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    kid: Annotated[
        str,
        Granted,
        Example("Vk0c3bQvW0a5tF1mJ0lq2m8mV0aYxwq1m0m6n0cX7dE"),
        "The name of the key in tokens and key sets.",
    ]
    public: Annotated[Mapping[str, str], Internal]
    private: Annotated[bytes, Internal]
    signs_from: Annotated[datetime, Granted, Tracked, Part]
    signs_until: Annotated[datetime, Granted, Tracked, Part]
    verifies_until: Annotated[datetime, Internal]
