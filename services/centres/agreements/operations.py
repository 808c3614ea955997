"""Writing agreements: one function per verb, and the end that time brings."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from services.centres.agreements import domain, queries
from services.centres.agreements.record import Agreement
from services.centres.agreements.tables import agreement
from services.centres.references import require_institutions
from services.centres.registration.domain import PUBLISHED
from services.centres.registration.queries import centre_of
from shared.database.statements import Row
from shared.database.unit_of_work import Connect, UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Conflict, invalid_field
from shared.kernel.lifecycle import Lifecycle
from shared.kernel.principal import Principal
from shared.kernel.text import search_key
from shared.records.access_scope import AccessScope
from shared.records.references import CENTRES, reading_access
from shared.records.resource_type import ResourceType, TransitionRequest, permitted, require

AGREEMENTS: ResourceType[domain.AgreementGuardContext] = ResourceType.of(Agreement, agreement, domain.LIFECYCLE)
_LAST: ResourceType[domain.AgreementGuardContext] = ResourceType.of(Agreement, agreement, domain.LAST_SIGNATURE)


def lifecycle_of(row: Mapping[str, Any]) -> Lifecycle[domain.AgreementGuardContext]:
    """The lifecycle of an agreement as it stands: the last signature leads elsewhere than those before."""
    return _kind_of(row).lifecycle


async def create(uow: UnitOfWork, access: AccessScope, values: Mapping[str, Any]) -> Row:
    """An agreement: in force where every party has signed, else drafting. Its first day may lie ahead.

    Raises Invalid for a centre or institution that the caller does not know, Forbidden outside the caller's grant.
    """
    centre = await centre_of(uow.connection, values["centre_id"])
    if centre is None or not reading_access(uow.origin.actor, CENTRES).knows(centre, PUBLISHED):
        raise invalid_field("/centre_id", "unknown_reference", "There is no such centre.")
    require(access, "create", centre["country"], centre["id"])
    await require_institutions(uow, _institutions(values["parties"]))
    _require_order(values)
    place = {"country": centre["country"], "visibility": "restricted"}
    status = domain.first_status(values["parties"])
    return await AGREEMENTS.insert(uow, {**values, **place, **_derived(values), "status": status})


async def update(uow: UnitOfWork, _access: AccessScope, seen: Row, values: Mapping[str, Any]) -> Row:
    """The agreement with new values. Raises Conflict where somebody has signed or it has ended."""
    before = await AGREEMENTS.lock(uow, seen["id"], seen["version"])
    if values["centre_id"] != before["centre_id"]:
        raise invalid_field("/centre_id", "invalid_value", "An agreement stays with its centre.")
    if before["status"] not in domain.OPEN_TO_CHANGE and any(before[name] != values[name] for name in values):
        raise Conflict("A signed agreement cannot be changed.")
    if values["parties"] != before["parties"]:
        if not domain.unsigned(values["parties"]):
            raise invalid_field("/parties", "invalid_value", "Use the transition `sign` for the last signature.")
        await require_institutions(uow, _institutions(values["parties"]))
    _require_order(values)
    return await AGREEMENTS.update(uow, before, {**values, **_derived(values)})


async def transition(uow: UnitOfWork, access: AccessScope, seen: Row, requested: TransitionRequest) -> Row:
    """One step of the lifecycle. Raises what `Lifecycle.advance` raises, Invalid for a party that cannot sign."""
    before = await AGREEMENTS.lock(uow, seen["id"], seen["version"])

    def effects(_target: str) -> dict[str, Any]:
        if requested.action != "sign":
            return {}
        open_names = domain.unsigned(before["parties"])
        name = requested.fields.get("party") or (open_names[0] if len(open_names) == 1 else None)
        if name not in open_names:
            raise invalid_field("/fields/party", "not_one_of", "The name of a party that has not signed.")
        day = requested.fields.get("signed_at") or today()
        return {"parties": domain.signed(before["parties"], name, requested.fields.get("signatory"), day)}

    guard_context = domain.AgreementGuardContext()
    return await _kind_of(before).apply_transition(
        uow, before, requested, guard_context, permitted(access, before), effects
    )


async def load_guard_context(
    _connect: Connect, _principal: Principal, _row: Mapping[str, Any], _fields: Mapping[str, Any]
) -> domain.AgreementGuardContext:
    """Agreements have no guards."""
    return domain.AgreementGuardContext()


async def apply_scheduled(uow: UnitOfWork) -> None:
    """Expires agreements whose last day is over."""
    for before in await queries.lock_over(uow.connection, today()):
        await AGREEMENTS.apply_scheduled(uow, before, "expire")


def _kind_of(row: Mapping[str, Any]) -> ResourceType[domain.AgreementGuardContext]:
    parties = row["parties"]
    parsed = orjson.loads(parties) if isinstance(parties, str) else parties
    return _LAST if domain.is_last_signature(parsed) else AGREEMENTS


def _institutions(parties: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        f"/parties/{n}/institution_id": UUID(party["institution_id"])
        for n, party in enumerate(parties)
        if party["institution_id"] is not None
    }


def _derived(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"search_key": search_key(*(party["name"] for party in values["parties"]))}


def _require_order(values: Mapping[str, Any]) -> None:
    effective, expires = values["effective"], values["expires"]
    if effective is not None and expires is not None and expires < effective:
        raise invalid_field("/expires", "invalid_date", "An agreement expires after it takes effect.")
