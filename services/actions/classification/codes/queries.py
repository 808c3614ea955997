"""Reading the codes of an edition, and finding the codes that tags may name."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, Text, and_, any_, bindparam, column, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.sql.elements import ColumnElement

from services.actions.classification.codes.tables import scheme_code, tag
from services.actions.classification.schemes.tables import scheme
from shared.database.context import AccessContext, Lookup, within_context
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import constant
from shared.records.columns import as_read
from shared.records.listing import Filter, values

_c = scheme_code.c
_OF_SCHEME = _c.scheme_id == bindparam("scheme_id")
_CODES = any_(bindparam("codes", type_=ARRAY(Text)))
_kind, _parent = bindparam("kind", type_=Text), bindparam("parent", type_=Text)
PLACE: list[ColumnElement[Any]] = [_c.position, _c.code]
"""The order of codes."""
_COLUMNS = (_c.code, _c.parent, _c.kind, _c.titles, _c.uri, _c.position.label("order"))
_PAGE = Statement(
    within_context(
        select(*(as_read(each) for each in _COLUMNS))
        .where(
            _OF_SCHEME,
            or_(_kind.is_(None), _c.kind == _kind),
            or_(_parent.is_(None), _c.parent == _parent),
            tuple_(*PLACE) > tuple_(bindparam("position", type_=Integer), bindparam("code", type_=Text)),
        )
        .order_by(*PLACE)
        .limit(bindparam("limit"))
    )
)
_OUTLINE = Statement(within_context(select(_c.code, _c.parent, _c.kind).where(_OF_SCHEME).order_by(*PLACE)))
_STORED = Statement(select(*_COLUMNS).where(_OF_SCHEME, _c.code == _CODES))
_FIELDS = ("code", "parent", "kind", "titles", "uri", "position")
_given = (
    func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    .table_valued(*(column(name, scheme_code.c[name].type) for name in _FIELDS))
    .render_derived("given", with_types=True)
)
_inserted = insert(scheme_code).from_select(
    ["scheme_id", *_FIELDS], select(bindparam("scheme_id", type_=_c.scheme_id.type), *_given.c)
)
_STORE = Statement(
    _inserted.on_conflict_do_update(
        index_elements=["scheme_id", "code"], set_={name: _inserted.excluded[name] for name in _FIELDS[1:]}
    )
)
_named = (
    func.unnest(bindparam("schemes", type_=ARRAY(Text)), bindparam("codes", type_=ARRAY(Text)))
    .table_valued(column("scheme", Text), column("code", Text))
    .render_derived("named")
)
_SCHEME = bindparam("f_scheme", value=None, type_=Text)
MOST_NAMED = 5_000
"""Most pairs of scheme and code that are looked for at once."""
_UNKNOWN = Lookup(
    select(_named.c.scheme, _named.c.code)
    .select_from(
        _named.join(scheme, and_(scheme.c.code == _named.c.scheme, scheme.c.status == constant("current"))).outerjoin(
            scheme_code, and_(_c.scheme_id == scheme.c.id, _c.code == _named.c.code)
        )
    )
    .where(_c.code.is_(None))
    .limit(MOST_NAMED)
)


def tag_filters(key: ColumnElement[Any], field: str) -> tuple[Filter, Filter]:
    """The filters `scheme` and `code` of records whose tags are in `field`. Without `scheme`, a code of any scheme is
    found."""

    def having(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return select(tag.c.id).where(tag.c.id == key, *conditions).exists()

    of_scheme = or_(_SCHEME.is_(None), tag.c.scheme == _SCHEME)
    return (
        Filter(
            "scheme",
            "A scheme of which they have a code",
            str,
            lambda wanted: having(tag.c.scheme == wanted),
            field=field,
        ),
        replace(
            values("code", tag.c.code, "Codes that they have, separated by commas, of the scheme in `scheme` if given"),
            condition=lambda wanted: having(tag.c.code == wanted, of_scheme),
            field=field,
        ),
    )


async def page(
    connection: Connection,
    context: AccessContext,
    scheme_id: UUID,
    *,
    kind: str | None,
    parent: str | None,
    after: tuple[int, str],
    limit: int,
) -> list[Row]:
    """The codes of an edition after a place, and one more than `limit` if there are more."""
    position, code = after
    chosen = {"kind": kind, "parent": parent, "position": position, "code": code, "limit": limit + 1}
    return await _PAGE.fetch(connection, scheme_id=scheme_id, **chosen, **context.parameters)


async def outline(connection: Connection, context: AccessContext, scheme_id: UUID) -> list[Row]:
    """The `code`, `parent` and `kind` of each code of an edition, in their order."""
    return await _OUTLINE.fetch(connection, scheme_id=scheme_id, **context.parameters)


async def parents(connection: Connection, context: AccessContext, scheme_id: UUID) -> dict[str, str | None]:
    """The parent of each code of an edition."""
    return {row["code"]: row["parent"] for row in await outline(connection, context, scheme_id)}


async def stored(connection: Connection, scheme_id: UUID, codes: Sequence[str]) -> dict[str, Row]:
    """Those of the codes that an edition has."""
    return {row["code"]: row for row in await _STORED.fetch(connection, scheme_id=scheme_id, codes=codes)}


async def store(connection: Connection, scheme_id: UUID, rows: Sequence[dict[str, object]]) -> None:
    """Inserts the codes, or replaces those that the edition has."""
    await _STORE.execute(connection, scheme_id=scheme_id, rows=rows)


async def unknown(connection: Connection, named: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Those of the pairs of scheme and code, at most 5,000, whose scheme has a current edition without the code."""
    schemes, codes = [scheme for scheme, _ in named], [code for _, code in named]
    rows = await _UNKNOWN.fetch(connection, schemes=schemes, codes=codes)
    return {(row["scheme"], row["code"]) for row in rows}
