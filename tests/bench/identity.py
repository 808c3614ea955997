"""Registrations and used tokens, and the logins of others at the same time.

`registration` and `verification` are the most requests a second. The logins of one account are measured alone, and
while others register or verify addresses at the asked rate.
"""

import asyncio
from statistics import quantiles
from time import perf_counter
from typing import Any

import asyncpg
import httpx

from tests.bench.servers import UNREACHED, Addresses, alone, load, serving

NAMES = frozenset(("registration", "verification"))
ASKED = 300
"""Requests a second, of each kind."""
_TOKENS = 40_000
_LOGINS = 200
_CONNECTIONS = 30
_PATHS = {
    "registration": ("/access/v1/accounts/registration", """'{"email":"'..run..n..'@example.org","name":"Ana"}'"""),
    "verification": ("/access/v1/accounts/verification/confirm", """'{"token":"bench-'..n..'"}'"""),
}
_FILL = f"""
INSERT INTO escm.access_account (id, version, status, visibility, created_at, created_by, updated_at, updated_by, email,
    email_key, name, search_key)
SELECT uuidv7(), 1, 'active', 'restricted', now(), 'system', now(), 'system', address, address, 'Ana', 'ana'
FROM (SELECT 'bench' || n || '@example.org' address FROM generate_series(1, {_TOKENS}) n);
INSERT INTO escm.access_account_token (digest, account_id, purpose, email_key, until)
SELECT sha256(convert_to('bench-' || n, 'UTF8')), id, 'verification', email_key, now() + interval '1 day'
FROM generate_series(1, {_TOKENS}) n JOIN escm.access_account ON email_key = 'bench' || n || '@example.org'
"""
_LIMITS = {
    "ESCM_ACCESS_MAIL_REQUESTS": UNREACHED,
    "ESCM_FAILED_AUTHENTICATIONS": UNREACHED,
    "ESCM_ACCESS_TOKEN_REQUESTS": UNREACHED,
}


async def measure(at: Addresses, connection: asyncpg.Connection, picked: list[str]) -> dict[str, Any]:
    """The selected ones of NAMES, by default all, each with the 99th percentile of logins at the asked rate."""
    from deploy import demo

    person = (await demo.load(at.postgres))["accounts"]["expert"]
    await connection.execute(_FILL)
    await connection.execute("VACUUM ANALYZE escm.access_account, escm.access_account_token")
    found: dict[str, Any] = {}
    with serving("services.access.app:create_app", at, factory=True, **_LIMITS) as (address, _):
        await _logins(address, person)
        found["login_p99_ms"] = alone(await _logins(address, person), "ms")
        for name in sorted(NAMES & set(picked) if picked else NAMES):
            load(address, _script(name, 0), connections=_CONNECTIONS, seconds=1)
            rate = load(address, _script(name, 5_000), connections=_CONNECTIONS)
            found[name] = alone(rate, "requests/s", target=f"at least {ASKED}")
            delay = max(0.0, _CONNECTIONS / ASKED - _CONNECTIONS / rate)
            paced = _script(name, 25_000, delay)
            waiting = asyncio.create_task(asyncio.to_thread(load, address, paced, connections=_CONNECTIONS, seconds=20))
            await asyncio.sleep(1)
            found[f"login_p99_ms_with_{name}"] = alone(await _logins(address, person), "ms")
            found[f"{name}_meanwhile"] = alone(await waiting, "requests/s")
    return found


def _script(name: str, first: int, delay: float = 0) -> str:
    """A wrk script of which each request has a value of its own, from this number on; each connection waits for the
    delay (seconds) after a response."""
    path, body = _PATHS[name]
    return (
        f"wrk.method='POST'\nwrk.headers['Content-Type']='application/json'\nlocal n={first}\n"
        "local run=tostring(os.time())..tostring({}):sub(8)\n"
        f"request=function() n=n+1; return wrk.format('POST', '{path}', nil, {body}) end\n"
        + (f"delay=function() return {delay * 1000:.0f} end\n" if delay else "")
    )


async def _logins(address: str, person: dict[str, str]) -> float:
    """The 99th percentile of logins, one after another, in milliseconds."""
    form = {"grant_type": "password", "username": person["username"], "password": person["password"]}
    async with httpx.AsyncClient(base_url=address, timeout=60) as client:

        async def log_in() -> float:
            began = perf_counter()
            (await client.post("/access/v1/oauth/token", data=form)).raise_for_status()
            return (perf_counter() - began) * 1000

        return quantiles([await log_in() for _ in range(_LOGINS)], n=100)[98]
