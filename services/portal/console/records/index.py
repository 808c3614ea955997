"""`/console/records`: all kinds of record, by service, with their lists."""

from collections.abc import Mapping, Sequence
from functools import cache

from fastapi import Response

from services.portal.console.describing.labels import kind_label
from services.portal.console.describing.resources import Kind, kinds
from services.portal.console.frame.responses import page
from services.portal.console.frame.route import console_router
from services.portal.console.session.guards import CurrentCaller
from shared.kernel.text import search_key
from shared.web.contract.route_options import RouteOptions

router = console_router()
_FIRST = ("membership", "centres", "actions", "access")
_OF_ADMINISTRATORS = frozenset(("clients", "signing_keys", "identity_providers", "retention_rules", "erasures"))
"""Kinds that only administrators and auditors work with."""
_ADMINISTRATORS = frozenset(("secretariat_admin", "auditor", "platform_operator"))


@router.get("/console/records", options=RouteOptions(is_public=True))
async def show_kinds(caller: CurrentCaller) -> Response:
    """The kinds of record that there are."""
    is_administrator = bool(_ADMINISTRATORS & caller.principal.roles)
    shown = [
        (service, [kind for kind in found if is_administrator or kind.plural not in _OF_ADMINISTRATORS])
        for service, found in _by_service(caller.language).items()
    ]
    return page(caller, "records_index.html", here="records", services=shown)


@cache
def _by_service(language: str) -> Mapping[str, Sequence[Kind]]:
    """The kinds of each service by their names."""
    found = {service: [kind for kind in kinds().values() if kind.service == service] for service in _FIRST}
    return {
        service: sorted(several, key=lambda kind: search_key(kind_label(kind.name, language)))
        for service, several in found.items()
    }
