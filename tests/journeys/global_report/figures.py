"""A figure of experts by region, beside what the API says of them."""

import asyncpg
import orjson

from tests.journeys.paths.world import V1, World
from tests.support.running import Person

STATISTICS = f"{V1['membership']}/statistics"
ASKED = {"of": "experts", "by": "region"}


def experts_today(world: World) -> int:
    """How many experts Oceania has today, as everybody reads it."""
    items = world.everybody.get(STATISTICS, params=ASKED).json()["items"]
    return sum(item["count"] for item in items if item["region"] == "Oceania")


def experts_live(reader: Person, figure: str) -> int:
    """How many a figure shows that is not frozen."""
    data = reader.get(f"{figure}/data")
    assert data["frozen"] is False
    return sum(item["count"] for item in data["items"] if item["region"] == "Oceania")


async def alter(database_url: str, figure: str) -> None:
    """What no operation of the system does: another total stands in the frozen data."""
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    try:
        content = orjson.loads(
            await connection.fetchval("SELECT content FROM action_figure_data WHERE figure_id = $1", figure)
        )
        altered = orjson.dumps({**content, "total": content["total"] + 7}, option=orjson.OPT_SORT_KEYS).decode()
        update = "UPDATE action_figure_data SET content = $2 WHERE figure_id = $1"
        await connection.execute(update, figure, altered)
    finally:
        await connection.close()
