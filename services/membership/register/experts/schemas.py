"""What goes over HTTP for experts and their affiliations."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import orjson
from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.membership.register.duplicates.schemas import Lookalike
from services.membership.register.experts import record
from services.membership.register.experts.affiliation import Affiliation
from services.membership.register.experts.domain import HOLDERS, LIFECYCLE, PAUSED
from services.membership.register.experts.operations import EXPERTS
from services.membership.register.experts.queries import render_public, render_whole
from services.membership.register.experts.record import (
    ASSERTED,
    CATEGORIES,
    asserted_fields,
    without_verified,
)
from shared.kernel.clock import to_text
from shared.records.access_scope import AccessScope
from shared.records.record import Refers, json_fields
from shared.web.contract.expertise import ListOfBoundaries, ListOfEcosystems, ListOfFields
from shared.web.contract.fields import (
    Body,
    Day,
    Email,
    Keyword,
    LanguageTag,
    OneLine,
    OrcidId,
    PersonName,
    ResponseModel,
    Visible,
)
from shared.web.contract.schemas import RecordBody, RecordResponse


class Name(Body):
    """A person's name in one script. A name has at least `family` or `full`."""

    given: Annotated[PersonName | None, Field(examples=["Amina"]), "The given names."] = None
    family: Annotated[PersonName | None, Field(examples=["Khan"]), "The family name."] = None
    full: Annotated[PersonName | None, Field(examples=["Amina Khan"]), "The whole name, where it has no parts."] = None
    script: Annotated[
        Annotated[str, StringConstraints(pattern=r"^[A-Z][a-z]{3}$")] | None,
        Field(examples=["Latn"]),
        "The script, by ISO 15924.",
    ] = None
    language: Annotated[LanguageTag | None, "The language of the name."] = None
    kind: Annotated[
        Literal["preferred", "native", "former"],
        "Whether it is the preferred name, one in another script, or a former one.",
    ] = "preferred"

    @model_validator(mode="after")
    def _has_a_name(self) -> "Name":
        if not (self.family or self.full):
            raise PydanticCustomError("name_missing", "A name has at least family or full.")
        return self


class EmailAddress(Body):
    """An e-mail address and who may see it. The system sets whether it is verified."""

    value: Annotated[Email, "The address."]
    visibility: Annotated[Visible, "Who is shown the address: everybody, the network, or grants over the record."] = (
        "restricted"
    )


Category: TypeAlias = Literal[CATEGORIES]  # type: ignore[valid-type]


class StoredEmail(ResponseModel):
    """An e-mail address, who may see it, and what the system knows of it."""

    value: Annotated[str, Field(examples=["amina.khan@example.org"]), "The address."]
    visibility: Annotated[Visible, "Who is shown the address: everybody, the network, or grants over the record."]
    verified: Annotated[bool | None, "Whether somebody has shown that the address is theirs."] = None
    bounced_at: Annotated[
        datetime | None, "Since when no broadcast goes to the address; absent if it takes mail, and for strangers."
    ] = None


class ExpertBody(RecordBody, of=record.Expert):
    """An expert as it is written."""

    names: Annotated[list[Name], Field(min_length=1, max_length=20)]
    emails: Annotated[list[EmailAddress], Field(max_length=10)] = []
    orcid: OrcidId | None = None
    languages: Annotated[list[LanguageTag], Field(max_length=50)] = []
    fields: ListOfFields = []
    planetary_boundaries: ListOfBoundaries = []
    ecosystems: ListOfEcosystems = []
    keywords: Annotated[list[Keyword], Field(max_length=50)] = []
    gender: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=50), OneLine] | None, Field(examples=["female"])
    ] = None
    category: Category = "expert"


class ExpertCreate(ExpertBody):
    """A new expert; with `invite` and an e-mail it starts as invited."""

    invite: Annotated[bool, "Whether the expert starts as invited; needs an e-mail address."] = False

    @model_validator(mode="after")
    def _can_be_invited(self) -> "ExpertCreate":
        if self.invite and not self.emails:
            raise PydanticCustomError("email_missing", "An invitation needs an e-mail address.")
        return self


_DOCUMENTS = json_fields(record.Expert)
_EMPTY: tuple[Any, ...] = (None, [], {}, "[]", "{}")


