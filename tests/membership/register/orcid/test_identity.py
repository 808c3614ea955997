"""Who signs in to their account by ORCID has the iD in their record, as after `orcid_link`."""

from collections.abc import Awaitable, Callable
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.membership.settings import MembershipSettings
from shared.contracts.access import IDENTITY_LINKED
from shared.database.pool import Database
from tests.membership.register.orcid.conftest import Member
from tests.support.callers import CALLERS, Caller
from tests.support.facts import deliver

NewOwner = Callable[..., Awaitable[Member]]
_PROVIDER = """
INSERT INTO access_identity_provider (id, version, status, visibility, created_at, created_by, updated_at, updated_by,
    code, titles, issuer, client_id, auth, scopes, countries, domains, claims, levels, accounts)
VALUES ($1, 1, 'retired', 'restricted', now(), 'system', now(), 'system',
    $3, '{}', $2, 'escm', 'private_key_jwt', '{}', '{}', '{}', '{}', '{}', 'invited')
"""
_IDENTITY = """
INSERT INTO access_identity (id, version, status, visibility, created_at, created_by, updated_at, updated_by,
    account_id, provider, issuer, subject)
VALUES ($1, 1, 'linked', 'restricted', now(), 'system', now(), 'system', $2, $3, $4, $5)
"""


async def _linked(superuser: asyncpg.Connection, person: Member, issuer: str, subject: str) -> UUID:
    """The identity that access has linked with the account of the person."""
    provider, identity = uuid4(), uuid4()
    await superuser.execute(_PROVIDER, provider, issuer, f"p{provider.hex[:12]}")
    await superuser.execute(_IDENTITY, identity, CALLERS[person.caller.name].id, provider, issuer, subject)
    return identity


@pytest.fixture
async def database(settings: MembershipSettings) -> Database:
    return await Database.open(settings.database_dsn(), size=2)


async def test_the_record_has_the_id_with_which_the_person_signs_in(
    owner: NewOwner, admin: Caller, superuser: asyncpg.Connection, database: Database
) -> None:
    person = await owner()
    identity = await _linked(superuser, person, "https://orcid.org", person.orcid)
    await deliver(database, IDENTITY_LINKED, str(identity))
    record = (await admin.get(person.path)).json()
    assert (record["orcid"], record["orcid_authenticated"]) == (person.orcid, True)
    assert record["asserted"]["orcid"]["by"] == "orcid"
    (line, *_) = (await admin.get(f"{person.path}/history")).json()["items"]
    assert (line["action"], line["by"]["kind"]) == ("orcid_link", "system")
    await deliver(database, IDENTITY_LINKED, str(identity))
    assert (await admin.get(person.path)).json()["version"] == record["version"]
    await database.close()


@pytest.mark.parametrize("issuer", ["https://sandbox.orcid.org", "https://orcid.org/", "https://id.gov.example"])
async def test_another_provider_proves_no_id(
    owner: NewOwner, admin: Caller, superuser: asyncpg.Connection, database: Database, issuer: str
) -> None:
    person = await owner()
    await deliver(database, IDENTITY_LINKED, str(await _linked(superuser, person, issuer, person.orcid)))
    assert (await admin.get(person.path)).json()["orcid_authenticated"] is False
    await database.close()


async def test_what_is_no_id_and_an_id_of_another_record_stay(
    owner: NewOwner, admin: Caller, superuser: asyncpg.Connection, database: Database
) -> None:
    first, second, third = await owner(), await owner(), await owner()
    await deliver(database, IDENTITY_LINKED, str(await _linked(superuser, third, "https://orcid.org", "somebody")))
    assert (await admin.get(third.path)).json()["orcid"] is None
    await deliver(database, IDENTITY_LINKED, str(await _linked(superuser, first, "https://orcid.org", first.orcid)))
    identity = await _linked(superuser, second, "https://orcid.org", f"https://orcid.org/{first.orcid}")
    await deliver(database, IDENTITY_LINKED, str(identity))
    assert (await admin.get(second.path)).json()["orcid"] is None
    assert (await admin.get(first.path)).json()["orcid"] == first.orcid
    await database.close()
