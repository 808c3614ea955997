"""The checks before the token endpoints: the form, the client's credentials, and its address."""

from typing import Annotated, cast

from fastapi import Depends, Request

from services.access.principals.tokens.authentication import TokenService
from services.access.principals.tokens.domain import (
    FORM,
    LONGEST_FORM,
    Assertion,
    Secret,
    client_credentials,
    read_form,
)
from shared.kernel.errors import TooLarge, UnsupportedMedia
from shared.web.request.route import refuse_unknown


class TokenRequest:
    """A request to a token endpoint: the form, the client's credentials if it has any, and the caller's address."""

    def __init__(self, form: dict[str, str], shown: Secret | Assertion | None, address: str) -> None:
        self.form = form
        self.shown = shown
        self.address = address


async def _token_request(request: Request) -> TokenRequest:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise UnsupportedMedia(f"Send {FORM}.")
    refuse_unknown(request, frozenset())
    body = await request.body()
    if len(body) > LONGEST_FORM:
        raise TooLarge(f"A token request has at most {LONGEST_FORM} bytes.")
    form = read_form(body)
    shown = client_credentials(request.headers.get("authorization"), form)
    return TokenRequest(form, shown, request.client.host if request.client else "")


async def _token_service_of(request: Request) -> TokenService:
    return cast(TokenService, request.app.state.token_service)


Asked = Annotated[TokenRequest, Depends(_token_request)]
CurrentTokenService = Annotated[TokenService, Depends(_token_service_of)]
