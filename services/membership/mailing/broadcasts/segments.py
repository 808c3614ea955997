"""The experts of a segment: who gets a broadcast in which language, and why others do not."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, Text, and_, any_, bindparam, case, func, insert, literal_column, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONPATH
from sqlalchemy.sql.elements import ColumnElement

from services.membership.mailing.broadcasts.domain import (
    ENDED,
    EXCLUDED,
    FALLBACK,
    OUTREACH,
    QUEUED,
    languages_of,
)
from services.membership.mailing.broadcasts.record import Broadcast
from services.membership.mailing.broadcasts.tables import recipient
from services.membership.mailing.consents.tables import consent
from services.membership.register.experts.queries import FILTERS, LISTING
from services.membership.register.experts.tables import expert
from shared.contracts import views
from shared.database.statements import Connection, Row, Shapes
from shared.records.access_scope import AccessKind, constant
from shared.records.filters import Names, filter_arguments, filter_names, parsed_filters

SEGMENT_FILTERS = {name: found for name, found in FILTERS.items() if found.of_caller is None}
"""The filters whose result is the same for every caller."""
_AT_MOST = 600.0
_WHILE_SOMEBODY_WAITS = 100.0
"""Seconds. A dry run over 1,000,000 experts takes longer than other statements may."""
_NO_LIMIT = "SET LOCAL statement_timeout = 0"
_FROZEN = tuple(
    recipient.c[name]
    for name in ("id", "broadcast_id", "expert_id", "language", "outcome", "reason", "due_at", "delays")
)
_takes_mail = literal_column("'$[*] ? (!exists(@.bounced_at))'", JSONPATH)
ADDRESS: ColumnElement[Any] = func.jsonb_extract_path_text(
    func.jsonb_path_query_first(expert.c.emails, _takes_mail), literal_column("'value'"), type_=Text
)
"""The first address of an expert that has not bounced."""
_known = func.unnest(expert.c.languages).table_valued("tag", with_ordinality="place", name="known").render_derived()
_code = func.lower(func.split_part(_known.c.tag, literal_column("'-'"), literal_column("1")))
_LANGUAGE = func.coalesce(
    select(_code)
    .where(_code == any_(bindparam("languages", type_=ARRAY(Text))))
    .order_by(_known.c.place)
    .limit(literal_column("1"))
    .scalar_subquery(),
    constant(FALLBACK),
)
"""The first language of an expert that the broadcast has."""
_consents = (
    select(consent.c.id)
    .where(
        consent.c.expert_id == expert.c.id,
        consent.c.purpose == constant(OUTREACH),
        consent.c.status == constant("given"),
    )
    .exists()
)
_has_account_in_use = select(views.ACCOUNTS.c.id).where(views.ACCOUNTS.c.id == expert.c.account_id).exists()
EXCLUSION: ColumnElement[Any] = case(
    (or_(expert.c.merged_into.is_not(None), expert.c.erased_at.is_not(None)), constant("gone")),
    (expert.c.restricted_at.is_not(None), constant("restricted")),
    (expert.c.status.in_([constant(status) for status in ENDED]), constant("ended")),
    (and_(expert.c.account_id.is_not(None), ~_has_account_in_use), constant("account_closed")),
    (func.jsonb_array_length(expert.c.emails) == 0, constant("no_address")),
    (ADDRESS.is_(None), constant("bounced")),
    (and_(bindparam("purpose", type_=Text) == constant(OUTREACH), ~_consents), constant("no_consent")),
)
"""Why an expert gets no broadcast of this purpose; null for whoever does."""


def parsed_segment(segment: Mapping[str, str]) -> dict[str, Any]:
    """The values of the filters. Raises Invalid for an unknown filter, and for a value that the list refuses too."""
    return parsed_filters(segment, SEGMENT_FILTERS, "segment")


def _chosen(names: Names) -> Select[Any]:
    """The experts with language and exclusion. Of several with one address, the first gets the mail."""
    found = (
        LISTING.matching(AccessKind.EVERYWHERE, names)
        .with_only_columns(
            expert.c.id, _LANGUAGE.label("language"), EXCLUSION.label("reason"), ADDRESS.label("address")
        )
        .subquery()
    )
    place = func.row_number().over(partition_by=(func.lower(found.c.address), found.c.reason), order_by=found.c.id)
    repeats = and_(found.c.reason.is_(None), place > literal_column("1"))
    reason = case((repeats, constant("same_address")), else_=found.c.reason)
    return select(found.c.id, found.c.language, reason.label("reason"))


def _counting(names: Names) -> Select[Any]:
    chosen = _chosen(names).subquery()
    return select(chosen.c.language, chosen.c.reason, func.count().label("n")).group_by(
        chosen.c.language, chosen.c.reason
    )


def _freezing(names: Names) -> Any:
    chosen = _chosen(names).subquery()
    outcome = case((chosen.c.reason.is_(None), constant(QUEUED)), else_=constant(EXCLUDED))
    values = select(
        func.uuidv7(),
        bindparam("broadcast", type_=recipient.c.broadcast_id.type),
        chosen.c.id,
        chosen.c.language,
        outcome,
        chosen.c.reason,
        bindparam("at", type_=recipient.c.due_at.type),
        literal_column("0"),
    )
    return insert(recipient).from_select(_FROZEN, values)


_COUNT, _FREEZE = Shapes(_counting), Shapes(_freezing)


async def count(connection: Connection, broadcast: Broadcast) -> list[Row]:
    """How many experts of the segment have a `language` and a `reason` to be excluded. Needs a context that reads
    every row."""
    sql, arguments = _prepared(_COUNT, broadcast)
    await connection.execute(_NO_LIMIT)
    found: list[Row] = await connection.fetch(sql, *arguments, timeout=_WHILE_SOMEBODY_WAITS)
    return found


async def freeze(connection: Connection, broadcast: Broadcast, at: datetime) -> None:
    """Lists the recipients: every expert of the segment, those who are excluded with their reason."""
    sql, arguments = _prepared(_FREEZE, broadcast, broadcast=broadcast.id, at=at)
    await connection.execute(_NO_LIMIT)
    await connection.execute(sql, *arguments, timeout=_AT_MOST)


def _prepared(shapes: Shapes, broadcast: Broadcast, /, **further: Any) -> tuple[str, list[Any]]:
    """The statement for the segment of a broadcast, and its arguments."""
    filters = parsed_segment(broadcast.segment)
    statement = shapes.get(filter_names(filters))
    of_broadcast = {"languages": languages_of(broadcast), "purpose": broadcast.purpose}
    return statement.sql, statement.arguments({**filter_arguments(filters), **of_broadcast, **further})
