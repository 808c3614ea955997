"""The authenticator caches what it verified for its bounded time."""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from joserfc.jwk import ECKey

from shared.auth import published, tokens
from shared.auth.keys import SKEW, Claims, InvalidToken, TokenRules, sign
from shared.auth.tokens import Authenticator
from shared.configuration.settings import Settings
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.kernel.errors import RateLimited
from shared.kernel.principal import PrincipalKind
from shared.ratelimit.limiter import Limit, RateLimiter
from tests.support.clock import Clock, stopped_clock

RULES = TokenRules("https://escm.invalid", "escm")


class Registry:
    """Writes the rows of the published views, as a superuser."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self.connection = connection
        self.key = ECKey.generate_key("P-256")

    async def publish(self, key: ECKey) -> str:
        kid = key.thumbprint()
        later = datetime.now(UTC) + timedelta(days=1)
        await self.connection.execute(
            "INSERT INTO escm.access_signing_key VALUES ($1, $2::text::jsonb, '', now(), now(), now(), $3)",
            kid,
            json.dumps({**key.as_dict(private=False), "kid": kid, "alg": "ES256"}),
            later,
        )
        return kid

    async def account(self, *countries: str) -> UUID:
        account = uuid7()
        await self.connection.execute(
            "INSERT INTO escm.access_account (id, version, status, visibility, created_at, created_by, updated_at,"
            " updated_by, email, email_key, name, search_key)"
            " VALUES ($1, 1, 'active', 'restricted', now(), 'x', now(), 'x', $2, $2, 'Ana', '')",
            account,
            f"{account}@example.org",
        )
        for country in countries:
            await self.grant(account, country)
        return account

    async def grant(self, account: UUID, country: str, starts: date | None = None, ends: date | None = None) -> None:
        await self.connection.execute(
            "INSERT INTO escm.access_grant (id, version, status, visibility, created_at, created_by, updated_at,"
            " updated_by, principal_kind, principal_id, role, scope_kind, scope_id, starts, ends)"
            " VALUES ($1, 1, 'active', 'restricted', now(), 'x', now(), 'x', 'account', $2, 'national_author',"
            " 'country', $3, $4, $5)",
            uuid7(),
            account,
            country,
            starts or datetime.now(UTC).date(),
            ends,
        )

    def token(self, account: UUID, key: ECKey | None = None, lifetime: int = 600) -> str:
        issued = int(time.time())
        key = key or self.key
        kid = key.thumbprint()
        claims = Claims(PrincipalKind.ACCOUNT, account, "", uuid7().hex, "", issued, issued + lifetime, kid)
        return f"Bearer {sign(claims, RULES, key)}"


@pytest_asyncio.fixture
async def registry(database_url: str) -> AsyncIterator[Registry]:
    connection = await asyncpg.connect(database_url)
    registry = Registry(connection)
    await registry.publish(registry.key)
    yield registry
    await connection.close()


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    settings = Settings(database_url=database_url)
    database = await Database.open(settings.database_dsn("membership"), size=2)
    yield database
    await database.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the authenticator, and of the tokens that are issued to it."""
    return stopped_clock(monkeypatch, published, tokens, sys.modules[__name__])


async def test_every_service_reads_living_grants(registry: Registry, database: Database) -> None:
    account = await registry.account("XA", "XB")
    today = datetime.now(UTC).date()
    await registry.grant(account, "XC", ends=today - timedelta(days=1), starts=today - timedelta(days=9))
    await registry.grant(account, "PK", starts=today + timedelta(days=1))
    await registry.grant(account, "KE", ends=today)
    principal = await Authenticator(database, Settings()).principal(registry.token(account))
    assert {grant.scope_id for grant in principal.grants} == {"XA", "XB", "KE"}
    assert (principal.kind, principal.id, principal.name) == (PrincipalKind.ACCOUNT, account, "Ana")


async def test_what_is_known_needs_no_database(registry: Registry, database: Database) -> None:
    token = registry.token(await registry.account("XA"))
    authenticator = Authenticator(database, Settings())
    first = await authenticator.principal(token)
    await database.close()
    assert await authenticator.principal(token) is first


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE escm.access_account SET status = 'suspended' WHERE id = $1",
        "INSERT INTO escm.access_revoked_token SELECT $2, 'account', $1, now() + interval '1 hour'",
    ],
)
async def test_a_stopped_account_or_token_stops(
    registry: Registry, database: Database, clock: Clock, change: str
) -> None:
    account = await registry.account("XA")
    token = registry.token(account)
    authenticator = Authenticator(database, Settings())
    claims = await authenticator.claims(token)
    arguments = [account, claims.token_id][: 1 + ("$2" in change)]
    await registry.connection.execute(change, *arguments)
    await authenticator.principal(token)
    clock.advance(30)
    with pytest.raises(InvalidToken):
        await authenticator.principal(token)


async def test_a_revoked_grant_stops(registry: Registry, database: Database, clock: Clock) -> None:
    account = await registry.account("XA")
    token = registry.token(account)
    authenticator = Authenticator(database, Settings())
    assert len((await authenticator.principal(token)).grants) == 1
    await registry.connection.execute(
        "UPDATE escm.access_grant SET status = 'revoked' WHERE principal_id = $1", account
    )
    clock.advance(30)
    assert (await authenticator.principal(token)).grants == ()


