"""An API client."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal, TypeAlias
from uuid import UUID

from services.access.made_by_country import MadeByCountry
from shared.kernel.resource import Resource
from shared.records.record import Example, Granted, Internal, Public, Searched, Written

JsonWebKey: TypeAlias = Mapping[str, str | list[str]]
"""A public key (RFC 7517, 4)."""
KeySet: TypeAlias = Mapping[Literal["keys"], Sequence[JsonWebKey]]
"""Public keys (RFC 7517, 5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client(MadeByCountry):
    """An API client. `country` is that of its scope, if it is one country.

    `secrets` are SHA-256 digests of at most two active secrets, the newest first, and `secret_ends` their ends, of
    which `secret_reminder` was the last reminder;
    `proposed_secret` is the digest of one that needs confirmation by a second person.
    """

    resource_type = Resource("access", "clients", "client")
    principal_column = "id"

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    client_id: Annotated[
        str, Granted, Written, Searched, Example("ministry-portal-7f3a"), "The id that the client authenticates with."
    ]
    name: Annotated[str, Granted, Written, Searched, Example("Ministry portal"), "The client's name."]
    search_key: Annotated[str, Internal]
    secrets: Annotated[list[bytes], Internal]
    secret_ends: Annotated[list[datetime], Internal]
    secret_reminder: Annotated[datetime | None, Internal]
    proposed_secret: Annotated[bytes | None, Internal]
    jwks: Annotated[
        KeySet | None,
        Granted,
        Written,
        "The public keys that the client signs its assertions with; null where it uses secrets.",
    ]
    scope_kind: Annotated[
        str,
        Granted,
        Written,
        Example("country"),
        "What the client's grants are over: everything, a region or a country.",
    ]
    scope_id: Annotated[
        str | None, Granted, Written, Example("XA"), "The country code or the region; null where the scope is global."
    ]
    resources: Annotated[
        list[str],
        Granted,
        Written,
        Example(["membership.experts"]),
        "The resources that the client is for, such as `membership.experts` or `membership.*`.",
    ]
    verbs: Annotated[list[str], Granted, Written, Example(["read"]), "Whether the client reads, writes or both."]
    ip_allow: Annotated[
        list[str],
        Granted,
        Written,
        Example(["192.0.2.0/24"]),
        "The addresses and networks that the client may call from; any where empty.",
    ]
    redirect_uris: Annotated[
        list[str],
        Granted,
        Written,
        Example(["https://desk.example.org/callback"]),
        "The addresses that people who sign in to the client are sent back to, compared as text; a loopback address"
        " stands for each of its ports.",
    ]
    post_logout_redirect_uris: Annotated[
        list[str],
        Granted,
        Written,
        Example(["https://desk.example.org/"]),
        "The addresses that people are sent back to when they have signed out.",
    ]
    backchannel_logout_uri: Annotated[
        str | None,
        Granted,
        Written,
        Example("https://desk.example.org/signed-out"),
        "The address that is told when a session of a person at the client ends; null for none.",
    ]
    grants: Annotated[
        list[str],
        Granted,
        Written,
        Example(["authorization_code", "client_credentials"]),
        "How the client gets tokens: `authorization_code` by people who sign in, `client_credentials` for itself.",
    ]
    public: Annotated[
        bool, Granted, Written, "Whether the client keeps no secret, as in a browser or on a person's machine."
    ]
    require_par: Annotated[
        bool, Granted, Written, "Whether the client sends its requests for people to `oauth/par` first (RFC 9126)."
    ]
    dpop_bound: Annotated[
        bool, Granted, Written, "Whether each token of the client is bound to a key that it proves to have (RFC 9449)."
    ]
    first_party: Annotated[bool, Granted, "Whether it is one of our own, which asks people for no consent."]
    contacts: Annotated[
        list[UUID],
        Granted,
        Written,
        Example(["01994b1e-0000-7000-8000-000000000001"]),
        "The accounts that are mailed about the client: webhooks that fail, operations that retire.",
    ]
    sandbox: Annotated[bool, Granted, Written, "Whether the client sees and writes fictional countries only."]
