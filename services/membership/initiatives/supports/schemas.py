"""What goes over HTTP for supports, signatures and lists of supporters."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

import orjson
from pydantic import AwareDatetime, Field, model_validator
from pydantic_core import PydanticCustomError

from services.membership.certificates.certificates.domain import LIFECYCLE as CERTIFICATE
from services.membership.initiatives.supports import record
from services.membership.initiatives.supports.domain import CAPACITIES, HOLDS, LIFECYCLE, ORGANISATION, REJECTIONS
from services.membership.initiatives.supports.tables import support
from shared.kernel.clock import now, to_text
from shared.kernel.text import LANGUAGES
from shared.records.access_scope import AccessScope
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.contract import STATES
from shared.web.contract.fields import Body, CountryCode, Document, Email, Line, MailedToken, PersonName, ResponseModel
from shared.web.contract.schemas import RecordResponse

Capacity: TypeAlias = Literal[CAPACITIES]  # type: ignore[valid-type]
_INSTITUTIONS = Refers("/membership/v1/institutions")
_CAPACITIES = Field(examples=["personal"], json_schema_extra={STATES: [*CAPACITIES]})


class OrganisationBody(Body):
    """An organisation: an institution of the register, or a text."""

    institution_id: Annotated[UUID | None, _INSTITUTIONS, "The institution, if it is registered."] = None
    raw: Annotated[Line | None, "The name of the organisation, in any language."] = None

    @model_validator(mode="after")
    def _is_one(self) -> "OrganisationBody":
        if (self.institution_id is None) == (self.raw is None):
            raise PydanticCustomError("invalid_value", "Either `institution_id` or `raw`.")
        return self


class SupportBody(Body, of=record.Support):
    """The body of a support."""

    initiative_id: UUID
    expert_id: UUID | None = None
    institution_id: UUID | None = None
    capacity: Capacity = "personal"
    organisation: Annotated[OrganisationBody | None, "The organisation that the supporter belongs to."] = None
    signed_at: Annotated[AwareDatetime, Field(default_factory=now)]
    consent_to_list: bool = False
    evidence: Document | None = None


class SupportFields(Body):
    """The fields of `reject`."""

    category: Annotated[
        Literal[REJECTIONS] | None,  # type: ignore[valid-type]
        "Why, as the mail to the signer says; by default `other`.",
    ] = None


class SignatureBody(Body):
    """A signature by the public form."""

    name: Annotated[PersonName, "The signer's name, in any script."]
    email: Annotated[Email, "The signer's address, which a mail confirms."]
    country: Annotated[CountryCode, "The signer's country."]
    organisation: Annotated[OrganisationBody | None, "The organisation that the signer belongs to."] = None
    role: Annotated[Line | None, Field(examples=["Professor"]), "What the signer does in the organisation."] = None
    capacity: Annotated[Capacity, "Whether the signer signs for themselves or for the organisation."]
    language: Annotated[
        Literal[LANGUAGES] | None,  # type: ignore[valid-type]
        "The language of the text and of mails; the one that `Accept-Language` prefers where it is absent.",
    ] = None
    consent_to_list: Annotated[bool, "Whether the signer agrees to be listed with name, country and organisation."] = (
        False
    )
    consent_to_contact: Annotated[bool, "Whether the signer agrees to be asked to further initiatives."] = False

    @model_validator(mode="after")
    def _has_organisation(self) -> "SignatureBody":
        if self.capacity == ORGANISATION and self.organisation is None:
            raise PydanticCustomError("organisation_missing", "Who signs for an organisation names it.")
        return self


class Signed(ResponseModel):
    """Nothing: it says no more than that the request was taken."""


class SupportTokenBody(Body):
    """The token that came by mail."""

    token: Annotated[MailedToken, "The token that came by mail."]


class SupportCertificate(ResponseModel):
    """The certificate of a support."""

    code: Annotated[str, "The code with which anybody verifies the certificate."]
    status: Annotated[
        str,
        Field(examples=["issued"], json_schema_extra={STATES: [*CERTIFICATE.states]}),
        "The state of the certificate; `revoked` once the support is not accepted any more.",
    ]
    pdf_url: Annotated[
        str | None, "The address of the certificate as PDF, for fifteen minutes; null unless it is `issued`."
    ]


class ConfirmedSupport(ResponseModel):
    """What became of a signature."""

    ref: Annotated[str, Field(examples=["SUP-000123"]), "The support's short name for people."]
    status: Annotated[
        str,
        Field(examples=["accepted"], json_schema_extra={STATES: [*LIFECYCLE.states]}),
        "`accepted`, or `pending` while an office looks at the signature.",
    ]
    certificate: Annotated[
        SupportCertificate | None, Field(examples=[None]), "The certificate; null where there is none yet."
    ]


class Organisation(ResponseModel):
    """The organisation of a supporter."""

    id: Annotated[UUID | None, _INSTITUTIONS, "The institution; null if none is known yet."]
    name: Annotated[
        str | None, Field(examples=["Institute of Soil Science"]), "Its name, else the text that was signed."
    ]
    match: Annotated[
        str | None,
        Field(examples=["linked"]),
        "How the text was matched: `waiting`, `open`, `unknown`, `linked`, `none`; null if an institution was named.",
    ]


class Signer(ResponseModel):
    """Who signed the public form, as they wrote it."""

    name: Annotated[str, Field(examples=["Amina Khan"]), "The name."]
    email: Annotated[str, Field(examples=["amina.khan@example.org"]), "The address."]
    country: Annotated[str, Field(examples=["XA"]), "The country."]
    organisation: Annotated[OrganisationBody | None, "The organisation."]
    role: Annotated[str | None, Field(examples=["Professor"]), "The role in the organisation."]
    language: Annotated[str, Field(examples=["en"]), "The language of the text."]


class Support(RecordResponse, of=record.Support, lifecycle=LIFECYCLE):
    """A support as a caller sees it."""

    capacity: Annotated[str, _CAPACITIES]
    organisation: Annotated[Organisation | None, "The organisation of the supporter; null if none was named."]
    hold: Annotated[str | None, Field(examples=[None], json_schema_extra={STATES: [*HOLDS]})] = None
    rejected_for: Annotated[str | None, Field(examples=[None], json_schema_extra={STATES: [*REJECTIONS]})] = None
    signer: Signer | None = None


class Supporter(ResponseModel):
    """A supporter who agreed to be listed."""

    name: Annotated[str, Field(examples=["Amina Khan"]), "The supporter's name."]
    country: Annotated[str, Field(examples=["XA"]), "The supporter's country."]
    capacity: Annotated[str, _CAPACITIES, "Whether the supporter signed for themselves or for the organisation."]
    organisation: Annotated[Organisation | None, "The organisation of the supporter; null if none was named."]
    signed_at: Annotated[datetime, "When the supporter signed."]


def _organisation(row: Mapping[str, Any]) -> dict[str, Any] | None:
    said = orjson.loads(row["organisation"]) if isinstance(row["organisation"], str) else row["organisation"]
    found = row["organisation_id"]
    if said is None and found is None:
        return None
    raw = said and said["raw"]
    name = row.get("organisation_name") or raw
    return {"id": found and str(found), "name": name, "match": raw and row.get("organisation_match")}


present = presenter(record.Support, support, derive=lambda row: {"organisation": _organisation(row)})


def present_supporter(row: Mapping[str, Any], _access: AccessScope) -> dict[str, Any]:
    """A supporter as the public list shows them."""
    return {
        "name": row["listed_name"],
        "country": row["country"],
        "capacity": row["capacity"],
        "organisation": _organisation(row),
        "signed_at": to_text(row["signed_at"]),
    }


def confirmed(found: record.Support, certificate: Mapping[str, str | None] | None) -> dict[str, Any]:
    """The response to a mailed token, with the certificate if there is one."""
    return {"ref": found.ref, "status": found.status, "certificate": certificate}
