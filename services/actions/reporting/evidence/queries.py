"""Reading files of evidence with the records of all services that name them, and finding those that a schedule purges
or removes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from services.actions.classification.codes.queries import tag_filters
from services.actions.reporting.evidence import domain
from services.actions.reporting.evidence.record import Evidence
from services.actions.reporting.evidence.tables import evidence
from shared.contracts import views
from shared.contracts.documents import IN_USE, readable_documents
from shared.database.context import Lookup
from shared.database.statements import Connection, Row, Statement
from shared.database.tables import Instant
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessKind, AccessScope, constant, visible
from shared.records.listing import Extras, Filter, one_of, values
from shared.records.next_steps import NextSteps
from shared.records.plain import by_grant, listing
from shared.records.references import NAMED_CENTRES, NAMED_INSTITUTIONS
from shared.records.rows import records_of

_AT_ONCE = 200
_DIGEST = re.compile(r"[0-9a-f]{64}")
_e = evidence.c
_OVERDUE = Statement(
    select(evidence)
    .where(
        _e.status.in_([constant("withdrawn"), constant("quarantined")]),
        _e.status_since <= bindparam("before", type_=Instant),
        or_(_e.keep_until.is_(None), _e.keep_until < bindparam("day")),
    )
    .order_by(_e.status_since, _e.id)
    .limit(_AT_ONCE)
    .with_for_update()
)
_REMOVABLE = Statement(
    select(_e.id, _e.sha256)
    .where(_e.status == constant("purged"), _e.is_stored)
    .order_by(_e.id)
    .limit(_AT_ONCE)
    .with_for_update()
)
_UNSCANNED = Statement(
    select(_e.id, _e.sha256)
    .where(
        _e.scan_state.in_([constant(state) for state in domain.UNSCANNED]),
        _e.status != constant("purged"),
        _e.integrity_state != constant(domain.DAMAGED),
    )
    .order_by(_e.scan_state.desc(), _e.id)
    .limit(_AT_ONCE)
)
_OF_ID = Statement(select(_e.id, _e.sha256).where(_e.id == bindparam("key")))
_MARK_SCANNED = Statement(
    update(evidence).where(_e.id == bindparam("key")).values(scan_state=bindparam("state"), scanned_at=bindparam("at"))
)
_STILL_NAMED = Statement(
    select(_e.sha256)
    .where(_e.sha256 == any_(bindparam("digests", type_=ARRAY(Text))), _e.status != constant("purged"))
    .distinct()
)
_REMOVED = Statement(update(evidence).where(_e.id == any_(bindparam("ids", type_=ARRAY(Uuid)))).values(is_stored=False))
_NEXT_DIGESTS = Statement(
    select(_e.sha256)
    .where(_e.sha256 > bindparam("after"), _e.status != constant("purged"))
    .distinct()
    .order_by(_e.sha256)
    .limit(_AT_ONCE)
)
_of_digests = (_e.sha256 == any_(bindparam("digests", type_=ARRAY(Text))), _e.status != constant("purged"))
_DIFFERING = Statement(
    select(evidence)
    .where(*_of_digests, (_e.integrity_state == domain.DAMAGED) != bindparam("is_damaged", type_=Boolean))
    .order_by(_e.id)
    .with_for_update()
)
_MARK_INTACT = Statement(
    update(evidence)
    .where(*_of_digests)
    .values(integrity_state=domain.INTACT, checked_at=bindparam("at", type_=Instant))
)
_SCOPES = tuple(
    (named, Statement(select(view.c.country).where(view.c.id == bindparam("key"))))
    for named, view in ((NAMED_CENTRES, views.CENTRES), (NAMED_INSTITUTIONS, views.INSTITUTIONS))
)

MOST_REFERENCES = 200
_VIEWS = (views.DOCUMENTS_OF_MEMBERSHIP, views.DOCUMENTS_OF_CENTRES, views.DOCUMENTS_OF_ACTIONS)
DOCUMENT = union_all(*(select(view) for view in _VIEWS)).subquery("document").c
"""The documents of all services that name files."""
_SHOWN = {"resource": DOCUMENT.resource, "id": DOCUMENT.record_id, "ref": DOCUMENT.ref, "link": DOCUMENT.link}


def _after(*words: ColumnElement[Any]) -> ColumnElement[str]:
    """The resource of a document, followed by these words."""
    text: ColumnElement[str] = DOCUMENT.resource
    for word in words:
        text = text + literal(" ") + cast(word, Text)
    return text


READABLE = or_(
    *(
        key == any_(bindparam("readable_documents", type_=ARRAY(Text)))
        for key in (
            _after(),
            _after(DOCUMENT.country),
            _after(DOCUMENT.scope_id),
            _after(DOCUMENT.status, DOCUMENT.visibility),
        )
    )
)
"""Whether the caller reads a document. Parameter: `readable_documents`."""
_found = (
    select(*(column.label(name) for name, column in _SHOWN.items()))
    .distinct()
    .where(DOCUMENT.evidence_id == evidence.c.id, READABLE)
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
    select(DOCUMENT.record_id)
    .where(
        DOCUMENT.evidence_id == bindparam("evidence"),
        _after(DOCUMENT.status) == any_(bindparam("in_use", type_=ARRAY(Text))),
    )
    .limit(1)
)

_UNUSED = Statement(
    select(evidence)
    .where(
        _e.country.is_(None),
        _e.status.in_([constant(status) for status in sorted(domain.PUBLISHED)]),
        _e.updated_at <= bindparam("before", type_=Instant),
        or_(_e.keep_until.is_(None), _e.keep_until < bindparam("day")),
        ~select(DOCUMENT.record_id).where(DOCUMENT.evidence_id == _e.id).correlate(evidence).exists(),
    )
    .order_by(_e.updated_at, _e.id)
    .limit(_AT_ONCE)
    .with_for_update(of=evidence)
)


def _digest(raw: str) -> str:
    if not _DIGEST.fullmatch(raw):
        raise ValueError("is not a SHA-256 digest in hex")
    return raw


def visible_to(access_kind: AccessKind) -> Select[Any]:
    """The files that the caller may know of: also those of the institutions and centres of their grants."""
    return select(evidence).where(
        or_(visible(evidence, access_kind, domain.PUBLISHED), by_grant(evidence, _e.scope_id, access_kind))
    )


def readable_by(access: AccessScope) -> Mapping[str, Any]:
    """The parameters of `REFERENCED_BY` for a caller."""
    return {"readable_documents": readable_documents(access.principal)}


NEXT_STEPS = NextSteps("actions.evidence", evidence, ())
_COMMON = listing(
    Evidence,
    evidence,
    domain.LIFECYCLE.states,
    visible_to,
    *tag_filters(_e.id, "codes"),
    values("category", _e.category, "Codes of IATI's codelist DocumentCategory", one_of(domain.CATEGORIES)),
    values("media_type", _e.media_type, "Media types, separated by commas"),
    values("scan", _e.scan_state, "States of the scan for viruses", one_of(domain.SCAN_STATES)),
    values("integrity", _e.integrity_state, "States of the stored file", one_of(domain.INTEGRITY_STATES)),
    NEXT_STEPS.holder,
    Filter("sha256", "The SHA-256 digest of the file, in hex", _digest, lambda wanted: _e.sha256 == wanted),
)
LISTING = replace(
    _COMMON,
    sorts={**_COMMON.sorts, "size": _e.size},
    extras=Extras({"references": REFERENCED_BY}, readable_by),
)


async def country_of_scope(connection: Connection, principal: Principal, key: UUID) -> str | None:
    """The country of an institution or a centre; None if there is none that the principal may know of."""
    for named, country in _SCOPES:
        if key in await named.known(connection, principal, [key]):
            found: str | None = await country.fetchval(connection, key=key)
            return found
    return None


async def lock_overdue(connection: Connection, before: datetime, day: date) -> list[Evidence]:
    """Files that were withdrawn before an instant and whose last day to be kept is before a day, locked; at most
    200."""
    return records_of(Evidence, await _OVERDUE.fetch(connection, before=before, day=day))


async def lock_unused(connection: Connection, before: datetime, day: date) -> list[Evidence]:
    """Files of experts that no record names, unchanged since an instant, whose last day to be kept is before a day,
    locked; at most 200."""
    return records_of(Evidence, await _UNUSED.fetch(connection, before=before, day=day))


async def lock_removable(connection: Connection) -> list[Row]:
    """Id and digest of purged records whose file was not removed, locked; at most 200."""
    return await _REMOVABLE.fetch(connection)


async def unscanned(connection: Connection, key: UUID | None = None) -> list[Row]:
    """Id and digest of the next files to scan, at most 200, those first that wait for it; or of one file."""
    return await (_UNSCANNED.fetch(connection) if key is None else _OF_ID.fetch(connection, key=key))


async def mark_scanned(connection: Connection, key: UUID, state: str, at: datetime) -> None:
    """Records what a scan found, and when."""
    await _MARK_SCANNED.execute(connection, key=key, state=state, at=at)


async def still_named(connection: Connection, digests: Sequence[str]) -> set[str]:
    """Those of the digests that records which are not purged have."""
    return {row["sha256"] for row in await _STILL_NAMED.fetch(connection, digests=digests)}


async def digests_after(connection: Connection, after: str) -> list[str]:
    """The next digests of records that are not purged, in order; at most 200."""
    return [row["sha256"] for row in await _NEXT_DIGESTS.fetch(connection, after=after)]


async def lock_differing(connection: Connection, digests: Sequence[str], *, is_damaged: bool) -> list[Evidence]:
    """The records with these digests that say otherwise than whether their file is damaged, locked."""
    rows = await _DIFFERING.fetch(connection, digests=digests, is_damaged=is_damaged)
    return records_of(Evidence, rows)


async def mark_intact(connection: Connection, digests: Sequence[str], at: datetime) -> None:
    """Records when the files with these digests were found intact."""
    await _MARK_INTACT.execute(connection, digests=digests, at=at)


async def mark_removed(connection: Connection, ids: Sequence[UUID]) -> None:
    """Records that no file is left to remove for these purged records."""
    await _REMOVED.execute(connection, ids=ids)


async def is_in_use(connection: Connection, key: UUID, but: str = "") -> bool:
    """Whether a published or verified record of any service relies on the file, whoever asks; `but` is a resource whose
    records do not count."""
    counted = [one for one in IN_USE if one.partition(" ")[0] != but]
    return await _IN_USE.fetchval(connection, evidence=key, in_use=counted) is not None
