"""Keys turn by themselves, are published before they sign, and vouch until no certificate needs them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from pydantic import SecretStr

from services.membership.issuing.credentials import queries
from services.membership.issuing.credentials.domain import certificate_of, credential_document
from services.membership.issuing.credentials.operations import read
from services.membership.issuing.credentials.signing import Signer, SigningKeyStore
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now, today
from tests.membership.certificates.certificates.test_certificates import issued, participation
from tests.membership.issuing.credentials.conftest import CREDENTIAL
from tests.membership.issuing.credentials.test_documents import claims_of
from tests.membership.issuing.credentials.test_http import DID, ISSUER, Member, token_of, web_of
from tests.membership.issuing.credentials.verifying import verify
from tests.support.callers import Caller
from tests.support.clock import Clock

_LAST_KEY = "UPDATE member_credential_key SET signs_until = now() + $1 WHERE signs_until > now()"
_RESTORE = """
INSERT INTO member_credential_key VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (kid) DO UPDATE SET private = excluded.private, signs_from = excluded.signs_from,
    signs_until = excluded.signs_until
"""


@pytest.fixture
def settings(database_url: str, redis_url: str) -> MembershipSettings:
    return MembershipSettings(database_url=database_url, redis_url=redis_url)


@pytest.fixture
async def signer(
    database: Database, settings: MembershipSettings, superuser: asyncpg.Connection
) -> AsyncIterator[Signer]:
    """A signer beside that of the app. Afterwards the keys of before are as they were."""
    before = await superuser.fetch("SELECT * FROM member_credential_key")
    yield Signer(database, settings)
    await superuser.executemany(_RESTORE, [tuple(row) for row in before])


async def _rotate(database: Database, settings: MembershipSettings) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await SigningKeyStore(settings).rotate(uow)


async def _published(database: Database) -> list[str]:
    async with database.acquire() as connection:
        return [key["kid"] for key in await queries.published_keys(connection, now())]


async def _certificate(database: Database, token: str) -> Any:
    async with database.acquire() as connection:
        return await read(connection, token, ISSUER)


async def test_a_successor_is_published_a_day_before_it_signs(
    signer: Signer, database: Database, settings: MembershipSettings, superuser: asyncpg.Connection
) -> None:
    first = await signer.key()
    await _rotate(database, settings)
    assert (await _published(database))[0] == first.kid
    await superuser.execute(_LAST_KEY, timedelta(hours=47))
    known = set(await _published(database))
    for _ in range(2):
        await _rotate(database, settings)
    published = await _published(database)
    (successor,) = set(published) - known
    assert (published[0], (await signer.key(is_new=True)).kid) == (first.kid, first.kid)
    starts = await superuser.fetchval("SELECT signs_from FROM member_credential_key WHERE kid = $1", successor)
    assert timedelta(hours=23) < starts - now() <= timedelta(days=1)
    await superuser.execute("UPDATE member_credential_key SET signs_from = now() WHERE kid = $1", successor)
    assert (await _published(database))[0] == (await signer.key(is_new=True)).kid == successor


@pytest.mark.long("turns keys and verifies by commands")
async def test_after_a_key_turns_old_credentials_verify(
    member: Member,
    admin: Caller,
    anonymous: Caller,
    signer: Signer,
    database: Database,
    settings: MembershipSettings,
    superuser: asyncpg.Connection,
    clock: Clock,
) -> None:
    _, record = await member()
    made = await issued(admin, await participation(admin, record["id"]))
    old = await token_of(admin, made)
    await superuser.execute(_LAST_KEY, timedelta(hours=1))
    await _rotate(database, settings)
    await superuser.execute("UPDATE member_credential_key SET signs_from = now() WHERE signs_from > now()")
    await superuser.execute("UPDATE member_credential_key SET signs_until = now() WHERE signs_until < now() + '1 day'")
    await _rotate(database, settings)
    without = await superuser.fetch("SELECT kid FROM member_credential_key WHERE private IS NULL")
    assert claims_of(old)["iss"] == DID
    new = await signer.credential(CREDENTIAL)
    assert len(without) >= 1
    clock.advance(20)
    verify(old, DID, await web_of(anonymous, old))
    assert await _certificate(database, old) == UUID(made["id"])
    assert await _certificate(database, new) == CREDENTIAL.certificate_id


async def test_a_key_vouches_while_a_certificate_of_its_time_is_in_force(
    member: Member,
    admin: Caller,
    signer: Signer,
    database: Database,
    settings: MembershipSettings,
    superuser: asyncpg.Connection,
) -> None:
    _, record = await member()
    made = await issued(admin, await participation(admin, record["id"]))
    key = (await signer.key()).kid
    long_ago = now() - timedelta(days=3_000)
    await superuser.execute("UPDATE member_credential_key SET signs_until = $1", long_ago)
    await superuser.execute("UPDATE member_certificate SET created_at = $2 WHERE id = $1", UUID(made["id"]), long_ago)
    await superuser.execute("UPDATE member_credential_key SET signs_until = $1", long_ago + timedelta(days=1))
    await _rotate(database, settings)
    assert key in await _published(database)
    await superuser.execute(
        "UPDATE member_certificate SET valid_to = $2 WHERE id = $1", UUID(made["id"]), today() - timedelta(days=1)
    )
    await _rotate(database, settings)
    assert key not in await _published(database)


async def test_another_secret_of_the_installation_makes_another_key(
    signer: Signer, database: Database, settings: MembershipSettings, superuser: asyncpg.Connection
) -> None:
    first = await signer.key()
    changed = settings.model_copy(update={"secret_key": SecretStr("another secret of the installation")})
    second = await Signer(database, changed).key()
    assert second.kid != first.kid
    assert (await _published(database))[0] == second.kid
    assert {first.kid, second.kid} <= set(await _published(database))
    await superuser.execute("DELETE FROM member_credential_key WHERE kid = $1", second.kid)


async def test_signers_that_start_together_make_one_key(
    signer: Signer, database: Database, settings: MembershipSettings, superuser: asyncpg.Connection
) -> None:
    await superuser.execute("DELETE FROM member_credential_key")
    keys = await asyncio.gather(signer.key(), *(Signer(database, settings).key() for _ in range(2)))
    assert len({key.kid for key in keys}) == len(await _published(database)) == 1


async def test_a_key_that_was_deleted_verifies_nothing(
    signer: Signer, database: Database, superuser: asyncpg.Connection
) -> None:
    token = await signer.credential(CREDENTIAL)
    assert await _certificate(database, token) == CREDENTIAL.certificate_id
    assert certificate_of(claims_of(token)) == certificate_of(credential_document(CREDENTIAL, ISSUER))
    await superuser.execute("DELETE FROM member_credential_key")
    assert await _certificate(database, token) is None
