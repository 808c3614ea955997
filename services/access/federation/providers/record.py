"""An identity provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from shared.kernel.resource import Resource
from shared.records.record import Example, Fixed, Granted, Internal, Public, Record, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider(Record):
    """The identity provider of a ministry, a university or another body, at which people sign in.

    `sealed` is the secret that this system authenticates with, encrypted; None where it signs. `token_keys` verify its
    access tokens, and were read at `token_keys_at`.
    """

    resource_type = Resource("access", "identity_providers", "identity_provider")

    country: Annotated[str | None, Public]  # type: ignore[assignment]
    visibility: Annotated[str, Public]
    code: Annotated[str, Granted, Written, Fixed, Example("health-xa"), "The name of the provider in addresses."]
    titles: Annotated[
        Mapping[str, str], Granted, Written, Example({"en": "Ministry of Health"}), "What people call it, by language."
    ]
    issuer: Annotated[
        str, Granted, Written, Example("https://id.health.gov.example"), "Its issuer, as its documents spell it."
    ]
    client_id: Annotated[str, Granted, Written, Example("escm"), "The name of this system there."]
    auth: Annotated[
        str, Granted, Written, Example("private_key_jwt"), "Whether this system signs, or shows a secret, there."
    ]
    sealed: Annotated[bytes | None, Internal]
    scopes: Annotated[list[str], Granted, Written, Example(["openid", "email"]), "The scopes that are asked for."]
    countries: Annotated[list[str], Granted, Written, Example(["XA"]), "The countries whose people it is for."]
    domains: Annotated[
        list[str],
        Granted,
        Written,
        Example(["health.gov.example"]),
        "The domains of addresses that it is authoritative for.",
    ]
    claims: Annotated[
        Mapping[str, str],
        Granted,
        Written,
        Example({"subject": "sub", "email": "email", "name": "name"}),
        "The names of the claims with subject, address and name.",
    ]
    levels: Annotated[
        Mapping[str, str],
        Granted,
        Written,
        Example({"mfa": "2"}),
        "The level of a sign-in with this `acr` or `amr` of the provider; 1 without one.",
    ]
    access_tokens: Annotated[
        Mapping[str, str] | None,
        Granted,
        Written,
        Example({"audience": "https://escm.example.org", "subject": "sub"}),
        "For which audience its access tokens are taken as those of the person; null: they are not.",
    ]
    token_keys: Annotated[Sequence[Mapping[str, object]] | None, Internal]
    token_keys_at: Annotated[datetime | None, Internal]
    accounts: Annotated[
        str,
        Granted,
        Written,
        Example("invited"),
        "Who gets an account by signing in: `invited` nobody, `domain` people of its domains, `anyone` everybody.",
    ]