class ExpertFields(Body):
    """What the transitions of an expert take."""

    starts: Annotated[Day | None, "For `approve` and `renew`: the first day of the term."] = None
    ends: Annotated[Day | None, "For `approve` and `renew`: the last day of the term."] = None
    account_id: Annotated[
        UUID | None, Refers("/access/v1/accounts"), "For `link_account`: the account of the person."
    ] = None
    officer: Annotated[UUID | None, "For `assign`: the account or client in charge; null for nobody."] = None
    second_person: Annotated[
        UUID | None, Refers("/access/v1/accounts"), "For `terminate`: the only account that may confirm."
    ] = None


class Term(ResponseModel):
    """A term of membership."""

    starts: Annotated[date, "The first day of the term."]
    ends: Annotated[date, "The last day of the term."]


class ScreeningClock(ResponseModel):
    """Who has the application, since when, and when it should be decided. While information from the applicant is
    pending the clock is paused: `target` is null, and moves by the length of the pause."""

    holder: Annotated[str, Field(examples=["secretariat"]), "Who has the application: `secretariat` or `applicant`."]
    since: Annotated[datetime, "Since when the holder has it."]
    target: Annotated[datetime | None, "When it is to be decided; null while the clock is paused."]
    paused_since: Annotated[datetime | None, "Since when information from the applicant is pending; null otherwise."]


class Assertion(ResponseModel):
    """The source of the value of a field, and when it was set: self, orcid, institution, secretariat, government or
    import."""

    by: Annotated[str, Field(examples=["self"]), "self, orcid, institution, secretariat, government or import."]
    at: Annotated[datetime, "When it was set."]


class Expert(RecordResponse, of=record.Expert, lifecycle=LIFECYCLE):
    """An expert as a caller sees it; fields that the caller may not see are absent."""

    names: list[Name]
    emails: list[StoredEmail]
    term: Annotated[Term | None, "The present term of membership; null if there is none."]
    next_term: Annotated[Term | None, "The term that an early renewal gave, until it begins; else null."]
    clock: Annotated[
        ScreeningClock | None, "Who has the application, and until when; for grants that cover the expert."
    ] = None
    asserted: dict[str, Assertion] | None = None
    affiliations: Annotated[list[Affiliation] | None, "Where the expert works or worked; in items."] = None
    duplicates: Annotated[list[Lookalike] | None, "Possible duplicates: only in the response to the creation."] = None


def _term(starts: date | None, ends: date | None) -> dict[str, str] | None:
    return {"starts": starts.isoformat(), "ends": ends.isoformat()} if starts and ends else None


def present(row: Mapping[str, Any], access: AccessScope) -> dict[str, Any]:
    """The expert as this caller sees it."""
    whole = access.sees_all_fields(row["country"], row["id"])
    shown = render_whole(row) if whole else render_public(row)
    shown["term"] = _term(row["term_starts"], row["term_ends"])
    shown["next_term"] = _term(row["next_term_starts"], row["next_term_ends"])
    shown["links"] = {"self": f"{EXPERTS.resource.path}/{shown['id']}"}
    if whole:
        shown["clock"] = _clock(row)
        if "asserted" in row:
            shown["asserted"] = _asserted(row, shown["created_at"])
    else:
        shown["emails"] = _open_emails(row["emails"], access)
    return shown


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


def _asserted(row: Mapping[str, Any], entered_at: str) -> dict[str, Any]:
    """Items show it, lists do not."""
    present_fields = [name for name in ASSERTED if row[name] not in _EMPTY]
    asserted = row["asserted"]
    sources = orjson.loads(asserted) if isinstance(asserted, str) else asserted
    return asserted_fields(sources, present_fields, entered_at)


def _open_emails(emails: Any, access: AccessScope) -> Any:
    if emails in ("[]", []):
        return []
    levels = access.open_visibilities
    parsed = orjson.loads(emails) if isinstance(emails, str) else emails
    return [
        {name: value for name, value in email.items() if name != "bounced_at"}
        for email in parsed
        if email["visibility"] in levels
    ]


def written(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a caller writes, from a row."""
    found = {name: orjson.loads(row[name]) if name in _DOCUMENTS else row[name] for name in ExpertBody.model_fields}
    return {**found, "emails": [without_verified(email) for email in found["emails"]]}


def columns(body: ExpertBody) -> dict[str, Any]:
    """The columns that a body sets; those of a creation with the state that the record begins in."""
    if isinstance(body, ExpertCreate):
        status = "invited" if body.invite else "prospect"
        return {**body.model_dump(exclude={"invite"}, mode="json"), "status": status}
    return body.model_dump(mode="json")
