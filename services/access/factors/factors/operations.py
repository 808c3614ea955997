"""Writing second factors. Each change writes the row, one audit entry and one fact, none of which has a secret."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.access.factors.factors import domain, queries
from services.access.factors.factors.domain import FactorGuardContext
from services.access.factors.factors.record import Factor
from services.access.factors.factors.tables import factor
from services.access.factors.kinds import codes
from services.access.factors.kinds.passkeys import AnswerNotValid, Challenge, ChallengeNotValid
from services.access.factors.kinds.service import FactorService
from services.access.principals.accounts.record import Account
from services.access.principals.sessions import operations as sessions
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, Invalid
from shared.kernel.lifecycle import Fields
from shared.kernel.principal import Principal
from shared.records.access_scope import AccessScope
from shared.records.requirements import permitted
from shared.records.resource_type import ResourceType, TransitionRequest

FACTORS: ResourceType[Factor, FactorGuardContext] = ResourceType.of(Factor, factor, domain.LIFECYCLE)
FACTOR_SERVICE = "factor service"
"""In the scratch of a unit of work: the `FactorService`."""
LONGEST_NAME = 200
_OWNER = FactorGuardContext(is_owner=True)


@dataclass(frozen=True, slots=True)
class Once:
    """What is shown once of a new factor: the secret of an app and the address by which an app takes it, the options by
    which a browser makes a passkey, or recovery codes."""

    secret: str | None = None
    otpauth: str = ""
    options: Mapping[str, object] | None = None
    codes: Sequence[str] | None = None

    @property
    def shown(self) -> Mapping[str, object]:
        """As members of a response."""
        return {"secret": self.secret, "otpauth": self.otpauth or None, "options": self.options, "codes": self.codes}


@dataclass(frozen=True, slots=True)
class Added:
    """A new factor, and what is shown of it once."""

    factor: Factor
    once: Once


def code_not_valid() -> Invalid:
    """The error for a wrong code, one that was used before, and an answer that no passkey of the factor made."""
    return Invalid("The code is wrong, was used before, or is over.", code="code_not_valid")


def challenge_not_valid() -> Invalid:
    """The error for an answer to another challenge than ours, or to one that was answered or is over."""
    return Invalid("Ask for another challenge, and answer it within 5 minutes.", code="challenge_not_valid")


def printable(name: str) -> str:
    """A name as it was typed on a page, on one line and not too long."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:LONGEST_NAME]


async def add(uow: UnitOfWork, factor_service: FactorService, owner: Account, kind: str, name: str) -> Added:
    """Adds a factor of the account. It waits for its confirmation, and replaces one of its kind that waits; recovery
    codes have nothing to confirm, and replace those before. Raises Conflict if the account has as many as it may."""
    living = [one for one in await queries.lock_living(uow.connection, owner.id) if one.kind == kind]
    for before in living:
        if before.status == "pending":
            await _expire(uow, before)
        elif kind == domain.RECOVERY_CODES:
            await _remove(uow, before, "replaced")
    is_full = len([one for one in living if one.status != "pending"]) >= domain.MOST[kind]
    if is_full and kind != domain.RECOVERY_CODES:
        detail = f"An account has at most {domain.MOST[kind]} factors of this kind."
        raise Conflict(detail, members={"reason": "too_many_factors"})
    new = replace(
        FACTORS.new({"kind": kind, "name": name}),
        status="active" if kind == domain.RECOVERY_CODES else "pending",
        visibility="restricted",
        account_id=owner.id,
    )
    added = await FACTORS.insert(uow, new, fact="activated" if kind == domain.RECOVERY_CODES else "created")
    if kind == domain.TOTP:
        secret = codes.new_secret()
        await queries.add_secret(uow.connection, added, factor_service.sealed(secret, added.id))
        return Added(added, Once(secret, codes.otpauth(secret, owner.email, factor_service.site)))
    if kind == domain.RECOVERY_CODES:
        made = codes.new_recovery_codes()
        await queries.add_secret(uow.connection, added, codes=[codes.digest(code) for code in made])
        return Added(added, Once(codes=made))
    await queries.add_secret(uow.connection, added)
    known = await queries.passkeys(uow.connection, owner.id)
    options = factor_service.passkeys.creation(str(added.id), owner.id, owner.email, owner.name, known)
    return Added(added, Once(options=options))


async def update(uow: UnitOfWork, _access: AccessScope, before: Factor, wanted: Factor) -> Factor:
    """Renames the factor."""
    return await FACTORS.update(uow, before, wanted)


async def transition(uow: UnitOfWork, access: AccessScope, before: Factor, requested: TransitionRequest) -> Factor:
    """Applies one transition. Raises what `Lifecycle.advance` raises, and Invalid `code_not_valid` or
    `challenge_not_valid` for a confirmation that proves nothing."""
    guard_context = FactorGuardContext(access.principal.is_account(before.account_id))
    after = await FACTORS.apply_transition(uow, before, requested, guard_context, permitted(access, before))
    if requested.action == domain.CONFIRM:
        await _prove(uow, uow.scratch[FACTOR_SERVICE], before, requested.fields)
    else:
        await _removed(uow, after)
        if not guard_context.is_owner:
            await sessions.end_all(uow, before.account_id, reason="factor removed")
    return after


