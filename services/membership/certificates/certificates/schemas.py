"""What goes over HTTP for certificates: `holder`, `subject` and `number` are several columns each."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.membership.certificates.certificates import record
from services.membership.certificates.certificates.domain import (
    CATEGORIES,
    HOLDERS,
    KINDS,
    LIFECYCLE,
    SUBJECTS,
    printed_number,
)
from services.membership.certificates.certificates.tables import certificate
from shared.kernel.text import LANGUAGES
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.fields import Body, Day, OneLine
from shared.web.contract.schemas import RecordResponse

_REFS = "CRT-"
_ID = "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"


class CertificateHolder(Body):
    """Whom a certificate is about: one of an expert, an institution and a centre."""

    expert_id: Annotated[UUID | None, Refers("/membership/v1/experts"), "The expert."] = None
    institution_id: Annotated[UUID | None, Refers("/membership/v1/institutions"), "The institution."] = None
    centre_id: Annotated[UUID | None, Refers("/centres/v1/centres"), "The centre."] = None

    @model_validator(mode="after")
    def _names_one(self) -> "CertificateHolder":
        if sum(getattr(self, name) is not None for name in HOLDERS) != 1:
            raise PydanticCustomError("invalid_value", "Give one of expert_id, institution_id and centre_id.")
        return self


class CertificateSubject(Body):
    """What a certificate certifies: a record, or what was done in a year."""

    resource: Annotated[
        Literal[SUBJECTS] | None, "The kind of the record, as `service.resource`."  # type: ignore[valid-type]
    ] = None
    id: Annotated[UUID | None, "The id of the record."] = None
    year: Annotated[int | None, Field(ge=2000, le=2100, examples=[None]), "The year, for reviews."] = None

    @model_validator(mode="after")
    def _names_one(self) -> "CertificateSubject":
        if (self.resource is None) != (self.id is None) or (self.id is None) == (self.year is None):
            raise PydanticCustomError("invalid_value", "Give resource and id, or year.")
        return self


def _no_ref(number: str) -> str:
    if number.startswith(_REFS):
        raise PydanticCustomError("invalid_value", "A number does not begin like a ref.")
    return number


class CertificateBody(Body, of=record.Certificate):
    """The body of a certificate."""

    kind: Literal[tuple(KINDS)]  # type: ignore[valid-type]
    holder: Annotated[CertificateHolder, Field(examples=[{"expert_id": _ID}]), "Whom the certificate is about."]
    subject: Annotated[
        CertificateSubject,
        Field(examples=[{"resource": "membership.experts", "id": _ID}]),
        "What the certificate certifies.",
    ]
    language: Annotated[
        Literal[LANGUAGES] | None,  # type: ignore[valid-type]
        Field(examples=["en"]),
        "The language of the certificate; by default that of the holder.",
    ] = None
    number: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=60), OneLine, AfterValidator(_no_ref)] | None,
        Field(examples=["ESCM/2019/45"]),
        "The number of an older certificate on paper; by default the ref. It does not begin with CRT-.",
    ] = None
    valid_to: Day | None = None


class CertificateFields(Body):
    """The fields of `revoke` and `replace`."""

    category: Annotated[
        Literal[CATEGORIES] | None, "For `revoke`: why, as anybody may know."  # type: ignore[valid-type]
    ] = None
    language: Annotated[
        Literal[LANGUAGES] | None, "For `replace`: the language of the successor; by default the same."  # type: ignore[valid-type]
    ] = None


class Certificate(RecordResponse, of=record.Certificate, lifecycle=LIFECYCLE):
    """A certificate as a caller sees it."""

    holder: Annotated[CertificateHolder, "Whom the certificate is about."]
    subject: Annotated[CertificateSubject, "What the certificate certifies."]
    number: Annotated[str, Field(examples=["CRT-000123"]), "The printed number: the ref, or that of an older one."]
    status_index: Annotated[int, Field(ge=0, examples=[90210])]


def columns(body: CertificateBody) -> dict[str, Any]:
    """The columns that a body gives; holder and subject have one for each kind."""
    return {
        "kind": body.kind,
        **{name: getattr(body.holder, name) for name in HOLDERS},
        **{f"subject_{name}": getattr(body.subject, name) for name in CertificateSubject.model_fields},
        **({"language": body.language} if body.language else {}),
        "paper_number": body.number,
        "valid_to": body.valid_to,
    }


def _parts(row: Mapping[str, Any]) -> dict[str, Any]:
    holder = {name: str(row[name]) for name in HOLDERS if row[name] is not None}
    record_of_it = {"resource": row["subject_resource"], "id": str(row["subject_id"])}
    subject = record_of_it if row["subject_id"] is not None else {"year": row["subject_year"]}
    return {"holder": holder, "subject": subject, "number": printed_number(row["paper_number"], row["ref"])}


present = presenter(record.Certificate, certificate, derive=_parts)
