"""What a response says of an import."""

from typing import Annotated, Any, TypeAlias
from uuid import UUID

from pydantic import Field

from shared.bulk.importable import Importable
from shared.bulk.imports import LIFECYCLE, failures_url
from shared.database.statements import Row
from shared.kernel.clock import to_text
from shared.web.contract.contract import ShownAs
from shared.web.contract.fields import ResponseModel
from shared.web.contract.schemas import RecordResponse, TransitionBody, transition_model


class ImportedFile(ResponseModel):
    """The file of an import."""

    name: Annotated[str, Field(examples=["experts.csv"]), "The file's name."]
    sha256: Annotated[
        str,
        Field(examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
        "The SHA-256 digest of the file.",
    ]
    size: Annotated[int, Field(examples=[48213]), "Bytes."]
    media: Annotated[str, Field(examples=["text/csv"]), "The media type that the file was read as."]


class ImportedColumn(ResponseModel):
    """A column of the file."""

    column: Annotated[str, Field(examples=["Family name"]), "The heading in the file."]
    field: Annotated[str | None, Field(examples=["family_name"]), "The field that the column fills; null for none."]


class Import(RecordResponse, lifecycle=LIFECYCLE):
    """An import: who sent which file for which resource, and its result. `columns` are the file's, with the field of
    each; unknown ones are `ignored_columns`."""

    resource: Annotated[str, Field(examples=["experts"]), "What is imported."]
    mode: Annotated[str, Field(examples=["commit"]), "`commit`, or `dry_run` where nothing is written."]
    on_error: Annotated[str, Field(examples=["skip"]), "Whether a faulty row is skipped or ends the import."]
    registry: Annotated[bool, "Whether the file is a registry of institutions."]
    source: Annotated[str | None, Field(examples=["National list of 2026"]), "Where the data are from."]
    licence: Annotated[str | None, Field(examples=["CC-BY-4.0"]), "The licence of the data."]
    file: Annotated[ImportedFile, "The file."]
    columns: Annotated[list[ImportedColumn], "The columns of the file, with the field that each fills."]
    ignored_columns: Annotated[list[str], Field(examples=[["Remarks"]]), "Columns that fill no field."]
    rows: Annotated[int | None, Field(examples=[1200]), "How many rows the file has; null until they are counted."]
    counts: Annotated[
        dict[str, int] | None, Field(examples=[{"created": 1190, "failed": 10}]), "What became of the rows, by outcome."
    ]
    aborted: Annotated[bool | None, "Whether a faulty row ended the import."] = None
    taken_back: Annotated[
        dict[str, int] | None,
        Field(examples=[None]),
        "What an undo took back, by outcome, and what became of the people that the import added; null before it.",
    ]
    job: Annotated[
        str, Field(examples=["/membership/v1/jobs/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]), "The address of the job."
    ]
    failures_url: Annotated[
        str,
        Field(examples=["/membership/v1/imports/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33/failures"]),
        "Where the faulty rows are, as CSV.",
    ]


class KeptRecord(ResponseModel):
    """A record that an undo has left."""

    resource: Annotated[str, Field(examples=["membership.experts"]), "Its kind, as `service.resource`."]
    id: Annotated[UUID, "Its id."]
    link: Annotated[
        str, Field(examples=["/membership/v1/experts/0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"]), "Its address."
    ]


def kept_record(row: Row, importable: Importable) -> dict[str, str]:
    """A record that an undo of this kind of import has left."""
    kind = importable.undo.adds if row["is_added"] and importable.undo.adds else importable
    return {"resource": kind.resource.name, "id": str(row["id"]), "link": kind.resource.link(row["id"])}


def present(row: Row) -> dict[str, Any]:
    """The import in a response."""
    return {
        "id": str(row["id"]),
        "ref": row["ref"],
        "version": row["version"],
        "status": row["status"],
        "country": None,
        "visibility": row["visibility"],
        "created_at": to_text(row["created_at"]),
        "created_by": row["created_by"],
        "updated_at": to_text(row["updated_at"]),
        **{name: row[name] for name in ("resource", "mode", "on_error", "registry", "source", "licence")},
        "file": {
            "name": row["file_name"],
            "sha256": row["file_digest"],
            "size": row["file_size"],
            "media": row["media"],
        },
        "columns": [{"column": name, "field": field} for name, field in row["columns"]],
        "ignored_columns": row["ignored_columns"],
        "rows": row["row_count"],
        "counts": row["counts"],
        "aborted": row["status"] == "aborted",
        "taken_back": row["taken_back"],
        "job": f"/{row['service']}/v1/jobs/{row['job']}",
        "failures_url": failures_url(row),
        "links": {"self": f"/{row['service']}/v1/imports/{row['id']}"},
    }


ImportTransition: TypeAlias = Annotated[TransitionBody, ShownAs(transition_model("Import", LIFECYCLE))]
