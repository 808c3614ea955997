"""Files that a caller reads because a record names them whose documents the caller's grants cover. Each such read has
an entry `read` of the audit trail, which the history of the file leaves out, since it names who judges what."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, cast, func, literal, or_, select, union_all
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.access import ROLES, without_delegation
from services.actions.reporting.delegations.queries import is_delegated
from services.actions.reporting.evidence.operations import EVIDENCE
from services.actions.reporting.evidence.queries import DOCUMENT, LISTING, READABLE
from services.actions.reporting.evidence.record import Evidence
from services.actions.reporting.evidence.tables import evidence
from services.actions.reporting.report_sections.record import REPORTS
from services.actions.reporting.report_sections.tables import section
from services.actions.support.support_requests.record import SupportRequest
from services.actions.support.support_requests.tables import support_request
from shared.audit.entries import FieldChange, enter
from shared.contracts import views
from shared.contracts.actions import EVIDENCE_READ
from shared.contracts.documents import granted_documents
from shared.contracts.readers import permission_scope_of
from shared.database.context import Lookup
from shared.database.ids import uuid7
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from shared.kernel.countries import FICTIONAL_CODES
from shared.kernel.principal import READ, Principal
from shared.kernel.resource import Resource
from shared.messaging.outbox import announce_change
from shared.records.columns import as_read
from shared.records.hosting import with_work
from shared.records.rows import columns_of, record_read
from shared.web.request.request_context import RequestContext

__all__ = ["READ", "enter_read", "named_to"]
_NOMINATIONS = Resource("membership", "nominations", "nomination")
_KEY = bindparam("evidence", type_=Uuid)
_TEXTS = ARRAY(Text)
_ACCOUNTS = any_(bindparam("accounts", type_=ARRAY(Uuid)))
_own = select(views.EXPERTS.c.id).where(views.EXPERTS.c.account_id == _ACCOUNTS)
"""The caller's own records."""
_p, _n, _r, _s = views.EVALUATION_PANELS.c, views.NOMINATION_DOCUMENTS.c, support_request.c, section.c
_is_conflicted = (
    select(_p.id).where(_p.evaluation_id == DOCUMENT.record_id, _p.is_conflicted, _p.expert_id.in_(_own)).exists()
)
_OF_GRANTS = select(DOCUMENT.link.label("link")).where(DOCUMENT.evidence_id == _KEY, READABLE, ~_is_conflicted)
_named = func.jsonb_build_array(func.jsonb_build_object("evidence_id", cast(_KEY, Text)))
_OF_SUPPORT = select((literal(f"{SupportRequest.resource_type.path}/") + cast(_r.id, Text)).label("link")).where(
    or_(_r.documents.contains(_named), cast(_r.delivery_document["evidence_id"].astext, Uuid) == _KEY),
    cast(_r.expert_ids, _TEXTS).overlap(bindparam("helpers", type_=_TEXTS)),
)
_OF_SECTIONS = select((literal(f"{REPORTS.path}/") + cast(_s.report_id, Text)).label("link")).where(
    _s.answered.contains(_named), is_delegated(_s.report_id, _s.key)
)
_records = any_(bindparam("nomination_records", type_=_TEXTS))
_is_nominee = cast(_n.expert_id, Text) == _records
_conflicted = func.unnest(_n.conflicted).column_valued("conflicted")
_OF_NOMINATION = select((literal(f"{_NOMINATIONS.path}/") + cast(_n.nomination_id, Text)).label("link")).where(
    _n.evidence_id == _KEY,
    or_(
        bindparam("nominations_everywhere"),
        _n.country == any_(bindparam("nomination_countries", type_=_TEXTS)),
        _is_nominee,
        cast(_n.call_id, Text) == _records,
    ),
    or_(_is_nominee, ~select(_conflicted).where(_conflicted.in_(_own)).exists()),
)
_NAMED = Lookup(union_all(_OF_GRANTS, _OF_SUPPORT, _OF_SECTIONS, _OF_NOMINATION).subquery("named").select().limit(1))
_FILE = {
    name: Lookup(
        select(
            *(as_read(column) for column in LISTING.columns.values()),
            cast(bindparam("named_by"), Text).label("named_by"),
        )
        .where(evidence.c[name] == bindparam("key"))
        .limit(1)
    )
    for name in ("id", "ref")
}


async def named_to(connection: Connection, principal: Principal, key: UUID | str) -> Row | None:
    """A file that a record names whose documents the principal's grants cover, with the address of the record as
    `named_by`; None for any other file."""
    if not _may_follow(principal):
        return None
    statement = _FILE["id" if isinstance(key, UUID) else "ref"]
    found = await statement.fetchrow(connection, key=key, named_by=None)
    if found is None or (principal.sandbox and found["country"] not in FICTIONAL_CODES):
        return None
    reader = await with_work(connection, principal)
    nominations = permission_scope_of(reader, _NOMINATIONS.name)
    link = await _NAMED.fetchval(
        connection,
        evidence=found["id"],
        accounts=list(principal.identities),
        readable_documents=granted_documents(without_delegation(reader)),
        helpers=sorted(permission_scope_of(reader, SupportRequest.resource_type.name).records),
        nominations_everywhere=nominations.everywhere,
        nomination_countries=sorted(nominations.countries),
        nomination_records=sorted(nominations.records),
    )
    return None if link is None else await statement.fetchrow(connection, key=key, named_by=link)


def _may_follow(principal: Principal) -> bool:
    """Whether the principal is a person, or a machine that reads files of evidence at all."""
    return principal.account_id is not None or bool(principal.permission_scope(ROLES, EVIDENCE.resource.name, READ))


async def enter_read(ctx: RequestContext, row: Row, reader: Principal) -> None:
    """Adds the read to the audit trail if the file is restricted, or if the reader has no grant over it; then its
    reason is the address of the record that names the file. Its fact, which links the entry, has no country, so that no
    office learns of it."""
    link = row.get("named_by")
    if link is None and row["visibility"] != "restricted":
        return
    state, at, change = columns_of(record_read(Evidence, row)), now(), uuid7()
    origin = replace(ctx.origin, actor=reader)
    async with unit_of_work(ctx.database, ctx.access.context, origin) as uow:
        enter(
            uow,
            change,
            at,
            EVIDENCE.resource.name,
            READ,
            before=state,
            after=state,
            changes=(FieldChange(pointer="/digest", before=None, after=row["sha256"]),),
            reason=link,
            person=EVIDENCE.person_of(state),
        )
        announce_change(
            uow,
            fact=change,
            type=EVIDENCE_READ,
            time=at,
            subject=state["id"],
            ref=state["ref"],
            version=state["version"],
            country=None,
            visibility=state["visibility"],
            link=EVIDENCE.resource.link(state["id"]),
            traceparent=origin.traceparent,
            bulk=origin.bulk,
        )
    ctx.request.app.state.notifier.notify()
