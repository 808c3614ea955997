"""What goes over HTTP for experts and their affiliations."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import orjson
from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.membership.duplicates.schemas import Lookalike
from services.membership.experts.domain import (
    ASSERTED,
    BOUNDARIES,
    CATEGORIES,
    ECOSYSTEMS,
    FIELDS_OF_SCIENCE,
    HOLDERS,
    PAUSED,
    asserted_fields,
    asserted_kept,
)
from services.membership.experts.operations import EXPERTS
from services.membership.experts.queries import render_public, render_whole
from shared.kernel.clock import to_text
from shared.records.access_scope import AccessScope
from shared.web.fields import (
    Answer,
    Body,
    CountryCode,
    Email,
    Keyword,
    LanguageTag,
    Line,
    Links,
    OrcidId,
    PartialDate,
    RecordAnswer,
    Texts,
    Visible,
)


class Name(Body):
    """A person's name in one script. A name has at least `family` or `full`."""

    given: Line | None = None
    family: Line | None = None
    full: Line | None = None
    script: Annotated[str, StringConstraints(pattern=r"^[A-Z][a-z]{3}$")] | None = None
    language: LanguageTag | None = None
    kind: Literal["preferred", "native", "former"] = "preferred"

    @model_validator(mode="after")
    def _has_a_name(self) -> "Name":
        if not (self.family or self.full):
            raise PydanticCustomError("name_missing", "A name has at least family or full.")
        return self


class EmailAddress(Body):
    """An e-mail address and who may see it. Whether it is verified is the system's to say."""

    value: Email
    visibility: Visible = "restricted"


ListOfFields: TypeAlias = Annotated[list[Literal[FIELDS_OF_SCIENCE]], Field(max_length=42)]  # type: ignore[valid-type]
ListOfBoundaries: TypeAlias = Annotated[list[Literal[BOUNDARIES]], Field(max_length=9)]  # type: ignore[valid-type]
ListOfEcosystems: TypeAlias = Annotated[list[Literal[ECOSYSTEMS]], Field(max_length=17)]  # type: ignore[valid-type]
Category: TypeAlias = Literal[CATEGORIES]  # type: ignore[valid-type]


class ExpertBody(Body):
    """An expert as it is written."""

    names: Annotated[list[Name], Field(min_length=1, max_length=20)]
    country: CountryCode
    emails: Annotated[list[EmailAddress], Field(max_length=10)] = []
    orcid: OrcidId | None = None
    languages: Annotated[list[LanguageTag], Field(max_length=50)] = []
    fields: ListOfFields = []
    planetary_boundaries: ListOfBoundaries = []
    ecosystems: ListOfEcosystems = []
    keywords: Annotated[list[Keyword], Field(max_length=50)] = []
    biography: Texts = {}
    gender: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = None
    category: Category = "expert"
    visibility: Visible = "network"


class ExpertCreate(ExpertBody):
    """A new expert; with `invite` and an e-mail it starts as invited."""

    invite: bool = False

    @model_validator(mode="after")
    def _can_be_invited(self) -> "ExpertCreate":
        if self.invite and not self.emails:
            raise PydanticCustomError("email_missing", "An invitation needs an e-mail address.")
        return self


_EMPTY: tuple[Any, ...] = (None, [], {}, "[]", "{}")


class Term(Answer):
    starts: date
    ends: date


class ScreeningClock(Answer):
    """Who holds the file, since when, and when it should be decided. While the applicant is asked for more the clock is
    paused: `target` is null, and moves on by the length of the pause."""

    holder: str
    since: datetime
    target: datetime | None
    paused_since: datetime | None


class Assertion(Answer):
    """Who said what stands in a field, and when: self, orcid, institution, secretariat, government or import."""

    by: str
    at: datetime


class AffiliationBody(Body):
    """Where an expert works or worked: an institution of the register, or its name as given."""

    institution_id: UUID | None = None
    raw: Line | None = None
    role: Line | None = None
    unit: Line | None = None
    from_: Annotated[PartialDate | None, Field(alias="from")] = None
    to: PartialDate | None = None
    primary: bool = False

    @model_validator(mode="after")
    def _names_something(self) -> "AffiliationBody":
        if (self.institution_id is None) == (self.raw is None):
            raise PydanticCustomError("institution_or_raw", "Give either institution_id or raw.")
        return self


class AffiliationMatch(Answer):
    """Which institution a text was taken to mean. `method`, `score` (0 to 1), `decided_by` (`system` or `person`) and
    `decided_at` are null as long as nothing is decided."""

    status: Literal["waiting", "open", "unknown", "linked", "none"]
    method: str | None
    score: Annotated[float, Field(ge=0, le=1)] | None
    decided_by: str | None
    decided_at: datetime | None
    candidates: list[dict[str, Any]] | None = None


class Affiliation(Answer):
    """Where an expert works or worked. `match` is null where the institution was named by its id."""

    id: UUID
    version: int
    institution_id: UUID | None
    raw: str | None
    role: str | None
    unit: str | None
    from_: Annotated[str | None, Field(alias="from")]
    to: str | None
    primary: bool
    asserted_by: str
    match: AffiliationMatch | None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    links: Links | None = None


class Expert(RecordAnswer):
    """An expert as a caller sees it; fields that the caller may not see are absent."""

    names: list[dict[str, Any]]
    display_name: str
    profile_confirmed_on: date | None = None
    emails: list[dict[str, Any]]
    orcid: str | None
    languages: list[str]
    fields: list[str]
    planetary_boundaries: list[str]
    ecosystems: list[str]
    keywords: list[str]
    biography: dict[str, str]
    gender: str | None = None
    category: str
    term: Term | None
    clock: ScreeningClock | None = None
    assignee: UUID | None = None
    asserted: dict[str, Assertion] | None = None
    affiliations: list[Affiliation] | None = None
    duplicates: list[Lookalike] | None = None


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The expert as this caller sees it."""
    whole = access.sees_all_fields(row["country"], row["id"])
    record = render_whole(row) if whole else render_public(row)
    starts, ends = row["term_starts"], row["term_ends"]
    record["term"] = {"starts": starts.isoformat(), "ends": ends.isoformat()} if starts else None
    record["links"] = {"self": f"{EXPERTS.resource.path}/{record['id']}"}
    if whole:
        record["clock"] = _clock(row)
        if "asserted" in row:
            record["asserted"] = _asserted(row)
    else:
        record["emails"] = _open_emails(row["emails"], access)
    return record


def _clock(row: Mapping[str, Any]) -> dict[str, Any] | None:
    since, target = row["clock_since"], row["clock_target"]
    if since is None:
        return None
    is_paused = row["status"] == PAUSED
    return {
        "holder": HOLDERS.get(row["status"], "secretariat"),
        "since": to_text(since),
        "target": to_text(target) if target and not is_paused else None,
        "paused_since": to_text(since) if is_paused else None,
    }


def _asserted(row: Mapping[str, Any]) -> dict[str, Any]:
    """Items tell it, lists do not."""
    present_fields = [name for name in ASSERTED if row[name] not in _EMPTY]
    return asserted_fields(asserted_kept(row), present_fields, to_text(row["created_at"]))


def _open_emails(emails: Any, access: AccessScope) -> Any:
    if emails in ("[]", []):
        return []
    levels = access.open_visibilities
    parsed = orjson.loads(emails) if isinstance(emails, str) else emails
    return [email for email in parsed if email["visibility"] in levels]
