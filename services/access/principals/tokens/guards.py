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
    """A request to a token endpoint: the form, the client's credentials if it has any, the caller's address, and the
    proof of a key, if it has one."""

    def __init__(
        self, form: dict[str, str], shown: Secret | Assertion | None, address: str, proof: str | None = None
    ) -> None:
        self.form = form
        self.shown = shown
        self.address = address
        self.proof = proof


async def form_of(request: Request) -> dict[str, str]:
    """The form of a request. Raises UnsupportedMedia, TooLarge, and Malformed."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise UnsupportedMedia(f"Send {FORM}.")
    body = await request.body()
    if len(body) > LONGEST_FORM:
        raise TooLarge(f"A form has at most {LONGEST_FORM} bytes.")
    return read_form(body)


async def _token_request(request: Request) -> TokenRequest:
    form = await form_of(request)
    refuse_unknown(request, frozenset())
    shown = client_credentials(request.headers.get("authorization"), form)
    address = request.client.host if request.client else ""
    return TokenRequest(form, shown, address, request.headers.get("dpop"))


async def _token_service_of(request: Request) -> TokenService:
    return cast(TokenService, request.app.state.token_service)


Asked = Annotated[TokenRequest, Depends(_token_request)]
CurrentTokenService = Annotated[TokenService, Depends(_token_service_of)]
