"""Every route of every service is guarded by our route class, or marked as open."""

from importlib import import_module

import pytest
from fastapi.routing import APIRoute

from deploy.local.services import SERVICES
from shared.web.contract.route_options import options_of
from shared.web.request.route import EscmRoute

PUBLIC_LISTS = {
    "congresses",
    "experts",
    "institutions",
    "committees",
    "centres",
    "annual_reports",
    "networks",
    "partnerships",
    "profile",
    "programmes",
    "countries",
    "editions",
    "comments",
    "contributions",
    "figures",
    "frameworks",
    "schemes",
    "mappings",
    "initiatives",
    "notices",
    "certificates",
    "calls",
    "register",
    "statistics",
    "open_data",
}
BY_TOKEN = {
    "/membership/v1/outreach/unsubscribe",
    "/membership/v1/certificates/verify",
    "/membership/v1/certificates/mailing",
    "/membership/v1/supports/verification",
    "/membership/v1/supports/withdrawal",
    "/centres/v1/reviewers/answer",
    "/membership/v1/nominations/confirmation",
    "/membership/v1/nominations/confirmation/preview",
    "/actions/v1/contributions/authorship",
    "/actions/v1/contributions/authorship/preview",
    "/actions/v1/evidence/files/{ticket}",
    "/actions/v1/calendars/{record}/feed.ics",
}
"""What a mailed token, the code of a certificate, a signed address or one with a key alone permits."""
FORMS = {"/membership/v1/initiatives/{record}/sign", "/actions/v1/tasks/reported_errors"}
"""What anybody may send: it mails, or is a task of an office, within bounds."""
FOR_EVERY_ORIGIN = {
    "/.well-known/did.json",
    "/membership/v1/certificates/jwks.json",
    "/membership/v1/certificates/status/{purpose}/{number}",
    "/membership/v1/certificates/verify",
    "/membership/v1/certificates/verify/{code}",
}
"""What verifies certificates in pages of any origin."""


@pytest.mark.parametrize("service", ["membership", "centres", "actions"])
def test_routes_without_a_token_are_the_published_ones(service: str) -> None:
    app = import_module(f"services.{service}.app").create_app()
    for route in app.routes:
        if not isinstance(route, APIRoute) or route.path.endswith(("/livez", "/readyz")):
            continue
        assert isinstance(route, EscmRoute), f"{route.path} has another route class"
        if (
            route.options.is_public
            and route.path not in BY_TOKEN | FORMS
            and not route.path.startswith("/.well-known/")
        ):
            assert route.methods == {"GET"}
            assert route.path.split("/")[3] in PUBLIC_LISTS, f"{route.path} responds without a token"
            assert not route.path.endswith(("/history", "/transitions"))


def test_pages_of_every_origin_may_call_what_verifies_certificates_alone() -> None:
    apps = [import_module(f"services.{service}.app").create_app() for service in SERVICES]
    routes = [route for app in apps for route in app.routes if options_of(route).is_cross_origin]
    assert {route.path for route in routes} == FOR_EVERY_ORIGIN
    assert all(options_of(route).is_public for route in routes)
