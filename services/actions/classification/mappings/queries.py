"""Reading and storing mappings."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Text, and_, any_, bindparam, column, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert
from sqlalchemy.sql.elements import ColumnElement

from services.actions.classification.mappings.domain import INVERSE, pair_of
from services.actions.classification.mappings.record import Mapping
from services.actions.classification.mappings.tables import mapping
from services.actions.classification.schemes.record import Tag
from shared.database.context import AccessContext, within_context
from shared.database.statements import Connection, Row, Statement
from shared.records.columns import as_read

_m = mapping.c
PLACE: list[ColumnElement[Any]] = [_m.scheme, _m.code, _m.to_scheme, _m.to_code]
"""The order of mappings."""


def _chosen(key: ColumnElement[Any]) -> ColumnElement[bool]:
    wanted = bindparam(key.key, type_=Text)
    return or_(wanted.is_(None), key == wanted)


_PAGE = Statement(
    within_context(
        select(*(as_read(each) for each in _m))
        .where(
            *map(_chosen, PLACE),
            tuple_(*PLACE) > tuple_(*(bindparam(f"after_{n}", type_=Text) for n in range(4))),
        )
        .order_by(*PLACE)
        .limit(bindparam("limit"))
    )
)
_COUNT = Statement(select(func.count()).where(_m.scheme == bindparam("scheme")))
_FIELDS = ("scheme", "code", "to_scheme", "to_code", "relation", "source")
_given = (
    func.jsonb_to_recordset(bindparam("rows", type_=JSONB))
    .table_valued(*(column(each.key, each.type) for each in _m))
    .render_derived("given", with_types=True)
)
_inserted = insert(mapping).from_select(_FIELDS, select(*_given.c))
_STORE = Statement(
    _inserted.on_conflict_do_update(
        index_elements=_FIELDS[:4], set_={name: _inserted.excluded[name] for name in _FIELDS[4:]}
    )
)
_MOST_COUNTED = 40_000
_scheme = bindparam("scheme", type_=Text)
_RELATED = Statement(
    within_context(
        select(*(each for each in _m if each.key != "source"))
        .where(
            or_(
                and_(_m.scheme == _scheme, _m.relation == any_(bindparam("relations", type_=ARRAY(Text)))),
                and_(_m.to_scheme == _scheme, _m.relation == any_(bindparam("inverse", type_=ARRAY(Text)))),
            )
        )
        .limit(_MOST_COUNTED)
    )
)


async def page(
    connection: Connection,
    context: AccessContext,
    ends: tuple[str | None, str | None, str | None, str | None],
    after: tuple[str, str, str, str],
    limit: int,
) -> list[Row]:
    """The mappings with these ends after a place, and one more than `limit` if there are more. `ends` and `after` are
    scheme, code, and the scheme and code that it is mapped to; None stands for any."""
    places = {f"after_{n}": value for n, value in enumerate(after)}
    chosen = {str(key.key): value for key, value in zip(PLACE, ends, strict=True)}
    return await _PAGE.fetch(connection, limit=limit + 1, **chosen, **places, **context.parameters)


async def related(
    connection: Connection, context: AccessContext, scheme: str, relations: Collection[str]
) -> list[tuple[str, Tag, str]]:
    """The mappings of a scheme by which codes of others have one of these relations to its own, from either end: the
    code of the scheme, the other code, and the relation as seen from the scheme. At most 40,000."""
    inverse = [INVERSE[relation] for relation in relations]
    rows = await _RELATED.fetch(
        connection, scheme=scheme, relations=list(relations), inverse=inverse, **context.parameters
    )
    found: list[tuple[str, Tag, str]] = []
    for row in rows:
        if row["scheme"] == scheme and row["relation"] in relations:
            found.append((row["code"], Tag(scheme=row["to_scheme"], code=row["to_code"]), row["relation"]))
        if row["to_scheme"] == scheme and row["relation"] in inverse:
            relation = next(one for one in relations if INVERSE[one] == row["relation"])
            found.append((row["to_code"], Tag(scheme=row["scheme"], code=row["code"]), relation))
    return found


async def count(connection: Connection, scheme: str) -> int:
    """The number of mappings from a scheme."""
    return int(await _COUNT.fetchval(connection, scheme=scheme))


async def store(connection: Connection, given: Sequence[Mapping]) -> None:
    """Inserts mappings, or replaces the relation and source of those that there are."""
    rows = [
        dict(zip(_FIELDS, (*origin, *target, one.relation, one.source), strict=True))
        for one in given
        for origin, target in [pair_of(one)]
    ]
    await _STORE.execute(connection, rows=rows)
