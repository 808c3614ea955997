"""Promise 51: slow readers of whole lists leave a slot to others."""

import asyncio

import httpx

from tests.membership.imports.slow import Slow
from tests.support.callers import Caller
from tests.support.imports import Importer, csv_of
from tests.support.membership import EXPERTS


async def test_two_readers_that_do_not_read_leave_a_place_to_others(
    secretariat: Importer, government: Importer, service: httpx.AsyncClient
) -> None:
    await secretariat.bring("experts", csv_of("full_name,country", [(f"Person {n}", "XA") for n in range(1200)]))
    stalled = [Slow(service, EXPERTS, "format=ndjson") for _ in range(2)]
    for one in stalled:
        await one.next()
    refused = await secretariat.caller.get(EXPERTS, params={"format": "csv"})
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
    for caller in (government.caller, Caller(service, None)):
        assert (await caller.get(EXPERTS, params={"format": "csv"})).status_code == 200
    for one in stalled:
        one.task.cancel()
    await asyncio.gather(*(one.task for one in stalled), return_exceptions=True)