async def test_a_first_grant_counts_within_a_second(registry: Registry, database: Database, clock: Clock) -> None:
    account = await registry.account()
    authenticator = Authenticator(database, Settings())
    token = registry.token(account)
    assert (await authenticator.principal(token)).grants == ()
    await registry.grant(account, "XA")
    clock.advance(1.05)
    first = await authenticator.principal(token)
    assert [grant.scope_id for grant in first.grants] == ["XA"]
    await registry.grant(account, "XB")
    clock.advance(1.05)
    assert await authenticator.principal(token) is first


async def test_a_key_that_was_taken_out_verifies_nothing(registry: Registry, database: Database, clock: Clock) -> None:
    token = registry.token(await registry.account("XA"))
    authenticator = Authenticator(database, Settings())
    await authenticator.principal(token)
    await registry.connection.execute("DELETE FROM escm.access_signing_key WHERE kid = $1", registry.key.thumbprint())
    clock.advance(30)
    with pytest.raises(InvalidToken):
        await authenticator.principal(token)


async def test_a_token_ends_though_it_is_known(registry: Registry, database: Database, clock: Clock) -> None:
    token = registry.token(await registry.account("XA"), lifetime=10)
    authenticator = Authenticator(database, Settings())
    await authenticator.principal(token)
    clock.advance(10 + SKEW)
    with pytest.raises(InvalidToken):
        await authenticator.principal(token)


async def test_a_flood_of_unknown_keys_asks_once(registry: Registry, database: Database) -> None:
    account = await registry.account("XA")
    authenticator = Authenticator(database, Settings())
    await authenticator.principal(registry.token(account))
    reads = 0
    read = authenticator._keys._flight._read

    async def counted() -> None:
        nonlocal reads
        reads += 1
        await read()

    authenticator._keys._flight._read = counted
    authenticator._keys.read_at -= 6
    for _ in range(50):
        with pytest.raises(InvalidToken):
            await authenticator.principal(registry.token(account, ECKey.generate_key("P-256")))
    assert reads == 1


async def test_a_new_key_is_found_when_its_first_token_comes(registry: Registry, database: Database) -> None:
    account = await registry.account("XA")
    authenticator = Authenticator(database, Settings())
    await authenticator.principal(registry.token(account))
    key = ECKey.generate_key("P-256")
    await registry.publish(key)
    authenticator._keys.read_at -= 6
    assert (await authenticator.principal(registry.token(account, key))).id == account


async def test_what_is_held_is_bounded(registry: Registry, database: Database) -> None:
    account = await registry.account("XA")
    authenticator = Authenticator(database, Settings(), bound=10)
    for _ in range(30):
        await authenticator.principal(registry.token(account))
    assert len(authenticator._known) == 10


async def test_many_callers_share_one_look(registry: Registry, database: Database) -> None:
    account = await registry.account("XA")
    token = registry.token(account)
    authenticator = Authenticator(database, Settings())
    cancelled = asyncio.create_task(authenticator.principal(token))
    others = [asyncio.create_task(authenticator.principal(token)) for _ in range(20)]
    await asyncio.sleep(0)
    cancelled.cancel()
    found = await asyncio.gather(*others)
    assert {principal.id for principal in found} == {account}


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Basic abc", "Token x", "x" * 1_000_000])
async def test_other_headers_are_refused(database: Database, header: str) -> None:
    with pytest.raises(InvalidToken):
        await Authenticator(database, Settings()).principal(header)


async def test_a_limit_counts_over_all_processes(redis_url: str) -> None:
    limit, key = Limit("test", 5), uuid7().hex
    one, two = RateLimiter(redis_url), RateLimiter(redis_url)
    is_allowed = [await rate_limiter.hit(limit, key) for rate_limiter in (one, two) * 4]
    assert is_allowed.count(True) == 5
    with pytest.raises(RateLimited) as refusal:
        await one.require(limit, key)
    assert 1 <= int(refusal.value.headers["Retry-After"]) <= 60
    await one.close()
    await two.close()


async def test_without_valkey_a_limit_counts_here() -> None:
    limit, key = Limit("test", 5), uuid7().hex
    rate_limiter = RateLimiter("redis://127.0.0.1:9/0")
    assert [await rate_limiter.hit(limit, key) for _ in range(6)] == [True] * 5 + [False]
    await rate_limiter.close()


async def test_a_forgotten_account_is_read_again_with_its_keys_and_the_others_are_not(
    registry: Registry, database: Database
) -> None:
    changed, other = await registry.account("XA"), await registry.account("XA")
    authenticator = Authenticator(database, Settings())
    headers = {account: registry.token(account) for account in (changed, other)}
    for account, header in headers.items():
        await authenticator.principal(header)
        await registry.grant(account, "XB")
    authenticator.forget({changed})
    held = {account: (await authenticator.principal(header)).grants for account, header in headers.items()}
    assert {account: len(grants) for account, grants in held.items()} == {changed: 2, other: 1}
    authenticator.forget()
    assert len((await authenticator.principal(headers[other])).grants) == 2


async def test_what_is_read_while_it_changes_is_not_cached(registry: Registry, database: Database) -> None:
    account = await registry.account("XA")
    authenticator = Authenticator(database, Settings())
    header = registry.token(account)
    await authenticator.principal(registry.token(await registry.account("XA")))
    async with database.acquire(), database.acquire():
        reading = asyncio.create_task(authenticator.principal(header))
        for _ in range(10):
            await asyncio.sleep(0)
        authenticator.forget({account})
    await reading
    await registry.grant(account, "XB")
    assert len((await authenticator.principal(header)).grants) == 2
