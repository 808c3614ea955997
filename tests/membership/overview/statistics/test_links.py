"""Each number links to the list of exactly the counted records, for every caller."""

import random
from collections.abc import Callable
from datetime import timedelta

import asyncpg
import pytest

from shared.database.pool import Database
from shared.kernel.clock import today
from shared.records.statistics import drill_down
from tests.membership.overview.statistics.register import (
    INSTITUTION_STATES,
    VISIBILITIES,
    asked,
    enter,
    folded,
    host,
    invented,
)
from tests.support.callers import Caller

At = Callable[[str | None], Caller]
_VALUES = """
INSERT INTO member_expert_value
SELECT id, 'field', unnest(fields), country, visibility FROM member_expert
UNION SELECT id, 'boundary', unnest(planetary_boundaries), country, visibility FROM member_expert
"""
_QUERIES = (
    "by=country,status",
    "by=region,category&status=active,grace,lapsed",
    "by=region&region=142&country=PK,KE",
    "by=status&region=Africa",
    "by=field&category=expert,fellow",
    "by=planetary_boundary,country",
    "by=status&planetary_boundary=climate-change",
    "of=institutions&by=country,status",
    "of=institutions&by=region",
)


@pytest.mark.parametrize("name", [None, "applicant", "reader_xa", "officer", "admin"])
async def test_a_link_lists_as_many_as_are_counted(
    name: str | None, caller: At, superuser: asyncpg.Connection, database: Database
) -> None:
    dice = random.Random(13)
    ids = await enter(superuser, [invented(dice) for _ in range(120)])
    await superuser.execute("UPDATE member_expert SET erased_at = NULL WHERE erased_at IS NOT NULL")
    await superuser.execute("DELETE FROM member_expert_value")
    await superuser.execute(_VALUES)
    await superuser.execute("UPDATE member_expert SET merged_into = $2 WHERE id = ANY($1)", ids[1:9], ids[0])
    for _ in range(15):
        where = (dice.choice(INSTITUTION_STATES), dice.choice(("XA", "XB", "PK")), dice.choice(VISIBILITIES))
        await host(superuser, *where)
    await folded(database)
    by = caller(name)
    for query in _QUERIES:
        items = (await asked(by, query, linked=True))["items"]
        followed = [item for item in items if item["links"]["records"] is not None]
        for item in dice.sample(followed, min(len(followed), 8)):
            response = await by.get(f"{item['links']['records']}&include=total_estimate&limit=1")
            assert response.status_code == 200, response.text
            assert response.json()["total_estimate"] == item["count"], item
        assert all(item["links"]["records"] is None for item in items if None in item.values()), query
        assert len(followed) == sum(None not in item.values() for item in items), query


async def test_a_day_of_the_past_leads_nowhere(admin: Caller, superuser: asyncpg.Connection) -> None:
    await enter(superuser, [("active", "PK", "public", "expert")])
    for day, leads in ((today(), True), (today() - timedelta(days=1), False)):
        items = (await asked(admin, f"by=country&as_of={day}", linked=True))["items"]
        assert all((item["links"]["records"] is not None) == leads for item in items)


def test_a_link_is_under_the_filters_that_were_given() -> None:
    assert drill_down({"status": "active"}, {"country": "PK"}) == "status=active&country=PK"
    assert drill_down({"status": "active,grace"}, {"status": "grace"}) == "status=grace"
    assert drill_down({"region": "142"}, {"country": "PK", "region": "Asia"}) == "country=PK"
    assert drill_down({"region": "034", "country": "PK,JP"}, {"region": "Asia"}) == "country=PK"
    assert drill_down({}, {"country": "AQ", "region": None}) == "country=AQ"
    assert drill_down({}, {"region": None}) is None
    assert drill_down({"country": "PK"}, {"field": None}) is None
