"""A file of evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from services.actions.classification.schemes.record import Tag
from shared.kernel.resource import Resource
from shared.records.record import Day, Example, Internal, Part, Public, Record, Refers, Tracked, Written


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence(Record):
    """A file with what is said about it. Equal files are separate records. A grant over one record names the file, or
    the institution, centre or expert in `scope_id`. A file of an expert has no country, so that no office of a country
    reads it by its grant."""

    resource_type = Resource("actions", "evidence", "evidence")
    also_scoped_by = ("scope_id",)

    country: Annotated[  # type: ignore[assignment]
        str | None,
        Public,
        Written,
        "The country that the file is about, as an ISO 3166-1 alpha-2 code; null for a file of an expert.",
    ]
    title: Annotated[str, Public, Written, Example("Minutes of the first meeting"), "The file's title."]
    category: Annotated[
        str, Public, Written, Example("A08"), "A code of IATI's codelist DocumentCategory, `A01` to `B18`."
    ]
    date: Annotated[Day | None, Public, Written, "The day that the document bears."]
    codes: Annotated[Sequence[Tag], Public, Written, "Codes of schemes, such as a target of the SDGs."]
    language: Annotated[str | None, Public, Written, Example("en"), "The document's language, as a BCP 47 tag."]
    licence: Annotated[str | None, Public, Written, Example("CC-BY-4.0"), "The licence of the document."]
    scope_id: Annotated[
        UUID | None,
        Public,
        Written,
        "The institution or centre of the country whose officials may use the file, or the expert who sent it.",
    ]
    replaces_id: Annotated[
        UUID | None, Public, Written, Refers("/actions/v1/evidence"), "The file that this one replaces."
    ]
    keep_until: Annotated[Day | None, Public, Written, "The last day before which no schedule purges the file."]
    file_name: Annotated[str, Public, Example("minutes.pdf"), "The file's name, without a path."]
    size: Annotated[int, Public, "The number of bytes."]
    media_type: Annotated[str, Public, Example("application/pdf"), "The media type, determined from the content."]
    declared_media_type: Annotated[
        str | None, Public, Example("application/pdf"), "The media type that the sender declared."
    ]
    sha256: Annotated[str, Public, "The SHA-256 digest of the file, in hex."]
    scan_state: Annotated[str, Public, Part]
    scanned_at: Annotated[datetime | None, Public, Part]
    integrity_state: Annotated[str, Public, Tracked, Part]
    checked_at: Annotated[datetime | None, Public, Part]
    replaced_by: Annotated[
        UUID | None, Public, Tracked, Refers("/actions/v1/evidence"), "The file that replaces this one."
    ]
    status_since: Annotated[datetime | None, Internal]
    is_stored: Annotated[bool, Internal]
    """False once the schedule has removed the file, unless other records have the same one."""
    search_key: Annotated[str, Internal]
