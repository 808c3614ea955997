"""The page of signing in: with a password, or at an identity provider. Providers are links, since a browser follows no
form to another origin."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from fastapi import Request, Response

from services.access.federation.providers import queries
from services.access.federation.providers.domain import domain_of, title
from services.access.federation.providers.record import IdentityProvider
from services.access.principals.tokens.authentication import TokenService
from services.access.signing_in.authorizing.domain import AuthorizationRequest
from services.access.signing_in.pages.addresses import SIGN_IN, start_at, with_query
from services.access.signing_in.pages.guards import Browser
from services.access.signing_in.pages.responses import language, page_response

Alert: TypeAlias = Literal[
    "wrong", "unreachable", "refused", "not_linked", "taken", "invitation", "no_provider", "choose_provider"
]
_STATUS: dict[Alert, int] = {
    "wrong": 400,
    "unreachable": 503,
    "refused": 400,
    "not_linked": 403,
    "taken": 409,
    "invitation": 422,
}
"""The status of a page that tells a failure."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: the request of a client, sealed and read, the address that was given, and what is announced,
    of which provider."""

    carried: str | None = None
    asked: AuthorizationRequest | None = None
    username: str = ""
    alert: Alert | None = None
    provider: IdentityProvider | None = None


async def sign_in_response(request: Request, token_service: TokenService, browser: Browser, shown: Shown) -> Response:
    """The page. Providers of the domain of the given address come first; whether an account has it makes no
    difference."""
    asked = shown.asked
    tongue = language(request, asked.language if asked else None)
    async with token_service.database.acquire() as connection:
        active = await queries.active(connection)
    username = shown.username or (asked.login_hint if asked else "")
    carried = {"request": shown.carried} if shown.carried and asked else {}
    own = {**carried, **({"language": request.query_params["language"]} if "language" in request.query_params else {})}
    first = [one for one in active if "@" in username and domain_of(username) in one.domains]
    alert = shown.alert
    if alert == "choose_provider" and not first:
        alert = "no_provider"
    values = {
        "client": asked.client.name if asked else None,
        "username": username,
        "alert": alert,
        "provider_title": title(shown.provider.titles, tongue) if shown.provider else "",
        "providers": [
            {"title": title(one.titles, tongue), "address": with_query(start_at(one.code), own)}
            for one in (first if alert == "choose_provider" else [*first, *(one for one in active if one not in first)])
        ],
        "passwords": token_service.settings.local_passwords,
        "by_domain": any(one.domains for one in active),
        "action": with_query(SIGN_IN, own),
    }
    status = _STATUS.get(alert, 200) if alert else 200
    leads_to = asked.redirect_uri if asked else None
    own_place = with_query(SIGN_IN, carried)
    return page_response(
        request, browser, "sign_in.html", tongue, values, status=status, leads_to=leads_to, place=own_place
    )
