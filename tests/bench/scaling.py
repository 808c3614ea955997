"""Several processes: what a second app, a PgBouncer before the database and a standby add and cost."""

import resource
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any
from urllib.parse import urlsplit

from tests.bench.cases import Sample, cases
from tests.bench.servers import ANY_CORE, API_CORE, LOAD_CORE, Addresses, alone, load, serving
from tests.support.pooler import pooler
from tests.support.standby import standby_of

_CASES = ("W1", "W5")
_STANDBY = {"standby_W4", "standby_W4_primary", "standby_W4_load"}
NAMES = {f"{what}_{name}" for what in ("pooler", "processes") for name in _CASES} | _STANDBY
_ROUNDS = 5
_APP = "services.membership.app:create_app"


async def measure(at: Addresses, sample: Sample, picked: list[str]) -> dict[str, Any]:
    """The cases that are picked, all without a choice."""
    found = await _standby(at, sample) if not picked or _STANDBY & set(picked) else {}
    return found | _apps(at, sample) if not picked or (NAMES - _STANDBY) & set(picked) else found


def _apps(at: Addresses, sample: Sample) -> dict[str, Any]:
    """`pooler_*`: by how many percent requests a second are fewer behind a PgBouncer. `processes_*`: how many times as
    many two apps on one core each answer, while the load and PostgreSQL share these cores. Medians of alternate
    rounds."""
    found = {}
    with (
        pooler(at.postgres) as address,
        serving(_APP, at, factory=True) as (one, _),
        serving(_APP, at, factory=True, core=LOAD_CORE) as (two, _),
        serving(_APP, at, factory=True, ESCM_DATABASE_POOLER=address) as (pooled, _),
    ):
        for name in _CASES:
            script = cases(sample)[name].ours
            for app in (one, two, pooled):
                load(app, script, seconds=1)
            rounds = [(load(one, script), load(pooled, script), _together(script, one, two)) for _ in range(_ROUNDS)]
            single, behind, both = (median(side) for side in zip(*rounds, strict=True))
            found[f"pooler_{name}"] = alone(100 * (1 - behind / single), "% fewer requests", target="below 15")
            found[f"processes_{name}"] = alone(both / single, "times as many requests with two apps")
    return found


async def _standby(at: Addresses, sample: Sample) -> dict[str, Any]:
    """`standby_W4`: how many times as many reads two apps answer when one of them reads from a standby, with a core
    for each database server, which the apps and the load share. `standby_W4_load`: what the load takes of both cores
    then. Medians of alternate rounds."""
    script = cases(sample)["W4"].ours
    async with standby_of(at.postgres) as standby:
        subprocess.run(["taskset", "-acp", API_CORE, str(standby.process.pid)], check=True, capture_output=True)
        replica = {
            "ESCM_DATABASE_REPLICA_URL": standby.url(urlsplit(at.postgres).path[1:]),
            "ESCM_REPLICA_SECONDS": "60",
        }
        with (
            serving(_APP, at, factory=True, core=ANY_CORE) as (one, _),
            serving(_APP, at, factory=True, core=ANY_CORE) as (two, _),
            serving(_APP, at, factory=True, core=ANY_CORE, **replica) as (other, _),
        ):
            for app in (one, two, other):
                load(app, script)
            rounds = [(*_shared(script, one, two), *_shared(script, one, other)) for _ in range(_ROUNDS)]
    single, _, both, taken = (median(side) for side in zip(*rounds, strict=True))
    return {
        "standby_W4_primary": alone(single, "reads a second of the primary"),
        "standby_W4": alone(both / single, "times as many with a standby"),
        "standby_W4_load": alone(100 * taken, "% of two cores for the load"),
    }


def _together(script: str, *addresses: str, core: str = LOAD_CORE) -> float:
    """The requests a second of all apps, each under its own load."""
    with ThreadPoolExecutor(len(addresses)) as threads:
        return sum(threads.map(lambda address: load(address, script, core=core), addresses))


def _shared(script: str, *addresses: str) -> tuple[float, float]:
    """The same with the load on both cores, and its part of their time."""
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    responses = _together(script, *addresses, core=ANY_CORE)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return responses, used / (2 * (time.perf_counter() - began))
