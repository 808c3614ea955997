"""What signing in costs: a password, a passkey, a code for a token, and reads with tokens that are bound to a key.

`password_sign_in` and `code_for_token` are requests to the token endpoint a second of one process; the first is argon2.
`passkey_sign_in` is the form that a browser sends to the page of passkeys, which opens a session.
`dpop_read` is the item of an expert by a token that is bound to a key, with a proof each time (RFC 9449), against the
same by a bearer token.
"""

import hashlib
import json
import secrets
import statistics
import time
from base64 import urlsafe_b64encode
from typing import Any

import asyncpg
import httpx
from joserfc import jws
from joserfc.jwk import ECKey

from tests.bench import passkeys
from tests.bench.cases import EXPERTS
from tests.bench.servers import UNREACHED, Addresses, alone, load, serving

NAMES = frozenset(("password_sign_in", "passkey_sign_in", "code_for_token", "dpop_read"))
_ROUNDS, _SECONDS = 3, 4
_PROOFS = 14_000
"""For one round: more than a process answers."""
_CODES = 12_000
_ORIGIN = "http://127.0.0.1:8000"
_TOKEN = "/access/v1/oauth/token"
_BACK = "http://127.0.0.1/callback"
_LIMITS = {
    "ESCM_FAILED_AUTHENTICATIONS": UNREACHED,
    "ESCM_ACCESS_TOKEN_REQUESTS": UNREACHED,
    "ESCM_ISSUER": _ORIGIN,
}
_VERIFIER = "v" * 43
_PEOPLE = 400
"""Each with fewer codes than an account has sessions."""
_ENTERED = "uuidv7(), 1, 'active', 'restricted', now(), 'system', now(), 'system'"
_COLUMNS = "id, version, status, visibility, created_at, created_by, updated_at, updated_by"
_FILL = f"""
WITH person AS (
    INSERT INTO escm.access_account ({_COLUMNS}, email, email_key, name, search_key)
    SELECT {_ENTERED}, address, address, 'Ana', 'ana'
    FROM (SELECT 'codes' || n || '@example.org' address FROM generate_series(1, {_PEOPLE}) n) RETURNING id
), session AS (
    INSERT INTO escm.access_session ({_COLUMNS}, account_id, ends_at, signed_in_at)
    SELECT {_ENTERED}, id, now() + interval '1 day', now() FROM person RETURNING id
)
INSERT INTO escm.access_code (digest, browser_session, client, redirect_uri, challenge, scope, until)
SELECT sha256(convert_to('code-' || n, 'UTF8')), s.id, $1, '{_BACK}', $2, 'membership.experts:read',
    now() + interval '1 hour'
FROM generate_series(1, {_CODES}) n JOIN (SELECT id, row_number() OVER () AS place FROM session) s
    ON s.place = n % {_PEOPLE} + 1
"""


async def measure(at: Addresses, connection: asyncpg.Connection, picked: list[str]) -> dict[str, Any]:
    """The selected ones of NAMES, by default all."""
    from deploy import demo

    wanted, given = (NAMES & set(picked) if picked else NAMES), await demo.load(at.postgres)
    found: dict[str, Any] = {}
    with serving("services.access.app:create_app", at, factory=True, **_LIMITS) as (address, _):
        if "password_sign_in" in wanted:
            script = _form({"grant_type": "password", **_named(given["accounts"]["expert"])})
            load(address, script, connections=4, seconds=1)
            rate = load(address, script, connections=4)
            found["password_sign_in"] = alone(rate, "requests/s", target="at least 20")
        if "passkey_sign_in" in wanted:
            rate = load(address, await passkeys.script(connection, _ORIGIN), connections=8, seconds=_SECONDS)
            found["passkey_sign_in"] = alone(rate, "requests/s", target="at least 150")
        if "code_for_token" in wanted:
            client = await _fill_codes(connection)
            rate = load(address, _codes(client), connections=8, seconds=_SECONDS)
            found["code_for_token"] = alone(rate, "requests/s", target="at least 300")
        if "dpop_read" in wanted:
            found["dpop_read"] = await _bound_reads(at, connection, address, given["clients"]["secretariat"])
    return found


