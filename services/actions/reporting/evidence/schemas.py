"""What goes over HTTP for files of evidence."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import UploadFile
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.actions.classification.schemes.schemas import Tag
from services.actions.reporting.evidence import domain, record
from services.actions.reporting.evidence.queries import MOST_REFERENCES
from services.actions.reporting.evidence.tables import evidence
from shared.kernel.clock import to_text
from shared.records.plain import presenter
from shared.records.record import Refers
from shared.web.contract.fields import Body, CountryCode, Day, Keyword, LanguageTag, Line, ResponseModel, Visible
from shared.web.contract.schemas import RecordResponse

_SHA256 = Annotated[
    str, StringConstraints(pattern=r"^[0-9a-f]{64}$"), Field(examples=["9f86d081884c7d659a2feaa0c55ad015" * 2])
]


_CATEGORY = Field(examples=[domain.DEFAULT_CATEGORY], json_schema_extra={"enum": list(domain.CATEGORIES)})


def _category(code: str) -> str:
    if code not in domain.CATEGORIES:
        raise PydanticCustomError("not_one_of", "A code of IATI's codelist DocumentCategory.")
    return code


def _from_form(parts: list[str]) -> list[Any]:
    """The values of the parts of a form, each a JSON value or list."""
    try:
        values = [orjson.loads(part) for part in parts]
    except orjson.JSONDecodeError:
        raise PydanticCustomError("invalid_value", "Not valid JSON.") from None
    return [one for value in values for one in (value if isinstance(value, list) else [value])]


class EvidenceBody(Body, of=record.Evidence):
    """What is said about a file; the file, its country and its institution or centre stay."""

    title: Annotated[Line, Field(examples=["Minutes of the first meeting"])]
    category: Annotated[str, AfterValidator(_category), _CATEGORY] = domain.DEFAULT_CATEGORY
    codes: Annotated[list[Tag], Field(max_length=50)] = []
    date: Day | None = None
    language: LanguageTag | None = None
    licence: Annotated[Keyword, Field(examples=["CC-BY-4.0"])] | None = None
    visibility: Visible = "restricted"
    keep_until: Day | None = None


class EvidenceCreate(EvidenceBody):
    """A file with what is said about it. `sha256` is the digest of the file if the sender has it, which is then
    compared. `country` is required, unless `scope_id` is the sender's own record, for a nomination or an offer."""

    file: Annotated[UploadFile, "The file: PDF, PNG, JPEG, TIFF, WebP, OOXML, ODF, CSV, text or JSON."]
    codes: Annotated[
        list[Tag], BeforeValidator(_from_form), Field(max_length=50), "Codes of schemes: a JSON list, or one part each."
    ] = []
    country: CountryCode | None = None
    scope_id: UUID | None = None
    replaces_id: UUID | None = None
    sha256: _SHA256 | None = None


class EvidenceFields(Body):
    """What the transitions of a file take."""

    second_person: Annotated[
        UUID | None,
        Refers("/access/v1/accounts"),
        "For `release`, and `withdraw` of a file that a record relies on: the only account that may confirm.",
    ] = None


class Reference(ResponseModel):
    """A record with a document that names the file."""

    resource: Annotated[str, Field(examples=["actions.milestones"]), "The kind of record."]
    id: Annotated[UUID, "The id of the record."]
    ref: Annotated[str, Field(examples=["MST-000123"]), "The ref of the record."]
    link: Annotated[
        str,
        Field(examples=["/actions/v1/milestones/MST-000123"], json_schema_extra={"format": "uri-reference"}),
        "The address of the record, from the origin.",
    ]


class Scan(ResponseModel):
    """The scan for viruses."""

    state: Annotated[
        str,
        Field(examples=[domain.NOT_SCANNED]),
        "`not_scanned` while there is no scanner, `waiting`, `clean`, `infected`, or `too_large` to be scanned whole.",
    ]
    at: Annotated[datetime | None, "When the file was scanned."]


class Integrity(ResponseModel):
    """Whether the stored file is the one that was sent."""

    state: Annotated[
        str,
        Field(examples=[domain.INTACT]),
        "`not_checked`, `intact`, or `damaged`: the file has other bytes or is lost.",
    ]
    checked_at: Annotated[datetime | None, "When that was found."]


class Evidence(RecordResponse, of=record.Evidence, lifecycle=domain.LIFECYCLE):
    """A file of evidence as a caller sees it."""

    codes: list[Tag]
    size: Annotated[int, Field(ge=1, examples=[48213])]
    sha256: _SHA256
    scan: Annotated[Scan, "The scan for viruses."]
    integrity: Annotated[Integrity, "Whether the stored file is the one that was sent."]
    referenced_by: Annotated[
        list[Reference],
        Field(max_length=MOST_REFERENCES),
        "With `include=references`: records whose documents name the file and are shown to the caller, at most 200.",
    ] = []


class DownloadUrl(ResponseModel):
    """An address of the file that needs no token, for a limited time."""

    url: Annotated[
        str,
        Field(examples=["/actions/v1/evidence/files/nM3xQ2VhW8c"], json_schema_extra={"format": "uri-reference"}),
        "The address, relative to the origin. Whoever has it reads the file as long as the caller may.",
    ]
    expires_at: Annotated[datetime, "When the address expires."]
    size: Annotated[int, Field(ge=1, examples=[48213]), "The number of bytes."]
    sha256: Annotated[_SHA256, "The SHA-256 digest of the file, in hex."]


def _parts(row: Mapping[str, Any]) -> dict[str, Any]:
    scanned, checked = (at and to_text(at) for at in (row["scanned_at"], row["checked_at"]))
    return {
        "scan": {"state": row["scan_state"], "at": scanned},
        "integrity": {"state": row["integrity_state"], "checked_at": checked},
    }


present = presenter(record.Evidence, evidence, derive=_parts)
