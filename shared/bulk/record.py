"""An import as a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from shared.kernel.resource import Resource
from shared.records.record import Document, Granted, Record, Tracked


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecord(Record):
    """An import. `columns` maps the file's columns to fields; unknown columns are in `ignored_columns`."""

    resource_type = Resource("", "imports", "import")

    country: Annotated[str | None, Granted]  # type: ignore[assignment]
    service: Annotated[str, Granted]
    resource: Annotated[str, Granted]
    job: Annotated[UUID, Granted]
    mode: Annotated[str, Granted]
    on_error: Annotated[str, Granted]
    registry: Annotated[bool, Granted]
    source: Annotated[str | None, Granted]
    licence: Annotated[str | None, Granted]
    file_name: Annotated[str, Granted]
    file_digest: Annotated[str, Granted]
    file_size: Annotated[int, Granted]
    media: Annotated[str, Granted]
    columns: Annotated[Sequence[Sequence[str]], Granted]
    ignored_columns: Annotated[list[str], Granted]
    row_count: Annotated[int | None, Granted]
    counts: Annotated[Document | None, Granted, Tracked]
    taken_back: Annotated[Document | None, Granted, Tracked]
