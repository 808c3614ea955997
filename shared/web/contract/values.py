"""The values of a record, from a body and from a row."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import orjson
from pydantic import BaseModel
from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import JSONB

from shared.records.columns import JsonObject


def row_values(body: BaseModel, table: Table) -> JsonObject:
    """The columns that a body gives: documents as JSON values, the rest as Python values."""
    plain, as_json = body.model_dump(), body.model_dump(mode="json")
    return {name: as_json[name] if _is_document(table, name) else value for name, value in plain.items()}


def written(table: Table, names: Iterable[str]) -> Callable[[Mapping[str, Any]], JsonObject]:
    """Returns a function that reads a caller's written fields from a row, for a patch to be merged into."""
    fields = tuple((name, _is_document(table, name)) for name in names)

    def read_back(row: Mapping[str, Any]) -> JsonObject:
        return {
            name: orjson.loads(row[name]) if document and row[name] is not None else row[name]
            for name, document in fields
        }

    return read_back


def _is_document(table: Table, name: str) -> bool:
    return name in table.c and isinstance(table.c[name].type, JSONB)
