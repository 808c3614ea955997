"""An account of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from services.access.made_by_country import MadeByCountry
from shared.kernel.resource import Resource
from shared.records.record import (
    Country,
    Email,
    Example,
    Fixed,
    Granted,
    Internal,
    PersonName,
    Public,
    Searched,
    Tracked,
    Written,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account(MadeByCountry):
    """An account of a person. `email_key` is the folded address, which is unique; `language` is that of mails.

    Who has no password cannot log in with one. `country` is that whose officials the person belongs to, if any.
    """

    resource_type = Resource("access", "accounts", "account")
    principal_column = "id"

    country: Annotated[  # type: ignore[assignment]
        str | None, Public, Written, Country, Fixed, "The country whose focal points read the account; null for none."
    ]
    visibility: Annotated[str, Public]
    email: Annotated[
        str,
        Granted,
        Written,
        Searched,
        Email,
        Example("amina.khan@example.org"),
        "The address that the person signs in with and gets mails at.",
    ]
    email_key: Annotated[str, Internal]
    name: Annotated[str, Granted, Written, Searched, PersonName, Example("Amina Khan"), "The person's name."]
    search_key: Annotated[str, Internal]
    password_hash: Annotated[str | None, Internal]
    email_verified: Annotated[bool, Granted, Tracked, "Whether the person has shown that the address is theirs."]
    language: Annotated[str, Granted, Written, Example("en"), "The language of mails."]
    notifications: Annotated[
        Mapping[str, str],
        Granted,
        Tracked,
        "How the person wants each kind of notification: `mail`, `digest` (one mail a day) or `none`; `mail` for those"
        " that are absent.",
    ]
