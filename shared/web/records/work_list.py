"""What the work lists of services have in common over HTTP."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.database.statements import Row
from shared.kernel.errors import invalid_parameter
from shared.records.filters import instant
from shared.records.work_list import KEYS
from shared.web.request.paging import page_after, page_limit, parameters_of, place_of
from shared.web.request.request_context import RequestContext


def parameter(name: str, description: str, **schema: object) -> dict[str, object]:
    """A query parameter in the contract."""
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


PARAMETERS = [
    parameter("kind", "A kind of record, as in its address.", type="string", examples=["experts"]),
    parameter("due_before", "Only what is due before this instant.", type="string", format="date-time"),
]


def asked(ctx: RequestContext) -> dict[str, Any]:
    """The kind, due time, size and position that a request names. Raises Malformed `invalid_parameter` and
    `invalid_cursor`."""
    given = parameters_of(ctx.request)
    kind = given.get("kind")
    if kind is not None and not kind.replace("_", "").isalpha():
        raise invalid_parameter("kind", "A kind of record, as in its address, such as experts.")
    return {
        "kind": kind,
        "due_before": _due_before(given),
        "limit": page_limit(given.get("limit")),
        "after": place_of(ctx, given.get("cursor"), KEYS),
    }


def page_of(ctx: RequestContext, rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], str | None]:
    """The rows of the page, of which there may be one more than `limit`, and the address of the next one."""
    shown = rows[:limit]
    if len(rows) == len(shown):
        return shown, None
    last = shown[-1]
    return shown, page_after(ctx, [last["place"], last["resource"], last["id"], last["verb"]])


def _due_before(given: Mapping[str, str]) -> datetime | None:
    try:
        return instant(given["due_before"]) if "due_before" in given else None
    except ValueError as error:
        raise invalid_parameter("due_before", f"due_before {error}.") from error
