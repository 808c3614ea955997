"""Several processes over one database: what a second app adds, and what a PgBouncer before the database costs."""

from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any

from tests.bench.cases import Sample, cases
from tests.bench.servers import LOAD_CORE, Addresses, alone, load, serving
from tests.support.pooler import pooler

_CASES = ("W1", "W5")
NAMES = {f"{what}_{name}" for what in ("pooler", "processes") for name in _CASES}
_ROUNDS = 5
_APP = "services.membership.app:create_app"


def measure(at: Addresses, sample: Sample) -> dict[str, Any]:
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


def _together(script: str, *addresses: str) -> float:
    """The requests a second of all apps, each under its own load."""
    with ThreadPoolExecutor(len(addresses)) as threads:
        return sum(threads.map(lambda address: load(address, script), addresses))
