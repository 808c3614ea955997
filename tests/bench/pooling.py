"""What a PgBouncer before the database costs: the same requests to an app that uses it and to one that does not."""

from statistics import median
from typing import Any

from tests.bench.cases import Sample, cases
from tests.bench.servers import Addresses, alone, load, serving
from tests.support.pooler import pooler

NAMES = {"pooler_W1", "pooler_W5"}
_ROUNDS = 5
_APP = "services.membership.app:create_app"


def measure(at: Addresses, sample: Sample) -> dict[str, Any]:
    """`pooler_*`: by how many percent requests a second are fewer behind a PgBouncer. Medians of alternate rounds."""
    found = {}
    with (
        pooler(at.postgres) as address,
        serving(_APP, at, factory=True) as (direct, _),
        serving(_APP, at, factory=True, ESCM_DATABASE_POOLER=address) as (pooled, _),
    ):
        for name in sorted(NAMES):
            script = cases(sample)[name.removeprefix("pooler_")].ours
            for app in (direct, pooled):
                load(app, script, seconds=1)
            rounds = [[load(app, script) for app in (direct, pooled)] for _ in range(_ROUNDS)]
            without, behind = (median(side) for side in zip(*rounds, strict=True))
            found[name] = alone(100 * (1 - behind / without), "% fewer requests", target="below 15")
    return found
