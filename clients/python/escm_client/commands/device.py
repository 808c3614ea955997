"""Signing in elsewhere, since this machine has no browser: a code that the person enters there (RFC 8628)."""

from collections.abc import Callable
from typing import Any

from ..credentials import Renewed, Session, tokens
from ..errors import InvalidRequest
from ..transport import Transport
from .browser import COMMAND_LINE

_CODES, _GRANT = "/access/v1/oauth/device_authorization", "urn:ietf:params:oauth:grant-type:device_code"


class Device(Session):
    """A person who enters a code elsewhere, since this machine has no browser, in an installation that gives such codes
    (RFC 8628). `show` gets the address and the code. The first request waits until the person has decided; raises
    InvalidRequest `access_denied` or `expired_token` otherwise."""

    def __init__(self, show: Callable[[str, str], object], renewed: Renewed | None = None) -> None:
        super().__init__({"client_id": COMMAND_LINE}, renewed)
        self._show = show

    def _request(self, transport: Transport) -> dict[str, Any]:
        if self._refresh:
            return super()._request(transport)
        codes = transport.send("POST", _CODES, form=self._client, anonymous=True).json()
        self._show(codes["verification_uri"], codes["user_code"])
        form = {"grant_type": _GRANT, "device_code": codes["device_code"], **self._client}
        pause = float(codes.get("interval", 5))
        while True:
            transport.sleep(pause)
            try:
                return tokens(transport, form)
            except InvalidRequest as waiting:
                if waiting.code not in ("slow_down", "authorization_pending"):
                    raise
                pause += 5 if waiting.code == "slow_down" else 0
