"""The form and the response of a device that asks for codes, for the contract."""

from typing import Annotated

from pydantic import Field

from services.access.principals.tokens.schemas import form_of
from shared.web.contract.contract import Described

_PAGE = "https://escm.example.org/access/device"
DEVICE_FORM = form_of(
    "client_id",
    scope={"type": "string"},
    resource={"type": "string", "description": "This API, as its metadata name it (RFC 8707)."},
)


class DeviceCodes(Described):
    """RFC 8628, 3.2."""

    device_code: Annotated[str, Field(examples=["1n9cOZlxmFvN0Kc2sd8b"]), "What the device gets a token for."]
    user_code: Annotated[str, Field(examples=["BCDF-GHJK"]), "What the person enters."]
    verification_uri: Annotated[str, Field(examples=[_PAGE]), "Where the person enters it."]
    verification_uri_complete: Annotated[
        str, Field(examples=[f"{_PAGE}?user_code=BCDF-GHJK"]), "The same, with the code; the person still confirms it."
    ]
    expires_in: Annotated[int, Field(examples=[600]), "Seconds."]
    interval: Annotated[int, Field(examples=[5]), "Seconds to wait between two requests for a token."]
