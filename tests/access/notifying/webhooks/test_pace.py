"""When a webhook may send: its rate, the pause of its breaker, and the connections that it shares with others."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace

import pytest

from services.access.notifying.sending import parts
from services.access.notifying.sending.parts import Hosts, Pace, retry_after
from services.access.notifying.webhooks.domain import BREAKS_AFTER, SCHEDULE, next_attempt, pause_of_breaker
from shared.egress.sender import Answer
from tests.support.clock import Clock, stopped_clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return stopped_clock(monkeypatch, parts)


def test_one_request_at_a_time_follows_the_fifth_failure() -> None:
    """After half a minute, then twice as long each time, to five minutes."""
    assert [pause_of_breaker(failures) for failures in range(BREAKS_AFTER)] == [0.0] * 5
    assert [pause_of_breaker(failures) for failures in range(5, 11)] == [30, 60, 120, 240, 300, 300]


@pytest.mark.parametrize(
    ("asked", "least", "most"),
    [(None, 4.5, 5.5), (1, 4.5, 5.5), (7_200, 7_200, 7_200), (864_000, 86_400, 86_400)],
)
def test_what_a_receiver_asks_for_prolongs_a_wait_to_a_day_at_most(
    asked: float | None, least: float, most: float
) -> None:
    wait = next_attempt(1, asked)
    assert wait is not None
    assert timedelta(seconds=least) <= wait <= timedelta(seconds=most)
    assert next_attempt(len(SCHEDULE), asked) is None


@pytest.mark.parametrize(
    ("status", "given", "seconds"),
    [(429, "7", 7), (503, "120", 120), (500, "7", None), (429, "soon", None), (429, "-7", None), (429, "9" * 9, None)],
)
def test_only_answers_that_ask_for_time_get_it(status: int, given: str, seconds: float | None) -> None:
    assert retry_after(Answer(status, "answered", "", {"retry-after": given})) == seconds


async def test_a_webhook_keeps_its_rate_and_half_of_it_for_a_minute(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(round(seconds, 3))
        clock.advance(seconds)

    pace = Pace(10)
    monkeypatch.setattr(parts, "asyncio", SimpleNamespace(sleep=sleep))
    for _ in range(3):
        await pace.wait()
    assert waited == [0.1, 0.1]
    pace.slow_down()
    for _ in range(3):
        await pace.wait()
    assert waited[2:] == [0.1, 0.2, 0.2]
    clock.advance(61)
    for _ in range(3):
        await pace.wait()
    assert waited[5:] == [0.1, 0.1]


async def test_a_pause_ends_by_itself_or_when_it_is_skipped(clock: Clock) -> None:
    pace = Pace(10)
    pace.pause_for(300)
    pausing = asyncio.create_task(pace.pause())
    await asyncio.sleep(0)
    assert not pausing.done()
    pace.skip_pause()
    await pausing
    clock.advance(301)
    await pace.pause()


async def test_a_host_has_so_many_connections_over_all_webhooks() -> None:
    hosts = Hosts(2)
    places = [hosts.place(f"https://receiver.example:8443/{number}") for number in range(3)]
    async with places[0], places[1]:
        assert places[2].locked()
        assert not hosts.place("https://other.example:8443/0").locked()
    assert not places[2].locked()
    assert Hosts()._most == 20