def _named(account: dict[str, str]) -> dict[str, str]:
    return {"username": account["username"], "password": account["password"]}


def _form(form: dict[str, str]) -> str:
    body = str(httpx.QueryParams(form))
    media = "wrk.headers['Content-Type']='application/x-www-form-urlencoded'"
    return f"wrk.method='POST'\nwrk.path='{_TOKEN}'\n{media}\nwrk.body='{body}'\n"


async def _fill_codes(connection: asyncpg.Connection) -> str:
    """Codes of many people for a public client, whose name this returns."""
    name = "escm-cli"
    client = await connection.fetchval("SELECT id FROM escm.access_client WHERE client_id = $1", name)
    challenge = urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).rstrip(b"=").decode()
    await connection.execute(_FILL, client, challenge)
    return name


def _codes(client: str) -> str:
    form = {"grant_type": "authorization_code", "redirect_uri": _BACK, "code_verifier": _VERIFIER, "client_id": client}
    return (
        "wrk.headers['Content-Type']='application/x-www-form-urlencoded'\nlocal n=0\n"
        "request=function() n=n+1; return wrk.format('POST', '" + _TOKEN + "', nil,"
        f" '{httpx.QueryParams(form)}&code=code-'..n) end\n"
    )


class _Key:
    """A caller's key, with its proofs."""

    def __init__(self) -> None:
        self._key = ECKey.generate_key("P-256")
        self.nonce = ""

    def proof(self, method: str, path: str, token: str | None = None) -> str:
        claims = {"jti": secrets.token_urlsafe(12), "htm": method, "htu": f"{_ORIGIN}{path}", "iat": int(time.time())}
        if token is not None:
            digest = hashlib.sha256(token.encode()).digest()
            claims["ath"] = urlsafe_b64encode(digest).rstrip(b"=").decode()
        header = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self._key.as_dict(private=False)}
        return jws.serialize_compact(header, json.dumps({**claims, "nonce": self.nonce}), self._key, ["ES256"])


async def _bound_reads(
    at: Addresses, connection: asyncpg.Connection, address: str, client: dict[str, str]
) -> dict[str, Any]:
    form = {"grant_type": "client_credentials", "client_id": client["id"], "client_secret": client["secret"]}
    key = _Key()
    bearer = httpx.post(f"{address}{_TOKEN}", data=form, timeout=30).json()["access_token"]
    asked = httpx.post(f"{address}{_TOKEN}", data=form, headers={"DPoP": key.proof("POST", _TOKEN)}, timeout=30)
    key.nonce = asked.headers["DPoP-Nonce"]
    answer = httpx.post(f"{address}{_TOKEN}", data=form, headers={"DPoP": key.proof("POST", _TOKEN)}, timeout=30)
    bound = answer.json()["access_token"]
    expert = await connection.fetchval("SELECT id FROM escm.member_expert ORDER BY id LIMIT 1")
    path, rates = f"{EXPERTS}/{expert}", []
    plain = f"wrk.path='{path}'\nwrk.headers['Authorization']='Bearer {bearer}'\n"
    with serving("services.membership.app:create_app", at, factory=True, **_LIMITS) as (ours, _):
        load(ours, plain, seconds=1)
        for _ in range(_ROUNDS):
            proofs = ",".join(f"'{key.proof('GET', path, bound)}'" for _ in range(_PROOFS))
            script = (
                f"local proofs={{{proofs}}}\nlocal n=0\nrequest=function() n=n+1;"
                f" return wrk.format('GET', '{path}', {{Authorization='DPoP {bound}', DPoP=proofs[n]}}) end\n"
            )
            rates.append((load(ours, script, seconds=_SECONDS), load(ours, plain, seconds=_SECONDS)))
    value, limit = (statistics.median(side) for side in zip(*rates, strict=True))
    ratio = statistics.median(one / other for one, other in rates)
    return {"value": value, "bound": limit, "ratio": ratio, "unit": "requests/s", "target": "at least 0.7 of the bound"}
