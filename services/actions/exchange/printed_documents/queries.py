"""Finding, ordering and storing printed documents, regardless of the caller."""

from collections.abc import Sequence

from sqlalchemy import Boolean, Integer, Text, and_, any_, bindparam, null, or_, select, true, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from services.actions.exchange.printed_documents.domain import PRINTING, DocumentKey, Printed
from services.actions.exchange.printed_documents.tables import printed_document
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.database.tables import Instant
from shared.kernel.clock import now

_d = printed_document.c
_KEY = {name: bindparam(name, type_=Text) for name in DocumentKey._fields}
_IS_KEY = and_(*(_d[name] == value for name, value in _KEY.items()))
_STATE, _AT = bindparam("state", type_=Text), bindparam("at", type_=Instant)
_FIND = Lookup(select(*(_d[name] for name in Printed._fields)).where(_IS_KEY).limit(1))
_ordered = {"state": _STATE, "ordered_at": _AT, "sha256": null(), "size": null(), "is_printable": true()}
_is_late = and_(_d.sha256.is_(None), _d.is_printable, _d.ordered_at < bindparam("before", type_=Instant))
_ORDER = Statement(
    insert(printed_document)
    .values({**_KEY, **_ordered})
    .on_conflict_do_update(
        index_elements=[_d[name] for name in _KEY],
        set_=_ordered,
        where=or_(_d.state != _STATE, _is_late, _d.sha256 == bindparam("lost", type_=Text)),
    )
    .returning(_d.kind)
)
_FINISH = Statement(
    update(printed_document)
    .where(*(_d[name] == bindparam(f"of_{name}", type_=Text) for name in _KEY))
    .values(
        state=_STATE,
        sha256=bindparam("sha256", type_=Text),
        size=bindparam("size", type_=Integer),
        is_printable=bindparam("is_printable", type_=Boolean),
    )
)
_KNOWN = Statement(select(_d.sha256).where(_d.sha256 == any_(bindparam("digests", type_=ARRAY(Text)))))


async def find(connection: Connection, key: DocumentKey) -> Printed | None:
    """The document that was printed or ordered last; None if there is none."""
    row = await _FIND.fetchrow(connection, **key._asdict())
    return None if row is None else Printed(**row)


async def order(connection: Connection, key: DocumentKey, state: str, lost: str | None) -> bool:
    """Records that a document is being printed. False if it is already, or is printed; not for a file that was lost,
    or for one that takes too long."""
    at = now()
    arguments = {"state": state, "at": at, "before": at - PRINTING, "lost": lost}
    return await _ORDER.fetchval(connection, **key._asdict(), **arguments) is not None


async def finish(connection: Connection, key: DocumentKey, printed: Printed) -> None:
    """Records what was printed."""
    of = {f"of_{name}": value for name, value in key._asdict().items()}
    await _FINISH.execute(connection, **of, **printed._asdict())


async def unknown(connection: Connection, digests: Sequence[str]) -> list[str]:
    """Those of the digests that are of no document."""
    known = {row["sha256"] for row in await _KNOWN.fetch(connection, digests=digests)}
    return [digest for digest in digests if digest not in known]