async def confirm_own(
    uow: UnitOfWork, factor_service: FactorService, owner: UUID, chosen: UUID, fields: Fields
) -> Factor | None:
    """Confirms a waiting factor of the person; None if there is none. Raises Invalid as `transition` does."""
    before = next((one for one in await queries.lock_living(uow.connection, owner) if one.id == chosen), None)
    if before is None or before.status != "pending" or before.created_at + domain.PENDING <= now():
        return None
    await _prove(uow, factor_service, before, fields)
    requested = TransitionRequest(domain.CONFIRM, None, {})
    return await FACTORS.apply_transition(uow, before, requested, _OWNER, lambda _verb: True)


async def remove_own(uow: UnitOfWork, owner: UUID, chosen: UUID) -> None:
    """Removes a factor of the person; one that is not there does not change."""
    for before in await queries.lock_living(uow.connection, owner):
        if before.id == chosen:
            await _remove(uow, before, None)


async def name_own(uow: UnitOfWork, owner: UUID, chosen: UUID, name: str) -> None:
    """Renames a factor of the person; an empty name, or one that is not there, changes nothing."""
    shown = printable(name)
    for before in await queries.lock_living(uow.connection, owner):
        if before.id == chosen and shown:
            await FACTORS.update(uow, before, replace(before, name=shown))


async def remove_all(uow: UnitOfWork, owner: UUID, reason: str) -> None:
    """Removes every factor of an account."""
    for before in await queries.lock_living(uow.connection, owner):
        await FACTORS.apply_transition(
            uow, before, TransitionRequest(domain.REMOVE, reason, {}), _OWNER, lambda _verb: True
        )
        await queries.forget(uow.connection, before.id)


async def end_over(uow: UnitOfWork) -> int:
    """Removes up to 200 factors that nobody confirmed in time, and unlocks those whose lock is over. Returns how
    many."""
    found = await queries.over(uow.connection, now())
    for before in found:
        if before.status == "pending":
            await _expire(uow, before)
        else:
            await unlock(uow, before)
    return len(found)


async def unlock(uow: UnitOfWork, before: Factor) -> Factor:
    """The factor after its lock."""
    return await FACTORS.apply_scheduled(uow, before, domain.UNLOCK, replace(before, locked_until=None))


async def use_once(uow: UnitOfWork, challenge: Challenge) -> None:
    """Records that a challenge was answered. Raises ChallengeNotValid for a second answer."""
    if not await queries.use_once(uow.connection, challenge.digest, challenge.until):
        raise ChallengeNotValid


async def load_guard_context(
    _connect: Connect, principal: Principal, record: Factor, _fields: Fields
) -> FactorGuardContext:
    """Loads the input of the guards."""
    return FactorGuardContext(principal.is_account(record.account_id))


async def _prove(uow: UnitOfWork, factor_service: FactorService, before: Factor, fields: Fields) -> None:
    """Checks the first code or answer of a factor, and stores what follows from it."""
    if before.created_at + domain.PENDING <= now():
        raise code_not_valid()
    if before.kind == domain.PASSKEY:
        await _prove_passkey(uow, factor_service, before, fields.get("credential"))
        return
    secret = factor_service.opened(await queries.sealed_secret(uow.connection, before.id), before.id)
    code = codes.plain(str(fields.get("code", "")))
    step = codes.used_step(secret, code, now(), 0) if secret and codes.is_of_app(code) else None
    if step is None:
        raise code_not_valid()
    await queries.bind(uow.connection, before.id, last_step=step)


async def _prove_passkey(uow: UnitOfWork, factor_service: FactorService, before: Factor, answer: object) -> None:
    if not isinstance(answer, Mapping):
        raise challenge_not_valid()
    try:
        challenge = factor_service.passkeys.challenge_in(answer, str(before.id), now())
        await use_once(uow, challenge)
        made = factor_service.passkeys.made(answer, challenge)
    except ChallengeNotValid:
        raise challenge_not_valid() from None
    except AnswerNotValid:
        raise code_not_valid() from None
    await queries.bind(
        uow.connection, before.id, credential=made.credential, public_key=made.public_key, counter=made.counter
    )


async def _expire(uow: UnitOfWork, before: Factor) -> None:
    await FACTORS.apply_scheduled(uow, before, domain.EXPIRE)
    await queries.forget(uow.connection, before.id)


async def _remove(uow: UnitOfWork, before: Factor, reason: str | None) -> None:
    requested = TransitionRequest(domain.REMOVE, reason, {})
    await _removed(uow, await FACTORS.apply_transition(uow, before, requested, _OWNER, lambda _verb: True))


async def _removed(uow: UnitOfWork, after: Factor) -> None:
    """Deletes what proved a removed factor, and removes recovery codes that stand in for none."""
    await queries.forget(uow.connection, after.id)
    left = await queries.lock_living(uow.connection, after.account_id)
    if not any(one.kind in domain.SURE for one in left):
        for codes_left in left:
            await _remove(uow, codes_left, "the last factor was removed")
