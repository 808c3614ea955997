"""Retention rules over HTTP: the routes of every record, and the preview of what a rule takes."""

from typing import Annotated

from fastapi import Depends, Response

from services.membership.access import ROLES
from services.membership.protection.retention_rules import operations, queries, schemas
from services.membership.protection.retention_rules.domain import instant_before
from services.membership.protection.retention_rules.record import RetentionRule
from shared.database.statements import Row
from shared.kernel.clock import now, to_text
from shared.kernel.resource import Resource
from shared.kernel.step_up import STRONG
from shared.records.rows import record_read
from shared.web.contract.route_options import RouteOptions, query_of
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.paging import cut, linked_page, page_limit, place_of
from shared.web.request.request_context import CurrentContext

RULE_API = RecordApi(
    kind=operations.RETENTION_RULES,
    roles=ROLES,
    listing=queries.LISTING,
    response_model=schemas.RetentionRule,
    present=schemas.present,
    bodies=Bodies(schemas.RetentionRuleBody, step_up=STRONG),
    create=operations.create,
    update=operations.update,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=schemas.RetentionRuleFields),
)
router = record_routes(RULE_API)


@router.get(
    "/{record}/preview",
    options=RouteOptions(query=query_of("limit", "cursor")),
    responses={200: {"model": schemas.RetentionPreview}},
)
async def preview_retention_rule(row: Annotated[Row, Depends(RULE_API.readable)], ctx: CurrentContext) -> Response:
    """List what a retention rule takes at this moment.

    How many records there are, and their ids in pages: what the rule takes if it runs now, whatever its own state.
    Nothing changes.
    """
    query = ctx.request.query_params
    limit, place = page_limit(query.get("limit")), place_of(ctx, query.get("cursor"), [queries.KEY])
    rule = record_read(RetentionRule, row)
    due, before = queries.due(rule), instant_before(rule.after, now())
    async with ctx.connection() as connection:
        count = await due.count(connection, before)
        found = await due.page(connection, before, place[0] if place else None, limit + 1)
    shown, following = cut(ctx, found, limit, lambda one: [one["id"]])
    link = Resource("membership", rule.resource, "").link
    items = [
        {"id": str(one["id"]), "ref": one["ref"], "since": to_text(one["since"]), "links": {"self": link(one["id"])}}
        for one in shown
    ]
    body = {"count": count, "before": to_text(before), "items": items, "next": following}
    return linked_page(body, following)
