"""The cost of authentication, row-level security and the audit trail: each against the same without it, in one run.

`auth_read` is the item of an expert with a token, which also returns the caller's available actions, against the item
without one. `rls_list` and `rls_search` are the lists of W2 and W4 for a client of one country, over HTTP, against the
same requests with the same statements, while row-level security is disabled on the tables that they read.
`audited_write` is W5 against the same request to an app that writes the fact and no audit entry.
"""

import statistics
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from tests.bench.cases import EXPERTS, Sample, gets
from tests.bench.servers import Addresses, load, serving

NAMES = frozenset(("auth_read", "rls_list", "rls_search", "audited_write"))
_ROUNDS = 3
_READ = ("member_expert", "member_expert_value", "member_affiliation")
Rate = Callable[[], float]


async def measure(
    at: Addresses, connection: asyncpg.Connection, sample: Sample, scoped: str, create: str, picked: list[str]
) -> dict[str, dict[str, Any]]:
    """The selected ones of NAMES, by default all. `scoped` is the token of a client of one country, `create` the script
    of W5."""
    wanted = NAMES & set(picked) if picked else NAMES
    found = {}
    with serving("services.membership.app:create_app", at, factory=True) as (ours, _):
        if "auth_read" in wanted:
            items = [f"{EXPERTS}/{identity}" for identity in sample.ids]
            shown, asked = gets(items, {"Authorization": f"Bearer {sample.token}"}), gets(items)
            found["auth_read"] = _ratio(lambda: load(ours, shown), lambda: load(ours, asked))
        for name, script in _lists(sample, scoped).items():
            if name in wanted:
                found[name] = await _protected(connection, ours, script)
        if "audited_write" in wanted:
            with serving("tests.bench.unaudited:create_app", at, factory=True) as (bare, _):
                found["audited_write"] = _ratio(lambda: load(ours, create), lambda: load(bare, create))
    return found


def _lists(sample: Sample, scoped: str) -> dict[str, str]:
    headers = {"Authorization": f"Bearer {scoped}"}
    return {
        "rls_list": gets((f"{EXPERTS}?country={country}&status=active" for country in sample.countries), headers),
        "rls_search": gets((f"{EXPERTS}?q={fragment}" for fragment in sample.fragments), headers),
    }


def _ratio(ours: Rate, bound: Rate) -> dict[str, Any]:
    ours(), bound()
    pairs = [(ours(), bound()) for _ in range(_ROUNDS)]
    return _shown([value for value, _ in pairs], [limit for _, limit in pairs])


async def _protected(connection: asyncpg.Connection, ours: str, script: str) -> dict[str, Any]:
    load(ours, script)
    values, limits = [], []
    for _ in range(_ROUNDS):
        values.append(load(ours, script))
        async with _without_policies(connection):
            limits.append(load(ours, script))
    return _shown(values, limits)


@asynccontextmanager
async def _without_policies(connection: asyncpg.Connection) -> AsyncIterator[None]:
    for table in _READ:
        await connection.execute(f"ALTER TABLE escm.{table} DISABLE ROW LEVEL SECURITY")
    try:
        yield
    finally:
        for table in _READ:
            await connection.execute(f"ALTER TABLE escm.{table} ENABLE ROW LEVEL SECURITY")


def _shown(values: list[float], limits: list[float]) -> dict[str, Any]:
    value, limit = statistics.median(values), statistics.median(limits)
    return {"value": value, "bound": limit, "ratio": value / limit, "unit": "requests/s"}
