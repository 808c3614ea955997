"""What goes over HTTP for nominations."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, PlainSerializer, StringConstraints

from services.membership.selection.calls.domain import CURRICULUM
from services.membership.selection.calls.record import Call
from services.membership.selection.calls.schemas import Keyword, NominatorKind
from services.membership.selection.conflicts.domain import KINDS
from services.membership.selection.declarations.schemas import Interest
from services.membership.selection.nominations import record
from services.membership.selection.nominations.domain import (
    DECISIONS,
    LIFECYCLE,
    MOST_DOCUMENTS,
    OUTCOMES,
    nominator_deadline,
)
from services.membership.selection.nominations.tables import nomination
from shared.kernel.clock import to_text
from shared.records.plain import presenter
from shared.web.contract.contract import STATES
from shared.web.contract.fields import (
    Body,
    Clean,
    Document,
    Email,
    Line,
    LocalizedTexts,
    MailedToken,
    PersonName,
    ResponseModel,
)
from shared.web.contract.schemas import RecordResponse

Motivation = Annotated[
    str, StringConstraints(min_length=1, max_length=5_000), Clean, Field(examples=["Twenty years of work on soils."])
]


class Nominator(Body):
    """Who vouches for the nominee."""

    name: Annotated[PersonName, Field(examples=["Ana Example"]), "The name of the nominator."]
    kind: Annotated[
        NominatorKind | None,
        Field(examples=["institution"]),
        "On whose behalf; required if the call names `nominator_kinds`.",
    ] = None
    organisation: Annotated[Line | None, "The organisation of the nominator."] = None
    office: Annotated[Line | None, Field(examples=["Dean"]), "The office of the nominator."] = None
    email: Annotated[Email, "The address that the mail with the link goes to."]


class NominationDocument(Document):
    """A document of a nomination."""

    kind: Annotated[Keyword, Field(examples=[CURRICULUM]), "The kind of document, such as `cv`."] = CURRICULUM


class NoInterests(Body):
    """The statement that there are no interests."""

    none: Annotated[Literal[True], "There are no interests to declare."]


class NominationConsents(Body):
    """What the nominee agrees to."""

    results: Annotated[bool, "To be named in the results if selected."] = False
    balance: Annotated[bool, "That the gender is counted in the balance that the panel sees."] = False


class NominationBody(Body, of=record.Nomination):
    """The body of a nomination; the nominee is the caller."""

    call_id: UUID
    nominator: Nominator
    motivation: Motivation | None = None
    documents: Annotated[list[NominationDocument], Field(max_length=MOST_DOCUMENTS)] = []
    interests: NoInterests | Annotated[list[Interest], Field(min_length=1, max_length=50)] | None = None
    consents: NominationConsents = NominationConsents()


class NominationFields(Body):
    """The fields of transitions: `nominator` of change_nominator, `until` of extend, `outcome` of answer_appeal."""

    nominator: Annotated[
        Annotated[Nominator, PlainSerializer(lambda one: one.model_dump(mode="json"))] | None,
        "For `change_nominator`: the new nominator.",
    ] = None
    until: Annotated[AwareDatetime | None, "For `extend`: until when the nomination is admitted."] = None
    outcome: Annotated[
        Literal[OUTCOMES] | None,  # type: ignore[valid-type]
        "For `answer_appeal`: whether the appeal was right.",
    ] = None


class TokenOfMail(Body):
    """The token of a mail to a nominator."""

    token: Annotated[MailedToken, "The token that came by mail."]


class NominationDecision(TokenOfMail):
    """The decision of a nominator, with the token of the mail."""

    decision: Annotated[Literal[tuple(DECISIONS)], "Whether the nominator vouches for the nominee."]  # type: ignore[valid-type]
    statement: Annotated[Motivation | None, "What the nominator says about the nominee."] = None


class DecidedNomination(ResponseModel):
    """The nomination after the decision."""

    ref: Annotated[str, Field(examples=["NOM-000001"]), "The number of the nomination."]
    status: Annotated[str, Field(examples=["nominated"]), "`nominated` or `declined`."]
    call_titles: Annotated[LocalizedTexts, "The titles of the call, by language."]


class VouchedNomination(DecidedNomination):
    """What a nominator vouches for."""

    nominee: Annotated[str, Field(examples=["Amina Khan"]), "The name of the nominee."]
    nominator: Annotated[str, Field(examples=["Ana Example"]), "The name of the nominator."]
    motivation: Annotated[str | None, "Why the nominee should be selected."]
    documents: Annotated[list[str], Field(examples=[["Curriculum vitae"]]), "The titles of the documents."]
    deadline: Annotated[datetime, "Until when the nominator decides."]


class Appeal(ResponseModel):
    """An appeal against the decision, and its answer."""

    text: Annotated[str, "What the nominee objects."]
    at: Annotated[datetime, "When the nominee appealed."]
    outcome: Annotated[str | None, Field(examples=["dismissed"]), "`upheld` or `dismissed`; null before the answer."]
    reply: Annotated[str | None, "The answer; null before it."]
    replied_at: Annotated[datetime | None, "When it was answered; null before."]


class Nomination(RecordResponse, of=record.Nomination, lifecycle=LIFECYCLE):
    """A nomination as a caller sees it. With a conflict of interest, a member of the panel sees `id`, `ref` and
    `conflict` alone. The nominee reads `nominated` until the results are published."""

    nominator: Nominator
    documents: list[NominationDocument]
    interests: NoInterests | list[Interest] | None
    consents: NominationConsents
    appeal: Appeal | None
    conflict: Annotated[
        str | None,
        Field(examples=["same_institution"], json_schema_extra={STATES: [*KINDS]}),
        "The caller's conflict of interest; absent without one.",
    ] = None


def columns(body: NominationBody) -> Mapping[str, Any]:
    """The columns that a body gives, all but the call as JSON."""
    return {**body.model_dump(mode="json", by_alias=True), "call_id": body.call_id}


def decided(after: record.Nomination, call: Call) -> dict[str, Any]:
    """The response to a decision."""
    return {"ref": after.ref, "status": after.status, "call_titles": call.titles}


def vouched(found: record.Nomination, call: Call, nominee: str) -> dict[str, Any]:
    """The nomination as its nominator reads it before the decision."""
    return {
        **decided(found, call),
        "nominee": nominee,
        "nominator": found.nominator["name"],
        "motivation": found.motivation,
        "documents": [document["title"] for document in found.documents],
        "deadline": to_text(nominator_deadline(call, found)),
    }


present = presenter(record.Nomination, nomination)
