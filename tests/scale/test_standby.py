"""A standby follows its primary, pauses, and takes over."""

import asyncpg
import pytest

from tests.support.standby import standby_of


async def test_a_standby_follows_pauses_and_takes_over(database_url: str) -> None:
    primary = await asyncpg.connect(database_url)
    database = database_url.rpartition("/")[2]
    try:
        async with standby_of(database_url) as standby:
            await primary.execute("CREATE TABLE public.followed AS SELECT 1 AS n")
            await standby.catch_up()
            reader = await asyncpg.connect(standby.url(database))
            count = "SELECT count(*) FROM public.followed"
            assert await reader.fetchval(count) == 1
            with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
                await reader.execute("DELETE FROM public.followed")
            await standby.pause_replay()
            await primary.execute("INSERT INTO public.followed VALUES (2)")
            assert await reader.fetchval(count) == 1
            await standby.resume_replay()
            await standby.catch_up()
            assert await reader.fetchval(count) == 2
            await standby.promote()
            await reader.execute("DELETE FROM public.followed")
            await reader.close()
        assert await primary.fetchval(count) == 2
    finally:
        await primary.execute("DROP TABLE IF EXISTS public.followed")
        await primary.close()
