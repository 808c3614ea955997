"""What goes over HTTP for contributions."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from services.actions.global_report.contributions import domain, record
from services.actions.global_report.contributions.participants import is_hidden_from
from services.actions.global_report.contributions.tables import contribution
from services.actions.global_report.editions.domain import DEADLINES
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.editions.schemas import Key
from services.actions.reporting.reports.domain import CREDIT
from shared.kernel.clock import today
from shared.records import plain
from shared.records.access_scope import AccessScope
from shared.records.record import Refers
from shared.web.contract.contract import STATES
from shared.web.contract.fields import (
    Body,
    Day,
    Doi,
    Email,
    LanguageTag,
    Line,
    LocalizedTexts,
    MailedToken,
    OrcidId,
    PersonName,
    ResponseModel,
    each_once,
)
from shared.web.contract.schemas import RecordBody, RecordResponse
from shared.web.contract.values import row_values
from shared.web.contract.values import written as written_in

_Roles = Annotated[
    list[Literal[CREDIT]],  # type: ignore[valid-type]
    Field(min_length=1, max_length=len(CREDIT), examples=[["writing-original-draft"]]),
    AfterValidator(each_once),
    "Roles of the Contributor Role Taxonomy (CRediT).",
]
_EXPERT = "The expert, who confirms by account."
_NAME = "The name of somebody who is no expert of the register."


class AuthorBody(Body):
    """An author: an expert of the register, or a name with an address, which gets a mail with a link to confirm."""

    expert_id: Annotated[UUID | None, Refers("/membership/v1/experts"), _EXPERT] = None
    name: Annotated[PersonName | None, _NAME] = None
    email: Annotated[Email | None, "The address of a name; required once, and never shown."] = None
    orcid: Annotated[OrcidId | None, "The ORCID iD."] = None
    affiliation: Annotated[Line | None, "The affiliation, as it is printed."] = None
    roles: _Roles
    corresponding: Annotated[bool, "Whether the author corresponds; one does."] = False

    @model_validator(mode="after")
    def _is_somebody(self) -> "AuthorBody":
        if (self.expert_id is None) == (self.name is None):
            raise PydanticCustomError("invalid_value", "Give either expert_id or name.")
        if self.expert_id is not None and self.email is not None:
            raise PydanticCustomError("invalid_value", "An expert confirms by account.")
        return self


class ContributionBody(RecordBody, of=record.Contribution):
    """What changes in a contribution; its edition stays."""

    outline_key: Key
    language: LanguageTag = "en"
    due: Day | None = None
    authors: Annotated[list[AuthorBody], Field(max_length=domain.MOST_AUTHORS)] = []


class ContributionCreate(ContributionBody, of=record.Contribution, is_creation=True):
    """A new contribution: a proposal of one of its authors, or a draft of an editor."""


class ContributionFields(Body):
    """The fields of transitions."""

    due: Annotated[
        Day | None, "For `accept` and `return`: the last day; by default that of the edition, or as before."
    ] = None
    editor_id: Annotated[
        UUID | None,
        Refers("/access/v1/accounts"),
        "For `assign`: the account of an editor of the edition; without one, nobody handles it.",
    ] = None


class ContributionAuthor(ResponseModel):
    """An author as a caller sees it."""

    expert_id: Annotated[UUID | None, Refers("/membership/v1/experts"), _EXPERT]
    name: Annotated[str | None, Field(examples=[None]), _NAME]
    orcid: Annotated[OrcidId | None, "The ORCID iD."]
    affiliation: Annotated[Line | None, "The affiliation, as it is printed."]
    roles: _Roles
    corresponding: Annotated[bool, "Whether the author corresponds."]
    confirmed_at: Annotated[datetime | None, "When the author confirmed the authorship; null before."]


class ContributionConsent(ResponseModel):
    """What a country has consented to."""

    version: Annotated[int, Field(examples=[2]), "The number of the version."]
    at: Annotated[datetime, "When the country consented."]


class CurrentVersion(ResponseModel):
    """The newest version in the contribution's language."""

    number: Annotated[int, Field(examples=[2]), "Its number."]
    language: Annotated[str, Field(examples=["en"]), "Its language."]
    words: Annotated[int, Field(examples=[5200]), "How many words it has."]
    created_at: Annotated[datetime, "When it was read."]


class CommentCounts(ResponseModel):
    """How many comments are in each state."""

    open: Annotated[int, Field(examples=[1]), "How many wait for an answer."]
    answered: Annotated[int, Field(examples=[3]), "How many have one."]
    resolved: Annotated[int, Field(examples=[8]), "How many are resolved."]


class Contribution(RecordResponse, of=record.Contribution, lifecycle=domain.LIFECYCLE):
    """A contribution as a caller sees it."""

    language: Annotated[str, Field(examples=["en"])]
    keywords: Annotated[list[str], Field(examples=[["soil carbon"]])]
    authors: list[ContributionAuthor]
    consent: ContributionConsent | None
    current: Annotated[CurrentVersion | None, "In items: the newest version in its language."] = None
    comments: Annotated[CommentCounts | None, "In items: how many comments there are."] = None
    doi: Annotated[Doi | None, "In items: the DOI below the prefix of the installation; null if it has none."] = None
    days_late: Annotated[
        int | None,
        Field(examples=[None]),
        "For how many days its last day has passed while its authors have it; null if it is in time.",
    ]


