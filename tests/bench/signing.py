"""Signatures of an initiative, their confirmations, the counter over as many supports as there are experts, and normal
reads while a campaign of 100,000 signatures in ten minutes runs."""

import asyncio
from typing import Any

import asyncpg

from tests.bench.cases import gets
from tests.bench.people import fold_counts
from tests.bench.servers import LOAD_CORE, UNREACHED, Addresses, alone, latency, load, running, serving

NAMES = frozenset(("sign", "confirm", "count", "campaign"))
_TOKENS = 20_000
_SIGNATURES, _TEN_MINUTES = 100_000, 600
_TRIAL_SECONDS = 20
"""How long the campaign takes with fewer experts than the targets are for."""
_ORGANISATIONS = 2_000
_READERS, _SIGNERS = 8, 64
_INITIATIVE = "019b76da-a800-7000-8000-0000000000aa"
_SIGN = f"/membership/v1/initiatives/{_INITIATIVE}/sign"
_COUNT = f"/membership/v1/initiatives/{_INITIATIVE}/count"
_CONFIRM = "/membership/v1/supports/verification"
_FORM = """'{"name":"Ana '..n..'","email":"'..run..n..'@example.org","country":"KE","capacity":"personal"}'"""
_TOKEN = """'{"token":"sign-'..n..'"}'"""
_LIMITS = {"ESCM_MEMBERSHIP_MAIL_REQUESTS": UNREACHED, "ESCM_FAILED_AUTHENTICATIONS": UNREACHED}
_BY_SYSTEM = "1, now(), 'system', now(), 'system'"
_SIGNED = "initiative_id, capacity, signed_at, consent_to_list, consent_to_contact, text_digest, email_verified"
_FILL = f"""
INSERT INTO escm.member_initiative (id, version, created_at, created_by, updated_at, updated_by, status, visibility,
    code, titles, texts, signers, certificate, published_figures, text_digests, search_key)
VALUES ('{_INITIATIVE}', {_BY_SYSTEM}, 'open', 'public', 'BENCH', '{{"en": "Soils"}}', '{{"en": "We keep them."}}',
    '{{expert,institution}}', true, '[]', '{{"en": "0"}}', ' bench ');
INSERT INTO escm.member_support (id, version, created_at, created_by, updated_at, updated_by, status, country,
    visibility, {_SIGNED}, signer, language)
SELECT uuidv7(), {_BY_SYSTEM}, 'pending', 'KE', 'restricted', '{_INITIATIVE}', 'personal', now(), true, false, '0',
    false, jsonb_build_object('name', 'Ana ' || n, 'email', 'sign' || n || '@example.org', 'country', 'KE',
        'organisation', NULL, 'role', NULL, 'language', 'en'), n::text
FROM generate_series(1, {_TOKENS}) n;
INSERT INTO escm.core_mail_token (digest, service, purpose, subject_id, address_digest, until)
SELECT sha256(convert_to('sign-' || language, 'UTF8')), 'membership', 'support', id, '', now() + interval '1 day'
FROM escm.member_support WHERE initiative_id = '{_INITIATIVE}'
"""
_SUPPORT = f"""
INSERT INTO escm.member_support (id, version, created_at, created_by, updated_at, updated_by, status, country,
    visibility, {_SIGNED}, expert_id, organisation_id, accepted_at)
SELECT uuidv7(), {_BY_SYSTEM}, 'accepted', country, 'restricted', '{_INITIATIVE}', 'personal', now(), false, false,
    '0', true, id, ('019b76da-a800-7000-9000-' || lpad(to_hex(abs(hashtext(ref)) % {_ORGANISATIONS}), 12, '0'))::uuid,
    now()
FROM escm.member_expert
ON CONFLICT DO NOTHING
"""


async def measure(at: Addresses, connection: asyncpg.Connection, picked: list[str], experts: int) -> dict[str, Any]:
    """The selected ones of NAMES, by default all."""
    names = NAMES & set(picked) or NAMES
    await connection.execute(_FILL)
    found: dict[str, Any] = {}
    with serving("services.membership.app:create_app", at, factory=True, **_LIMITS) as (address, _):
        if "sign" in names:
            load(address, _posting(_SIGN, _FORM, 0), seconds=1)
            found["sign"] = alone(load(address, _posting(_SIGN, _FORM, 100_000)), "requests/s", "at least 1,500")
        if "confirm" in names:
            load(address, _posting(_CONFIRM, _TOKEN, 0), seconds=1)
            found["confirm"] = alone(load(address, _posting(_CONFIRM, _TOKEN, 5_000)), "requests/s", "at least 300")
        if {"count", "campaign"} & names:
            await connection.execute(_SUPPORT, timeout=1_800)
            await fold_counts(connection)
            await connection.execute("VACUUM ANALYZE escm.member_support")
        if "count" in names:
            p50, p99 = latency(address, gets([_COUNT]), connections=_READERS)
            found["count_p50_ms"], found["count_p99_ms"] = alone(p50, "ms"), alone(p99, "ms", "below 100")
        if "campaign" in names:
            found |= await _campaign(at, address, _TEN_MINUTES if experts >= 1_000_000 else _TRIAL_SECONDS)
    return found


async def _campaign(at: Addresses, address: str, seconds: int) -> dict[str, Any]:
    """The 99th percentile of normal reads alone, and while the campaign runs and workers send its mails.

    A signature takes about three times the time of a quiet read, which is part of each connection's pace.
    """
    reads = gets(["/membership/v1/experts?country=KE&limit=50", _COUNT, "/membership/v1/initiatives?limit=10"])
    with running("relay", at, LOAD_CORE), running("worker membership", at, LOAD_CORE):
        typical, quiet = latency(address, reads, connections=_READERS, seconds=10)
        delay = _SIGNERS * _TEN_MINUTES / _SIGNATURES - 3 * typical / 1000
        paced = _posting(_SIGN, _FORM, 500_000, delay)
        signing = asyncio.create_task(asyncio.to_thread(load, address, paced, connections=_SIGNERS, seconds=seconds))
        await asyncio.sleep(1)
        _, busy = await asyncio.to_thread(latency, address, reads, connections=_READERS, seconds=seconds - 3)
        rate = await signing
    return {
        "campaign": alone(rate, "signatures/s", "about 167"),
        "campaign_reads_p99_ms": alone(busy, "ms"),
        "campaign_reads_p99_ratio": alone(busy / quiet, "of the quiet value", "at most 1.5"),
    }


def _posting(path: str, body: str, first: int, delay: float = 0) -> str:
    """A wrk script of which each request has a number of its own, from this one on; each connection waits for the delay
    (seconds) after a response."""
    return (
        f"wrk.method='POST'\nwrk.headers['Content-Type']='application/json'\nlocal n={first}\n"
        "local run=tostring(os.time())..tostring({}):sub(8)\n"
        f"request=function() n=n+1; return wrk.format('POST', '{path}', nil, {body}) end\n"
        + (f"delay=function() return {delay * 1000:.0f} end\n" if delay else "")
    )
