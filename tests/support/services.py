"""All services in this process over one database; the portal reads the others as over the network."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import httpx

from services.access.app import create_app as create_access
from services.access.settings import AccessSettings
from services.actions.app import create_app as create_actions
from services.actions.settings import ActionsSettings
from services.centres.app import create_app as create_centres
from services.centres.settings import CentresSettings
from services.membership.app import create_app as create_membership
from services.membership.settings import MembershipSettings
from services.portal.app import create_app as create_portal
from services.portal.settings import PortalSettings
from shared.reading.api import PublicApi
from tests.support.callers import serving
from tests.support.inside import Inside

_ORCID = {"orcid_url": "http://127.0.0.1:9", "orcid_api_url": "http://127.0.0.1:9"}
"""An ORCID that nothing reaches, but that people may sign in to."""
_APPS: dict[str, tuple[Any, Any]] = {
    "membership": (
        create_membership,
        partial(MembershipSettings, **_ORCID, orcid_client_id="APP-TEST", orcid_client_secret="a secret of a test"),
    ),
    "centres": (create_centres, CentresSettings),
    "actions": (create_actions, partial(ActionsSettings, iati_ref="XM-TEST")),
    "access": (create_access, AccessSettings),
}
Services = dict[str, httpx.AsyncClient]


class ToServices(httpx.AsyncBaseTransport):
    """Sends each request to the app that its path names, as from the address that the portal, which they trust, names.
    Stores it in `asked`."""

    def __init__(self, apps: Mapping[str, Any]) -> None:
        self._apps = apps
        self.asked: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        inside = Inside(self._apps[request.url.path.split("/")[1]], client=(request.headers["x-forwarded-for"], 1))
        return await inside.handle_async_request(request)


@asynccontextmanager
async def open_portal(transport: httpx.AsyncBaseTransport | None, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the portal, which reads the API through the transport."""
    app = create_portal(PortalSettings(**{"environment": "test", "fresh": 0, **settings}))
    async with serving(app) as client:
        app.state.public_api = api = PublicApi(app.state.settings, transport)
        yield client
        await api.close()


@asynccontextmanager
async def open_services(**settings: Any) -> AsyncIterator[tuple[Services, ToServices]]:
    """A client of each service, and the transport of the portal's requests."""
    async with AsyncExitStack() as stack:
        apps = {name: create(of(**settings)) for name, (create, of) in _APPS.items()}
        found = {name: await stack.enter_async_context(serving(app)) for name, app in apps.items()}
        asking = ToServices(apps)
        apps["actions"].state.public_api = reading = PublicApi(
            PortalSettings(environment="test", api_seconds=60), asking
        )
        stack.push_async_callback(reading.close)
        found["portal"] = await stack.enter_async_context(open_portal(asking, api_seconds=60))
        yield found, asking
