"""Accounts and clients for trying the system. Their passwords and secrets are public, so production refuses them."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from deploy.demonstration.accounts import COUNTRIES
from services.access.administration import enter_account, enter_client, enter_grant, setting_up
from services.access.settings import AccessSettings
from shared.database.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class _Person:
    name: str
    grants: tuple[tuple[str, str, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class _Machine:
    name: str
    country: str | None
    verbs: tuple[str, ...]
    roles: tuple[str, ...]


def _in_each(role: str) -> tuple[tuple[str, str, str | None], ...]:
    return tuple((role, "country", country) for country in COUNTRIES)


_PEOPLE = {
    "admin": _Person("Amina Admin", (("secretariat_admin", "global", None),)),
    "admin2": _Person("Bruno Admin", (("secretariat_admin", "global", None),)),
    "officer": _Person(
        "Olga Officer", (("secretariat_officer", "country", "XA"), ("secretariat_officer", "country", "XB"))
    ),
    "reviewer1": _Person("Rafael Reviewer"),
    "reviewer2": _Person("Rosa Reviewer"),
    "expert": _Person("Elif Expert"),
    "officer2": _Person("Otto Officer", _in_each("secretariat_officer")),
    "focal_point": _Person("Fatou Focal", _in_each("government_focal_point")),
    "author": _Person("Ada Author", _in_each("national_author")),
    "publisher": _Person("Paul Publisher", _in_each("national_publisher")),
    "operator": _Person("Oda Operator", (("platform_operator", "global", None),)),
    "auditor": _Person("Abel Auditor", (("auditor", "global", None),)),
    "president": _Person("Petra President"),
    "secretary": _Person("Samir Secretary"),
    "director": _Person("Diego Director"),
    "representative": _Person("Rosalind Representative"),
    "member": _Person("Mira Member"),
    "editor_in_chief": _Person("Chika Chief"),
    "editor": _Person("Edda Editor"),
}
"""Reviewers and experts get roles over single records, with these records, and others with their office."""
_NATIONAL = ("government_focal_point", "national_author", "national_publisher")
_MACHINES = {
    "secretariat": _Machine("Demo secretariat", None, ("read", "write"), ("secretariat_admin",)),
    "government_xa": _Machine("Demo government of Alphaland", "XA", ("read", "write"), _NATIONAL),
    "government_xb": _Machine("Demo government of Betaland", "XB", ("read", "write"), _NATIONAL),
    "auditor": _Machine("Demo auditor", None, ("read",), ("auditor",)),
}


class NotInProduction(Exception):
    """Demo accounts have public passwords."""


async def load(database_url: str) -> dict[str, Any]:
    """Creates the missing demo accounts and clients; returns all of them, as in `stack.json`.

    Existing ones stay unchanged. Raises NotInProduction.
    """
    if AccessSettings(database_url=database_url).is_guarded:
        raise NotInProduction("The demo data is not for production: its passwords are public.")
    async with setting_up(database_url) as uow:
        accounts = {key: await _account(uow, key, person) for key, person in _PEOPLE.items()}
        clients = {key: await _client(uow, key, machine) for key, machine in _MACHINES.items()}
    return {"clients": clients, "accounts": accounts}


async def appoint(database_url: str, account: str, role: str, kind: str, scope: UUID) -> None:
    """Gives an account a role over one record, unless it has it."""
    async with setting_up(database_url) as uow:
        known = "SELECT 1 FROM access_grant WHERE principal_id = $1 AND role = $2 AND scope_id = $3"
        if await uow.connection.fetchval(known, UUID(account), role, str(scope)) is None:
            await enter_grant(uow, "account", UUID(account), role, kind, str(scope))


async def _account(uow: UnitOfWork, key: str, person: _Person) -> dict[str, str]:
    email, password = f"{key}@demo.example", f"demo-{key}-password"
    found: UUID | None = await uow.connection.fetchval("SELECT id FROM access_account WHERE email_key = $1", email)
    if found is None:
        found = await enter_account(uow, email, person.name, password)
        for role, kind, scope in person.grants:
            await enter_grant(uow, "account", found, role, kind, scope)
    return {"username": email, "password": password, "account_id": str(found)}


async def _client(uow: UnitOfWork, key: str, machine: _Machine) -> dict[str, str]:
    client_id, secret = f"demo-{key.replace('_', '-')}", f"demo-{key.replace('_', '-')}-secret"
    if await uow.connection.fetchval("SELECT 1 FROM access_client WHERE client_id = $1", client_id) is None:
        await enter_client(uow, client_id, secret, machine.name, machine.country, machine.verbs, machine.roles)
    return {"id": client_id, "secret": secret}
