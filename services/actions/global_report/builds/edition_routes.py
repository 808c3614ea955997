"""Editions over HTTP with what their figures and builds add: how they are frozen, thawed, verified and published."""

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

from services.actions.global_report.builds import publication
from services.actions.global_report.editions.routes import EDITION_API
from services.actions.global_report.figures import freezing
from services.actions.global_report.figures.routes import ask_before_freezing
from shared.web.records.record_routes import record_routes
from shared.web.request.request_context import RequestContext


async def _before(ctx: RequestContext) -> None:
    await ask_before_freezing(ctx)
    files: Mapping[Hashable, Any] = {publication.STORE: ctx.request.app.state.edition_builds}
    ctx.prepared = {**ctx.prepared, **files}


router = record_routes(
    replace(
        EDITION_API,
        steps=replace(
            EDITION_API.steps,
            guards=publication.load_guard_context,
            verbs={
                "freeze": freezing.freeze,
                "thaw": freezing.thaw,
                "verify_figures": publication.verify_figures,
                "publish": publication.publish,
                "retract": publication.retract,
            },
        ),
        bodies=replace(EDITION_API.bodies, before=_before),
    )
)
