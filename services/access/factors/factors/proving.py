"""Proving a second factor at a sign-in. A wrong code or answer is counted, so that the caller commits either way."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.access.factors.factors import domain, queries
from services.access.factors.factors.operations import FACTORS, unlock, use_once
from services.access.factors.factors.queries import Provable
from services.access.factors.factors.record import Factor
from services.access.factors.kinds import codes
from services.access.factors.kinds.passkeys import (
    AnswerNotValid,
    ChallengeNotValid,
    Stored,
    credential_in,
    read_answer,
)
from services.access.factors.kinds.service import FactorService
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import SYSTEM
from shared.kernel.step_up import Level

PASSWORD = "pwd"  # noqa: S105
CODE, ANSWER = (PASSWORD, "otp", "mfa"), ("pop", "user", "mfa")
"""The methods (RFC 8176) of a password with a code, and of a passkey that checked the person."""


@dataclass(frozen=True, slots=True)
class Proof:
    """Whose factor was proved, the level of that, and its methods."""

    account: UUID
    level: Level
    methods: Sequence[str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why nothing was proved: the code of a problem. `until` is when a lock ends."""

    code: str
    until: datetime | None = None


_WRONG, _OTHER_CHALLENGE = Refusal("code_not_valid"), Refusal("challenge_not_valid")


def proof_by(confirmed: Factor) -> Proof:
    """What the confirmation of a new factor proves: what a sign-in with it does."""
    level, methods = (Level.PASSKEY, ANSWER) if confirmed.kind == domain.PASSKEY else (Level.TWO_FACTORS, CODE)
    return Proof(confirmed.account_id, level, methods)


async def prove_code(uow: UnitOfWork, factor_service: FactorService, account: UUID, typed: str) -> Proof | Refusal:
    """Proves a code of the account's app, or a recovery code, which is used up."""
    code = codes.plain(typed)
    kind = domain.TOTP if codes.is_of_app(code) else domain.RECOVERY_CODES
    found = next((one for one in await queries.lock_provable(uow.connection, account) if one.factor.kind == kind), None)
    if found is None:
        return _WRONG
    found = await _after_its_lock(uow, found)
    if found.factor.status == "locked":
        return Refusal("factor_locked", found.factor.locked_until)
    used = _used(factor_service, found, code)
    if used is None:
        return await _count(uow, found)
    await queries.note(uow.connection, found, **used, failures=0, locks=0, used_at=now())
    return Proof(account, Level.TWO_FACTORS, CODE)


async def prove_passkey(
    uow: UnitOfWork, factor_service: FactorService, answer_text: str, purpose: str, account: UUID | None = None
) -> Proof | Refusal:
    """Proves a passkey, of this account if one is given, by the answer of a browser to a challenge for this purpose.

    A counter that goes back means that the passkey was copied, and locks it for good.
    """
    try:
        answer = read_answer(answer_text)
        challenge = factor_service.passkeys.challenge_in(answer, purpose, now())
        await use_once(uow, challenge)
        found = await queries.lock_passkey(uow.connection, credential_in(answer))
        if found is None or account not in (None, found.factor.account_id):
            return _WRONG
        if found.factor.status == "locked":
            return Refusal("factor_locked")
        stored = Stored(*(found.secrets[name] for name in ("credential", "public_key", "counter")))
        counter = factor_service.passkeys.counter_of(answer, challenge, stored)
    except ChallengeNotValid:
        return _OTHER_CHALLENGE
    except AnswerNotValid:
        return _WRONG
    if counter <= stored.counter and (counter or stored.counter):
        await _lock(uow, found, None)
        return Refusal("factor_locked")
    await queries.note(uow.connection, found, counter=counter, used_at=now())
    return Proof(found.factor.account_id, Level.PASSKEY, ANSWER)


def _used(factor_service: FactorService, found: Provable, code: str) -> dict[str, object] | None:
    """What a right code changes."""
    if found.factor.kind == domain.RECOVERY_CODES:
        digest, left = codes.digest(code), [bytes(known) for known in found.secrets["codes"]]
        return {"codes": [known for known in left if known != digest]} if digest in left else None
    secret = factor_service.opened(found.secrets["sealed"], found.factor.id)
    step = codes.used_step(secret, code, now(), found.secrets["last_step"]) if secret else None
    return None if step is None else {"last_step": step}


async def _count(uow: UnitOfWork, found: Provable) -> Refusal:
    """Counts a wrong code, and locks the factor after the fifth."""
    failures, locks = found.secrets["failures"] + 1, found.secrets["locks"]
    if failures < domain.TRIES:
        await queries.note(uow.connection, found, failures=failures)
        return _WRONG
    await queries.note(uow.connection, found, failures=0, locks=locks + 1)
    until = now() + domain.lock_of(found.factor.kind, locks)
    await _lock(uow, found, until)
    return Refusal("factor_locked", until)


async def _lock(uow: UnitOfWork, found: Provable, until: datetime | None) -> None:
    """Locks a factor, as the system, so that its owner is notified."""
    uow.origin = replace(uow.origin, actor=SYSTEM)
    await FACTORS.apply_scheduled(uow, found.factor, domain.LOCK, replace(found.factor, locked_until=until))


async def _after_its_lock(uow: UnitOfWork, found: Provable) -> Provable:
    factor = found.factor
    if factor.status == "locked" and factor.locked_until is not None and factor.locked_until <= now():
        return replace(found, factor=await unlock(uow, factor))
    return found
