"""The form and the response of pushed requests, for the contract."""

from typing import Annotated

from pydantic import Field

from services.access.principals.tokens.schemas import form_of
from shared.web.contract.contract import Described

_ADDRESS = "urn:ietf:params:oauth:request_uri:mQ8vKzV2bXJ3"
_TEXT = {"type": "string"}
PUSHED_FORM = form_of(
    "response_type",
    response_type={"type": "string", "enum": ["code"]},
    redirect_uri=_TEXT,
    code_challenge={"type": "string", "minLength": 43, "maxLength": 43},
    code_challenge_method={"type": "string", "enum": ["S256"]},
    scope=_TEXT,
    state=_TEXT,
    nonce=_TEXT,
    prompt=_TEXT,
    max_age=_TEXT,
    resource=_TEXT,
    dpop_jkt=_TEXT,
)


class Pushed(Described):
    """RFC 9126, 2.2."""

    request_uri: Annotated[str, Field(examples=[_ADDRESS]), "What the person's browser comes with, beside `client_id`."]
    expires_in: Annotated[int, Field(examples=[90]), "Seconds."]
