"""An expert."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, NotRequired, TypedDict
from uuid import UUID

from shared.kernel.resource import Resource
from shared.kernel.text import email_key
from shared.records.record import (
    Country,
    Default,
    Derived,
    Example,
    Granted,
    Imported,
    Internal,
    Part,
    Public,
    Record,
    Refers,
    Texts,
    Tracked,
    Visible,
    Written,
    written_fields,
)

CATEGORIES = ("supporter", "expert", "fellow", "honorary", "student")


class PersonName(TypedDict, total=False):
    """A name of a person, as it is written: at least family or full."""

    given: str | None
    family: str | None
    full: str | None
    language: str | None
    kind: str


class EmailAddress(TypedDict):
    """An e-mail address, who may see it, whether somebody has shown that it is theirs, and since when it takes no
    mail."""

    value: str
    visibility: str
    verified: NotRequired[bool]
    bounced_at: NotRequired[str]


class Said(TypedDict, total=False):
    """The source of a field, and when it was set; without `at`, at the creation of the record."""

    by: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expert(Record):
    """An expert of the register. `account_id`: the account of the person; `assignee`: the officer who works on the
    application.

    A caller who may not see all `emails` sees those whose visibility permits it.
    """

    resource_type = Resource("membership", "experts", "expert")

    country: Annotated[str, Public, Written, Country, "The expert's country, as an ISO 3166-1 alpha-2 code."]
    visibility: Annotated[
        str,
        Public,
        Written,
        Visible,
        Default("network"),
        "Who may know of the expert once published: everybody, the network, or grants over the record.",
    ]
    created_at: Annotated[datetime, Granted]
    updated_at: Annotated[datetime, Granted]
    names: Annotated[Sequence[PersonName], Public, Written, "The expert's names, the preferred one first."]
    display_name: Annotated[str, Public, Example("Amina Khan"), "The preferred name in one line."]
    sort_name: Annotated[str, Internal, Derived]
    search_key: Annotated[str, Internal, Derived]
    name_key: Annotated[str, Internal, Derived]
    emails: Annotated[
        Sequence[EmailAddress],
        Granted,
        Written,
        "The addresses, as far as their own visibility shows them to the caller.",
    ]
    email_keys: Annotated[list[str], Internal, Derived]
    orcid: Annotated[str | None, Public, Written, Imported, Example("0000-0002-1825-0097"), "The ORCID iD."]
    orcid_authenticated: Annotated[
        bool,
        Public,
        Tracked,
        Example(True),
        "Whether the person has signed in to ORCID as the holder of the iD. The system sets it; another iD ends it.",
    ]
    languages: Annotated[
        list[str], Public, Written, Imported, Example(["en"]), "The languages that the expert works in, as BCP 47 tags."
    ]
    keywords: Annotated[
        list[str], Public, Written, Imported, Example(["soil carbon"]), "What the expert works on, in free words."
    ]
    fields: Annotated[list[str], Public, Written, Imported, Example(["1.5"]), "The fields of science."]
    planetary_boundaries: Annotated[
        list[str],
        Public,
        Written,
        Imported,
        Example(["land-system-change"]),
        "The planetary boundaries that the expert works on.",
    ]
    ecosystems: Annotated[list[str], Public, Written, Imported, Example([]), "The ecosystems that the expert works on."]
    category: Annotated[str, Public, Written, Imported, Example("expert"), "The category of the expert's membership."]
    biography: Annotated[Texts, Public, Written, Imported, "A short biography, by language."]
    gender: Annotated[
        str | None,
        Granted,
        Written,
        Example("female"),
        "The gender that the expert declares; for grants that cover the expert.",
    ]
    available_for_support: Annotated[
        bool,
        Granted,
        Written,
        Default(True),
        Imported,
        Example(True),
        "Whether the expert may be asked to help a country; for grants that cover the expert.",
    ]
    previous_status: Annotated[str | None, Internal]
    status_since: Annotated[datetime | None, Internal]
    term_starts: Annotated[date | None, Public, Tracked, Part]
    term_ends: Annotated[date | None, Public, Tracked, Part]
    next_term_starts: Annotated[date | None, Public, Tracked, Part]
    next_term_ends: Annotated[date | None, Public, Tracked, Part]
    account_id: Annotated[
        UUID | None, Granted, Tracked, Refers("/access/v1/accounts"), "The account of the person, who owns the record."
    ]
    profile_confirmed_on: Annotated[date | None, Granted, "The day on which the expert last confirmed the profile."]
    conflict_of_interest_on: Annotated[date | None, Internal]
    listing_withdrawn_on: Annotated[date | None, Internal]
    clock_since: Annotated[datetime | None, Granted, Part]
    clock_target: Annotated[datetime | None, Granted, Part]
    assignee: Annotated[UUID | None, Granted, Tracked, "The account or client that works on the application."]
    asserted: Annotated[
        Mapping[str, Said],
        Granted,
        Part,
        "The source of each field; in items, for grants that cover the expert.",
    ]
    restricted_at: Annotated[
        datetime | None,
        Granted,
        Tracked,
        "Since when the record is stored and not used otherwise; null where it is not restricted.",
    ]
    restricted_for: Annotated[
        str | None,
        Granted,
        Tracked,
        Example(None),
        "Why it is restricted: a `request` of the person, or a requested `erasure`.",
    ]
    visibility_before: Annotated[str | None, Internal]
    merged_into: Annotated[UUID | None, Internal, Tracked]
    erased_at: Annotated[datetime | None, Internal]


ASSERTED = tuple(name for name in written_fields(Expert) if name != "visibility")
"""The fields for which the record stores who last set them."""
ENTERED = "*"
"""The key for every field that was not set again since the record was created."""


def asserted_at_entry(by: str) -> dict[str, Said]:
    """The sources of a new record. Small, since an import stores them a million times."""
    return {ENTERED: {"by": by}}


def asserted_after(asserted: Mapping[str, Said], changed: Collection[str], by: str, at: str) -> dict[str, Said]:
    """The sources after these fields changed."""
    said: Said = {"by": by, "at": at}
    return {**asserted, **{name: said for name in ASSERTED if name in changed}}


def asserted_fields(asserted: Mapping[str, Said], present: Iterable[str], entered_at: str) -> dict[str, Said]:
    """Who set each of these fields, and when, as far as it is known."""
    first: Said | None = {**asserted[ENTERED], "at": entered_at} if ENTERED in asserted else None
    return {name: said for name in present if (said := asserted.get(name, first))}


def is_still_authenticated(orcid: str | None, wanted: Expert) -> bool:
    """Whether the ORCID iD of the wanted record remains authenticated: until it differs from the iD before."""
    return wanted.orcid_authenticated and wanted.orcid == orcid


def with_verified(emails: Iterable[EmailAddress], before: Iterable[EmailAddress] = ()) -> list[EmailAddress]:
    """The e-mail addresses with what the system knows of them: an address remains verified, or marked as one that takes
    no mail, while its value does not change."""
    known = {email_key(email["value"]): email for email in before}
    return [_as_known(email, known.get(email_key(email["value"]))) for email in emails]


def _as_known(email: EmailAddress, known: EmailAddress | None) -> EmailAddress:
    found: EmailAddress = {**email, "verified": bool(known and known.get("verified"))}
    if known and known.get("bounced_at"):
        found["bounced_at"] = known["bounced_at"]
    return found


def without_verified(email: EmailAddress) -> EmailAddress:
    """The address in the form of a request."""
    return {"value": email["value"], "visibility": email["visibility"]}
