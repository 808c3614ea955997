"""Refuses persons whose sign-in is too old or too weak for an operation, from the claims of their token (RFC 9470)."""

import time

from fastapi import Request

from shared.auth.tokens import Bearer
from shared.kernel.errors import Forbidden, Unauthenticated
from shared.kernel.principal import Principal, PrincipalKind
from shared.kernel.step_up import Level, StepUp
from shared.web.request.request_context import header_of


class InsufficientSignIn(Unauthenticated):
    """The person must sign in again, at a level and a short time ago."""

    code = "insufficient_user_authentication"

    def __init__(self, level: Level, max_age: int) -> None:
        asked = f'acr_values="{level}", max_age="{max_age}"'
        super().__init__(
            "Sign in again as `acr_values` and `max_age` say, and repeat the request with the new token.",
            members={"acr_values": str(level), "max_age": max_age},
            headers={"WWW-Authenticate": f'Bearer realm="escm", error="{self.code}", {asked}'},
        )


async def require_step_up(request: Request, principal: Principal, asked: StepUp) -> None:
    """Raises InsufficientSignIn for a person whose token does not show such a sign-in, Forbidden `needs_a_person` for a
    key of a person, and if the break-glass account would get a way in. A client that acts for itself is no person.

    A token for a password alone, which only laptops and tests give, says nothing of a sign-in and passes there.
    """
    if principal.kind not in (PrincipalKind.ACCOUNT, PrincipalKind.KEY):
        return
    if principal.is_break_glass and asked.least is Level.ONE_FACTOR:
        raise Forbidden("The break-glass account gets no way in of its own.", code="needs_a_person")
    header = header_of(request, b"authorization")
    bearer: Bearer | None = await request.app.state.authenticator.bearer(header) if header else None
    if principal.kind is PrincipalKind.KEY:
        if bearer is None or bearer.of_person:
            raise Forbidden("A key cannot do this for a person: they do it themselves.", code="needs_a_person")
        return
    shown = bearer.claims.sign_in if bearer and bearer.claims else None
    if shown is None:
        if bearer is None or request.app.state.settings.environment == "production":
            raise InsufficientSignIn(asked.level_for(Level.ONE_FACTOR), asked.max_age)
        return
    level = asked.level_for(shown.best)
    if not shown.level.reaches(level) or time.time() - shown.at > asked.max_age:
        raise InsufficientSignIn(level, asked.max_age)
