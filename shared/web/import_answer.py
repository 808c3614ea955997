"""The import as it is answered."""

from typing import Any

from shared.bulk.imports import failures_url
from shared.database.statements import Row
from shared.kernel.clock import to_text
from shared.web.fields import RecordAnswer


class Import(RecordAnswer):
    """An import: who brought which file for what, and what came of it. `columns` are the file's, with the field that
    each fills; those that nobody knows are `ignored_columns`."""

    resource: str
    mode: str
    on_error: str
    registry: bool
    source: str | None
    licence: str | None
    file: dict[str, Any]
    columns: list[dict[str, Any]]
    ignored_columns: list[str]
    rows: int | None
    counts: dict[str, int] | None
    aborted: bool | None = None
    taken_back: dict[str, int] | None
    job: str
    failures_url: str


def present(row: Row) -> dict[str, Any]:
    """The import as it is answered."""
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
