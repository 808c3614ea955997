"""Failed authentications and refusals as security events: counted, and logged without personal data."""

import hmac
import time

import structlog
from starlette.types import Scope

from shared.configuration.sealing import derived_key
from shared.kernel.addresses import site_of
from shared.kernel.errors import ErrorCategory, EscmError
from shared.observability.metrics import SECURITY_EVENTS
from shared.web.request.request_authenticator import principal_of

MOST_LOGGED = 50
"""Events a second that a process logs; all are counted."""
_KINDS = {
    "invalid_grant": "sign_in_failed",
    "invalid_client": "client_refused",
    "invalid_token": "bad_token",
    "invalid_dpop_proof": "bad_token",
    "rate_limited": "throttled",
}
_LOG = structlog.get_logger("escm.security")


class SecurityEvents:
    """The security events of one service.

    A line has the kind, the route's template, the id of an authenticated principal, and a keyed hash of the caller's
    address: events of one address can be grouped, and the address cannot be derived from it.
    """

    def __init__(self, service: str, secret: bytes) -> None:
        self._service = service
        self._key = derived_key(secret, "escm security events")
        self._second = 0
        self._logged = 0

    def note(self, scope: Scope, error: EscmError) -> None:
        """Counts and logs the failure of a request if it is a security event."""
        kind = "forbidden" if error.kind is ErrorCategory.FORBIDDEN else _KINDS.get(error.code)
        if kind is None:
            return
        SECURITY_EVENTS.labels(self._service, kind).inc()
        if self._may_log():
            principal = principal_of(scope)
            _LOG.warning(
                "security_event",
                service=self._service,
                kind=kind,
                code=error.code,
                route=getattr(scope.get("route"), "path", None),
                principal=principal.label if principal else None,
                place=self._place(scope),
            )

    def _may_log(self) -> bool:
        second = int(time.monotonic())
        if second != self._second:
            self._second, self._logged = second, 0
        self._logged += 1
        return self._logged <= MOST_LOGGED

    def _place(self, scope: Scope) -> str | None:
        client = scope.get("client")
        return hmac.digest(self._key, site_of(client[0]).encode(), "sha256").hex()[:16] if client else None
