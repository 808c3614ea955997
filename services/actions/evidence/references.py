"""The records of all services whose documents name a file."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, cast, func, literal, literal_column, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.actions.evidence.tables import evidence
from shared.contracts import views
from shared.contracts.documents import IN_USE, readable_documents
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.records.access_scope import AccessScope

MOST_REFERENCES = 200
_VIEWS = (views.DOCUMENTS_OF_MEMBERSHIP, views.DOCUMENTS_OF_CENTRES, views.DOCUMENTS_OF_ACTIONS)
_document = union_all(*(select(view) for view in _VIEWS)).subquery("document").c
_SHOWN = {"resource": _document.resource, "id": _document.record_id, "ref": _document.ref, "link": _document.link}


def _after(*words: ColumnElement[Any]) -> ColumnElement[str]:
    """The resource of a document, followed by these words."""
    text: ColumnElement[str] = _document.resource
    for word in words:
        text = text + literal(" ") + cast(word, Text)
    return text


_readable = or_(
    *(
        key == any_(bindparam("readable_documents", type_=ARRAY(Text)))
        for key in (
            _after(),
            _after(_document.country),
            _after(_document.scope_id),
            _after(_document.status, _document.visibility),
        )
    )
)
_found = (
    select(*(column.label(name) for name, column in _SHOWN.items()))
    .distinct()
    .where(_document.evidence_id == evidence.c.id, _readable)
    .order_by("resource", "id")
    .limit(MOST_REFERENCES)
    .correlate(evidence)
    .subquery("found")
)
_pairs = [part for name in _SHOWN for part in (literal_column(f"'{name}'"), _found.c[name])]
REFERENCED_BY = (
    select(cast(func.coalesce(func.jsonb_agg(func.jsonb_build_object(*_pairs)), literal_column("'[]'::jsonb")), Text))
    .scalar_subquery()
    .label("referenced_by")
)
"""The records whose documents the caller reads, as JSON text, by resource and id. Parameters: `readable_by`."""
_IN_USE = Lookup(
    select(_document.record_id)
    .where(
        _document.evidence_id == bindparam("evidence"),
        _after(_document.status) == any_(bindparam("in_use", type_=ARRAY(Text))),
    )
    .limit(1)
)


def readable_by(access: AccessScope) -> Mapping[str, Any]:
    """The parameters of `REFERENCED_BY` for a caller."""
    return {"readable_documents": readable_documents(access.principal)}


async def is_in_use(connection: Connection, key: UUID) -> bool:
    """Whether a published or verified record of any service relies on the file, whoever asks."""
    return await _IN_USE.fetchval(connection, evidence=key, in_use=IN_USE) is not None
