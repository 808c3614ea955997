"""The types that bodies are made of: text, countries, languages, dates of history, documents. Source: resources.md's
bounds as they stand in the published contract."""

import re
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    create_model,
)
from pydantic_core import PydanticCustomError

from shared.kernel import identifiers, partial_date
from shared.kernel.countries import known_codes
from shared.kernel.text import nfc

_LANGUAGE = re.compile(r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?(-[0-9a-z]{5,8})*$")


class Body(BaseModel):
    """The base of every body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, ser_json_timedelta="iso8601")


class Answer(BaseModel):
    """The base of every answer: open, since clients ignore what they do not know."""

    model_config = ConfigDict(extra="allow")


def _clean(value: str) -> str:
    if "\0" in value:
        raise PydanticCustomError("invalid_text", "Text must not hold U+0000.")
    return nfc(value)


def _clean_tree(value: Any) -> Any:
    """Every text in a free JSON value, cleaned: no U+0000, no lone surrogate, NFC."""
    if isinstance(value, str):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise PydanticCustomError("invalid_text", "Text must not hold a lone surrogate.") from error
        return _clean(value)
    if isinstance(value, list):
        return [_clean_tree(part) for part in value]
    if isinstance(value, dict):
        return {_clean_tree(name): _clean_tree(part) for name, part in value.items()}
    return value


def _country(code: str) -> str:
    if code not in known_codes(fictional=True):
        raise PydanticCustomError("unknown_country", "Not an ISO 3166-1 alpha-2 code of a known country.")
    return code


def is_language(tag: str) -> bool:
    """Whether this is a BCP 47 tag as bodies take it."""
    return _LANGUAGE.match(tag) is not None


def _language(tag: str) -> str:
    if not is_language(tag):
        raise PydanticCustomError("invalid_format", "Not a BCP 47 language tag.")
    return tag


def _orcid(text: str) -> str:
    found = identifiers.orcid_id(text)
    if found is None:
        raise PydanticCustomError("orcid_checksum", "Not an ORCID iD: the form or the check digit is wrong.")
    return found


def _ror(text: str) -> str:
    found = identifiers.ror_id(text)
    if found is None:
        raise PydanticCustomError("ror_checksum", "Not a ROR id: the form or the check digits are wrong.")
    return found


def _partial(text: str) -> str:
    try:
        partial_date.earliest(text)
    except ValueError as error:
        raise PydanticCustomError("invalid_format", "A date is YYYY, YYYY-MM or YYYY-MM-DD.") from error
    return text


def _whole_day(value: Any) -> Any:
    if isinstance(value, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        raise PydanticCustomError("invalid_format", "A date is YYYY-MM-DD.")
    return value


Clean = AfterValidator(_clean)
CleanTree = AfterValidator(_clean_tree)
Line: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=500), Clean]
"""A name, title, role or raw affiliation."""
Keyword: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=200), Clean]
Prose: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=20_000), Clean]
Email: TypeAlias = Annotated[
    str, StringConstraints(max_length=254, pattern=r"^[^@\s\x00]{1,64}@[^@\s\x00]+\.[^@\s\x00]{2,}$"), Clean
]
CountryCode: TypeAlias = Annotated[str, AfterValidator(_country), Field(examples=["PK"])]
LanguageTag: TypeAlias = Annotated[str, StringConstraints(max_length=35), AfterValidator(_language)]
Titles: TypeAlias = Annotated[dict[LanguageTag, Line], Field(min_length=1, max_length=50, examples=[{"en": "…"}])]
Texts: TypeAlias = Annotated[dict[LanguageTag, Prose], Field(max_length=50, examples=[{"en": "…"}])]
OrcidId: TypeAlias = Annotated[
    str, StringConstraints(max_length=100), AfterValidator(_orcid), Field(examples=["0000-0002-1825-0097"])
]
RorId: TypeAlias = Annotated[
    str, StringConstraints(max_length=100), AfterValidator(_ror), Field(examples=["https://ror.org/02mhbdp94"])
]
PartialDate: TypeAlias = Annotated[str, StringConstraints(max_length=10), AfterValidator(_partial)]
Day: TypeAlias = Annotated[date, BeforeValidator(_whole_day)]
Visible: TypeAlias = Literal["public", "network", "restricted"]


class Document(Body):
    """A document elsewhere (`url`) or among the evidence files (`evidence_id`)."""

    title: Line
    date: Day
    url: HttpUrl | None = None
    evidence_id: UUID | None = None
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class TransitionBody(Body):
    """A step in a record's life."""

    action: Annotated[str, StringConstraints(min_length=1, max_length=60), Clean]
    reason: Prose | None = None
    fields: Annotated[dict[str, Any], CleanTree, Field(max_length=20)] = {}


class AllowedAction(Answer):
    """A verb of the present state: where it leads, whether the caller may take it now, and why not."""

    action: str
    to: str
    allowed: bool
    reason: str | None


class OfferedAction(AllowedAction):
    """The same with what the step asks for."""

    requires: list[str]
    fields: list[str]


class Transitions(Answer):
    """The present state, its verbs, and all states."""

    status: str
    allowed_actions: list[OfferedAction]
    states: list[str]


class Links(Answer):
    self: str


class RecordAnswer(Answer):
    """What every record's answer holds."""

    id: UUID
    ref: str
    version: int
    status: str
    country: str | None
    visibility: Visible
    created_at: datetime | None = None
    created_by: str | None = None
    updated_at: datetime | None = None
    updated_by: str | None = None
    allowed_actions: list[AllowedAction] | None = None
    links: Links


class HistoryLine(Answer):
    """One change of a record. `erased` is there, and true, where the values of the change were erased with the person
    that they described; `name` in `by` is null when there is no such account or client any more."""

    version: int
    at: datetime
    by: dict[str, Any]
    action: str
    reason: str | None
    from_: Annotated[str | None, Field(alias="from")]
    to: str | None
    changes: list[dict[str, Any]]
    request_id: str
    erased: bool | None = None


class Page(Answer):
    """One page of a list of records without `allowed_actions`; `next` is the address of the next one, relative to the
    origin, or null.

    `total_estimate` is there with `include=total_estimate`: how many records all pages have together, counted up to
    2,000 and estimated beyond.
    """

    items: list[Any]
    next: str | None
    total_estimate: int | None = None


@cache
def page_of(record: type[Answer]) -> type[Page]:
    """The page of a list of these records; in the contract `ExpertPage` for `Expert`."""
    items: Any = (list[record], ...)  # type: ignore[valid-type]
    return create_model(f"{record.__name__}Page", __base__=Page, __doc__=Page.__doc__, items=items)


class History(Answer):
    """One page of what was done to a record, the latest first; `next` as for every list."""

    items: list[HistoryLine]
    next: str | None
