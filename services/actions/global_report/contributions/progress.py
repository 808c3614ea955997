"""How far an edition is: what is where, who is late, and how it went day by day."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Text, Uuid, bindparam, cast, func, select

from services.actions.global_report.contributions import domain
from services.actions.global_report.contributions.domain import COMMENTED
from services.actions.global_report.contributions.operations import CONTRIBUTIONS
from services.actions.global_report.contributions.tables import comment, contribution
from services.actions.global_report.editions.domain import DEADLINES
from services.actions.global_report.editions.record import Edition
from shared.audit.tables import audit
from shared.database.context import SYSTEM_CONTEXT, within_context
from shared.database.statements import Connection, Row, Statement
from shared.records.access_scope import constant

_MOST = 10_000
_c = contribution.c
_edition = bindparam("edition", type_=Uuid)
_OPEN = Statement(
    within_context(
        select(_c.id, _c.ref, _c.status, _c.outline_key, _c.titles, _c.due, _c.editor_id)
        .where(_c.edition_id == _edition)
        .order_by(_c.due, _c.number)
        .limit(_MOST)
    )
)
_COMMENTS = Statement(
    within_context(
        select(comment.c.status, func.count().label("number"))
        .where(comment.c.contribution_id.in_(select(_c.id).where(_c.edition_id == _edition)))
        .group_by(comment.c.status)
    )
)
_day = cast(func.timezone(constant("UTC"), audit.c.at), Date).label("day")
_STEPS = Statement(
    within_context(
        select(_day, audit.c.from_status, audit.c.to_status, func.count().label("number"))
        .where(
            audit.c.resource == cast(CONTRIBUTIONS.resource.name, Text),
            audit.c.subject.in_(select(_c.id).where(_c.edition_id == _edition)),
            audit.c.from_status.is_distinct_from(audit.c.to_status),
        )
        .group_by(_day, audit.c.from_status, audit.c.to_status)
        .order_by(_day)
        .limit(_MOST)
    )
)


async def progress_of(connection: Connection, of: Edition, day: date) -> dict[str, Any]:
    """The progress of an edition on a day, over all of its contributions, whoever asks."""
    parameters: dict[str, Any] = {"edition": of.id, **SYSTEM_CONTEXT.parameters}
    rows = await _OPEN.fetch(connection, **parameters)
    commented = {row["status"]: row["number"] for row in await _COMMENTS.fetch(connection, **parameters)}
    by_place: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        by_place[row["outline_key"]][row["status"]] += 1
    return {
        "edition_id": str(of.id),
        "as_of": day.isoformat(),
        "counts": dict(Counter(row["status"] for row in rows)),
        "comments": {status: commented.get(status, 0) for status in COMMENTED},
        "outline": [{"key": entry["key"], "counts": dict(by_place[entry["key"]])} for entry in of.outline],
        "overdue": [late for row in rows if (late := _late(row, day))],
        "next_deadline": next_deadline(of, day),
        "series": list(_series(await _STEPS.fetch(connection, **parameters))),
    }


def next_deadline(of: Edition, day: date) -> dict[str, str] | None:
    """The next of an edition's last days that has not passed; None after the last."""
    days: Mapping[str, str] = of.deadlines or {}  # type: ignore[assignment]
    return next(
        ({"step": step, "day": days[step]} for step in DEADLINES if step in days and days[step] >= day.isoformat()),
        None,
    )


def _late(row: Row, day: date) -> dict[str, Any] | None:
    days = domain.days_late(row["status"], row["due"], day)
    if days is None:
        return None
    key, editor = UUID(str(row["id"])), row["editor_id"]
    return {
        "contribution_id": str(key),
        "ref": row["ref"],
        "outline_key": row["outline_key"],
        "titles": row["titles"],
        "due": row["due"].isoformat(),
        "days": days,
        "editor_id": editor and str(editor),
    }


def _series(steps: Iterable[Row]) -> Iterable[dict[str, Any]]:
    """How many contributions were in each state at the end of each day on which one changed it."""
    counts: Counter[str] = Counter()
    by_day: dict[str, dict[str, int]] = {}
    for step in steps:
        counts[step["to_status"]] += step["number"]
        if step["from_status"] is not None:
            counts[step["from_status"]] -= step["number"]
        by_day[step["day"].isoformat()] = {status: number for status, number in counts.items() if number}
    return ({"day": day, "counts": found} for day, found in by_day.items())
