"""The HTTP application of access."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.types import Scope

from services.access.access import ROLES
from services.access.authority.grants.routes import router as grants
from services.access.factors.factors.routes import router as factors
from services.access.federation.identities.routes import router as identities
from services.access.federation.leaving.routes import router as logout
from services.access.federation.providers.routes import router as identity_providers
from services.access.federation.remote.providers import RemoteProviders
from services.access.notifying.feed.event_types import described_in
from services.access.notifying.feed.routes import feed_tail
from services.access.notifying.feed.routes import router as events
from services.access.notifying.feed.routes import types_router as event_types
from services.access.notifying.notifications.routes import router as notifications
from services.access.notifying.sandbox.routes import router as sandbox
from services.access.notifying.webhooks.routes import router as webhooks
from services.access.notifying.work_list.routes import router as work_list
from services.access.overview.audit.routes import router as audit
from services.access.overview.vocabularies.routes import router as vocabularies
from services.access.principals.accounts.routes import router as accounts
from services.access.principals.api_keys.routes import router as api_keys
from services.access.principals.authorizations.routes import router as authorizations
from services.access.principals.client_calls.routes import router as client_calls
from services.access.principals.clients.routes import router as clients
from services.access.principals.sessions.routes import router as sessions
from services.access.principals.signing_keys.routes import router as signing_keys
from services.access.principals.tokens.authentication import TokenService
from services.access.principals.tokens.routes import router as tokens
from services.access.self_service.account_mail.routes import router as account_mail
from services.access.self_service.federated.routes import router as federated
from services.access.self_service.own_account.routes import router as own_account
from services.access.settings import AccessSettings
from services.access.signing_in.account.routes import router as account_page
from services.access.signing_in.authorizing.routes import router as authorizing
from services.access.signing_in.break_glass.routes import router as break_glass
from services.access.signing_in.devices.routes import pages as device_pages
from services.access.signing_in.devices.routes import router as devices
from services.access.signing_in.leaving.routes import router as leaving
from services.access.signing_in.pages.addresses import is_page_of_people
from services.access.signing_in.pages.responses import OnPage
from services.access.signing_in.pushing.routes import router as pushing
from services.access.signing_in.second_step.routes import router as second_step
from shared.pages.failures import as_page
from shared.pages.reader import wants_json
from shared.web.edge.app import Application
from shared.web.edge.app import create_app as create
from shared.web.edge.problems import MEDIA_TYPE, respond_to
from shared.web.edge.service import service_parts
from shared.web.jobs.jobs import job_routes


@asynccontextmanager
async def _token_service(app: FastAPI) -> AsyncIterator[None]:
    app.state.token_service = TokenService.make(app.state.database, app.state.settings, app.state.rate_limiter)
    app.state.remote_providers = RemoteProviders(app.state.settings)
    yield


def create_app(settings: AccessSettings | None = None) -> Application:
    """The app. The settings default to those of the environment."""
    parts = service_parts()
    return create(
        "access",
        settings or AccessSettings(),
        (
            tokens,
            account_mail,
            own_account,
            accounts,
            grants,
            clients,
            client_calls,
            sandbox,
            api_keys,
            sessions,
            authorizations,
            signing_keys,
            factors,
            authorizing,
            pushing,
            devices,
            device_pages,
            break_glass,
            leaving,
            second_step,
            account_page,
            identity_providers,
            identities,
            federated,
            logout,
            notifications,
            events,
            event_types,
            webhooks,
            job_routes("access", ROLES),
            work_list,
            audit,
            vocabularies,
        ),
        title="Access",
        description="Accounts, grants, API clients and the tokens they get; what happened, in order.",
        tags={
            "tokens": "OAuth 2.0 tokens, the keys that verify them, and who one is.",
            "accounts": "People who sign in.",
            "grants": "Roles of accounts and clients, over a scope, for a time.",
            "clients": "Programs that call the API.",
            "sandbox": "What a sandbox has in addition; elsewhere there is nothing.",
            "events": "What happened, in order and without gaps, for 90 days.",
            "webhooks": "Addresses to which events are sent.",
            "event_types": "What may happen, with a sample of each.",
            "work_list": "What waits for the caller, in every service.",
            "audit": "Who changed what, and the chain that proves it.",
            "notifications": "What happened to a person's records.",
            "sessions": "Where a person is signed in.",
            "factors": "Second factors of people: codes of an app, passkeys, recovery codes.",
            "identity_providers": "Where people sign in, besides here.",
            "identities": "At which providers a person signs in.",
            "authorizations": "Which clients may act for a person.",
            "signing_keys": "Keys that sign tokens.",
            "vocabularies": "What reasons, verbs and states are called, in six languages.",
            "api_keys": "Keys for programs that cannot do OAuth: each a part of what its owner may do.",
        },
        open_notifier=parts["open_notifier"],
        holding=(*parts["holding"], _token_service, feed_tail),
        describing=(described_in,),
        respond=_respond,
    )


def _respond(scope: Scope, failure: Exception) -> Response:
    """The response for a failure: at the addresses of pages a page, unless the browser wants JSON."""
    response = respond_to(scope, failure)
    if wants_json(Request(scope)):
        return response
    if isinstance(failure, OnPage):
        return failure.page
    is_page = is_page_of_people(scope["path"]) and response.media_type == MEDIA_TYPE
    return as_page(scope, response) if is_page else response