_Counts = Annotated[dict[str, int], Field(examples=[{"draft": 3}])]


class PlaceProgress(ResponseModel):
    """How many contributions of one place are in each state."""

    key: Annotated[str, Field(examples=["soils"]), "The key of the place."]
    counts: Annotated[_Counts, "How many are in each state."]


class Overdue(ResponseModel):
    """A contribution whose last day has passed while its authors have it."""

    contribution_id: Annotated[UUID, Refers("/actions/v1/contributions"), "The contribution."]
    ref: Annotated[str, Field(examples=["CTB-000001"]), "Its reference."]
    outline_key: Annotated[str, Field(examples=["soils"]), "The key of its place."]
    titles: Annotated[LocalizedTexts, "Its titles."]
    due: Annotated[date, "Its last day."]
    days: Annotated[int, Field(examples=[3]), "For how many days it has passed."]
    editor_id: Annotated[UUID | None, "The account of the editor who handles it."]


class NextDeadline(ResponseModel):
    """The next last day of an edition."""

    step: Annotated[str, Field(examples=["draft"], json_schema_extra={STATES: [*DEADLINES]}), "What is due."]
    day: Annotated[date, "The day."]


class DayOfProgress(ResponseModel):
    """The contributions at the end of a day on which one changed its state."""

    day: Annotated[date, "The day."]
    counts: Annotated[_Counts, "How many were in each state."]


class EditionProgress(ResponseModel):
    """How far an edition is."""

    edition_id: Annotated[UUID, Refers("/actions/v1/editions"), "The edition."]
    as_of: Annotated[date, "The day on which days are counted."]
    counts: Annotated[_Counts, "How many contributions are in each state."]
    outline: Annotated[list[PlaceProgress], "The same for each place of the outline."]
    overdue: Annotated[list[Overdue], "Who is late, the longest first."]
    comments: Annotated[CommentCounts, "How many comments on its contributions are in each state."]
    next_deadline: Annotated[NextDeadline | None, "The next last day of the edition; null after the last."]
    series: Annotated[list[DayOfProgress], "How it went, day by day."]


class TokenOfAuthor(Body):
    """The token of a mail to an author."""

    token: Annotated[MailedToken, "The token, from the fragment of the link."]


class Authorship(ResponseModel):
    """What an author confirms."""

    name: Annotated[str, Field(examples=["Amina Khan"]), "The name of the author."]
    edition_titles: Annotated[LocalizedTexts, "The titles of the edition."]
    titles: Annotated[LocalizedTexts, "The titles of the contribution."]
    roles: _Roles
    confirmed_at: Annotated[datetime | None, "When the authorship was confirmed; null before."]


def columns(body: ContributionBody) -> dict[str, Any]:
    """The columns that a body sets. Addresses are apart from the authors, whom more people read."""
    found = row_values(body, contribution)
    addresses, authors = {}, []
    for given in found["authors"]:
        email = given.pop("email")
        author: record.Author = {**given, "confirmed_at": None}  # type: ignore[typeddict-item]
        if email is not None:
            addresses[domain.identity_of(author)] = {"email": email, "asked": None}
        authors.append(author)
    return {**found, "authors": authors, "addresses": addresses}


_written = written_in(contribution, ContributionBody.model_fields)


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a patch is merged into."""
    found: dict[str, Any] = _written(row)
    authors = [{name: value for name, value in one.items() if name != "confirmed_at"} for one in found["authors"]]
    return {**found, "authors": authors}


def shown(found: tuple[record.Contribution, Edition, record.Author]) -> dict[str, Any]:
    """An authorship, to who has the token of its mail."""
    of, edition, author = found
    names = ("name", "roles", "confirmed_at")
    return {"edition_titles": edition.titles, "titles": of.titles, **{name: author[name] for name in names}}  # type: ignore[literal-required]


def _derived(row: Mapping[str, Any]) -> dict[str, Any]:
    return {"days_late": domain.days_late(row["status"], row["due"], today())}


_present = plain.presenter(record.Contribution, contribution, derive=_derived)
_OF_AUTHORS: Mapping[str, Any] = {
    "authors": [],
    **dict.fromkeys(("created_by", "updated_by", "funding", "conflicts", "editor_id")),
}
"""What tells who wrote a contribution, for whom a review hides it from."""
_OF_EDITORS: Mapping[str, Any] = dict.fromkeys(("editor_id", "due", "consent", "days_late"))
"""What readers of a published contribution do not learn."""


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The contribution in a response; without its authors for who comments without knowing them."""
    if not access.sees_all_fields(row["country"], record.Contribution.scope_of(row)):
        return {**_present(row, access), **_OF_EDITORS}
    return {**_present(row, access), **(_OF_AUTHORS if is_hidden_from(access.principal, row["id"]) else {})}
