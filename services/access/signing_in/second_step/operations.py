"""Adding factors on pages, and proving one."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import orjson
from markupsafe import Markup

from services.access.factors.factors import domain
from services.access.factors.factors import operations as factors
from services.access.factors.factors.record import Factor
from services.access.factors.kinds import codes, passkeys
from services.access.factors.kinds.service import FactorService
from services.access.principals.accounts.queries import usable
from services.access.principals.tokens.authentication import TokenService
from services.access.signing_in.browsers import operations as browsers
from shared.kernel.errors import Conflict, Invalid, Malformed

ADDING = {f"add_{kind}": kind for kind in domain.KINDS}
"""The actions of forms that add a factor, with its kind."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page about a new factor: its template, and its values."""

    template: str
    values: Mapping[str, object]


async def add(service: TokenService, account: UUID, kind: str, name: str) -> Shown:
    """Adds a factor. The page shows once what proves it. Raises Conflict if the person has too many."""
    factor_service = FactorService.of(service.settings)
    async with browsers.acting(service.database, account) as uow:
        owner = await usable(uow.connection, account)
        if owner is None:
            raise Malformed("The account is no longer in use.", code="form_expired")
        added = await factors.add(uow, factor_service, owner, kind, factors.printable(name) or owner.name)
    if kind == domain.RECOVERY_CODES:
        return Shown("recovery_codes.html", {"codes": added.once.codes})
    picture = Markup(codes.picture(added.once.otpauth)) if kind == domain.TOTP else None  # noqa: S704 -- made here
    values = {"factor": added.factor, "secret": added.once.secret, "picture": picture, "wrong": None}
    options = orjson.dumps(added.once.options).decode() if kind == domain.PASSKEY else None
    return Shown("confirm_factor.html", {**values, "options": options})


async def confirm(service: TokenService, account: UUID, key: UUID, form: Mapping[str, str]) -> Factor | Shown:
    """The confirmed factor; a page if the code is wrong. Raises Malformed if it waits no longer."""
    factor_service = FactorService.of(service.settings)
    try:
        fields = {"code": form.get("code", ""), "credential": _answer(form.get("credential"))}
        async with browsers.acting(service.database, account) as uow:
            confirmed = await factors.confirm_own(uow, factor_service, account, key, fields)
    except (Invalid, Conflict) as refused:
        values = {"factor": {"id": key, "kind": domain.TOTP}, "secret": None, "picture": None, "options": None}
        if form.get("credential"):
            raise Malformed("Add the passkey once more.", code=refused.code) from None
        return Shown("confirm_factor.html", {**values, "wrong": refused.code})
    if confirmed is None:
        raise Malformed("The factor no longer waits.", code="form_expired")
    return confirmed


def _answer(text: str | None) -> Mapping[str, object] | None:
    try:
        return None if text is None else passkeys.read_answer(text)
    except passkeys.ChallengeNotValid:
        raise factors.challenge_not_valid() from None
