"""People who sign in by passkeys, each in a browser of their own, as a script for wrk."""

import json
from hashlib import sha256
from urllib.parse import urlsplit

import asyncpg
import cbor2
import httpx

from services.access.factors.kinds.service import FactorService
from services.access.settings import AccessSettings
from services.access.signing_in.browsers.domain import cookie_name, form_token, new_cookie
from shared.configuration.sealing import derived_key
from tests.access.factors.authenticator import Passkey

_PEOPLE, _ANSWERS = 400, 4_000
"""Each person has fewer sign-ins than an account has sessions. There are more answers than a process takes in one
round."""
_ENTERED = "uuidv7(), 1, 'active', 'restricted', now(), 'system', now(), 'system'"
_COLUMNS = "id, version, status, visibility, created_at, created_by, updated_at, updated_by"
_FILL = f"""
WITH given AS (
    SELECT * FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS g (credential, public_key, n)
), person AS (
    INSERT INTO escm.access_account ({_COLUMNS}, email, email_key, name, search_key)
    SELECT {_ENTERED}, address, address, 'Ana', 'ana'
    FROM (SELECT 'passkey' || n || '@example.org' address FROM given) a RETURNING id
), factor AS (
    INSERT INTO escm.access_factor ({_COLUMNS}, account_id, kind, name)
    SELECT {_ENTERED}, id, 'passkey', 'Key' FROM person RETURNING id, account_id
)
INSERT INTO escm.access_factor_secret (factor_id, account_id, credential, public_key)
SELECT f.id, f.account_id, g.credential, g.public_key
FROM given g JOIN (SELECT id, account_id, row_number() OVER () AS n FROM factor) f USING (n)
"""


async def script(connection: asyncpg.Connection, issuer: str) -> str:
    """Enters the people, and makes the answers to challenges of now."""
    settings = AccessSettings(issuer=issuer)
    service = FactorService.of(settings)
    passkey = {"domain": urlsplit(service.passkeys.origin).hostname or "", "origin": service.passkeys.origin}
    people = [Passkey(**passkey) for _ in range(_PEOPLE)]
    await connection.execute(_FILL, [one.credential for one in people], [_public(one) for one in people])
    key = derived_key(settings.secret_key.get_secret_value().encode(), "escm forms of pages")
    name, cookies, bodies = cookie_name(issuer), list[str](), list[str]()
    for n in range(_ANSWERS):
        cookie, person = new_cookie(), people[n % _PEOPLE]
        person.counter = 0
        options = service.passkeys.request(f"sign in {sha256(cookie.encode()).hexdigest()}")
        form = {"token": form_token(key, cookie), "credential": json.dumps(person.shown(options))}
        cookies.append(f"'{name}={cookie}'")
        bodies.append(f"'{httpx.QueryParams(form)}'")
    return (
        f"local cookies={{{','.join(cookies)}}}\nlocal bodies={{{','.join(bodies)}}}\nlocal n=0\n"
        "request=function() n=n+1; return wrk.format('POST', '/access/factor',"
        " {['Content-Type']='application/x-www-form-urlencoded', Cookie=cookies[n]}, bodies[n]) end\n"
    )


def _public(passkey: Passkey) -> bytes:
    """The public key as it is stored (RFC 9052)."""
    numbers = passkey.key.public_key().public_numbers()
    return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
