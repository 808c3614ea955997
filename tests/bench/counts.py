"""W6: the number of experts of each country and status, against counting the rows in the request."""

import os
import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import httpx
import orjson
from fastapi import FastAPI, Request, Response

from tests.bench.cases import gets
from tests.bench.people import fold_counts
from tests.bench.servers import Addresses, load, serving

PATH = "/membership/v1/statistics?by=country,status"
_ROUNDS = 3
_LIVE = (
    "SELECT country, status, count(*) FROM escm.member_expert WHERE visibility = 'public'"
    " AND status IN ('active', 'grace') AND merged_into IS NULL AND erased_at IS NULL GROUP BY 1, 2 ORDER BY 1, 2"
)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=1, max_size=8) as pool:
        app.state.pool = pool
        yield


app = FastAPI(lifespan=lifespan, openapi_url=None)


@app.get("/counts")
async def live(request: Request) -> Response:
    """The bound: the same response from the rows, with an index of just these experts."""
    rows = await request.app.state.pool.fetch(_LIVE)
    return Response(orjson.dumps({"items": [dict(row) for row in rows]}), media_type="application/json")


async def measure(at: Addresses, connection: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    """`W6`. Raises RuntimeError if the numbers differ from those of the rows. The bound uses one connection: more would
    only wait."""
    await fold_counts(connection)
    with (
        serving("services.membership.app:create_app", at, factory=True) as (ours, _),
        serving("tests.bench.counts:app", at, factory=False) as (bound, _),
    ):
        shown = httpx.get(ours + PATH).json()["items"]
        counted = httpx.get(bound + "/counts", timeout=30).json()["items"]
        if [{name: item[name] for name in counted[0]} for item in shown] != counted:
            raise RuntimeError("the counts are not those of the rows")
        asked, live_asked = gets([PATH]), gets(["/counts"])
        load(ours, asked, seconds=1)
        pairs = [(load(ours, asked), load(bound, live_asked, connections=1)) for _ in range(_ROUNDS)]
    value, limit = statistics.median(v for v, _ in pairs), statistics.median(b for _, b in pairs)
    return {"W6": {"value": value, "bound": limit, "ratio": value / limit, "unit": "requests/s"}}
