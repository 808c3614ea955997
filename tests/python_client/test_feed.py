"""The Python client follows the feed: each event at least once, a position only behind what was used."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.python.escm_client import Api, ApiKey, FilePosition, Gone
from tests.support.scripted import Scripted, scripted


@pytest.fixture
def system() -> Iterator[Scripted]:
    with scripted() as running:
        yield running


@pytest.fixture
def api(system: Scripted) -> Iterator[Api]:
    with Api(system.origin, ApiKey("escm_key")) as api:
        yield api


def _event(number: int) -> dict[str, str]:
    return {"id": f"e{number}", "type": "escm.membership.expert.updated.v1"}


def test_a_position_is_stored_when_all_events_before_it_were_used(api: Api, system: Scripted, tmp_path: Path) -> None:
    positions = FilePosition(tmp_path / "position")
    system.answer(200, {"items": [_event(1), _event(2)], "next_after": "two"})
    system.answer(200, {"items": [_event(3)], "next_after": "three"})
    reading = api.follow(positions, types=["escm.membership.*"], until=lambda: True)
    assert [next(reading)["id"], next(reading)["id"], positions.load()] == ["e1", "e2", None]
    assert (next(reading)["id"], positions.load()) == ("e3", "two")
    del reading

    system.answer(200, {"items": [_event(3)], "next_after": "three"})
    system.answer(200, {"items": [], "next_after": "three"})
    assert [one["id"] for one in api.follow(positions, until=lambda: True)] == ["e3"]
    assert positions.load() == "three"
    assert [request.path.partition("?")[2] for request in system.requests] == [
        "type=escm.membership.%2A", "type=escm.membership.%2A&after=two", "after=two", "after=three"
    ]  # fmt: skip


def test_at_the_end_of_the_feed_it_asks_again(system: Scripted) -> None:
    slept: list[float] = []
    with Api(system.origin, ApiKey("escm_key"), sleep=slept.append) as api:
        for _ in range(3):
            system.answer(200, {"items": [], "next_after": "end"})
        system.answer(200, {"items": [_event(1)], "next_after": "more"})
        assert next(api.follow(pause=3))["id"] == "e1"
    assert slept == [3, 3]


def test_now_is_behind_everything_that_is_there_and_stored_at_once(api: Api, system: Scripted, tmp_path: Path) -> None:
    positions = FilePosition(tmp_path / "position")
    system.answer(200, {"after": "one"})
    reading = api.follow(positions, start="now", until=lambda: True)
    assert positions.load() == "one"
    system.answer(200, {"items": [], "next_after": "one"})
    assert [*reading] == []
    assert system.requests[-1].path.endswith("after=one")


def test_a_position_that_has_expired_is_the_readers_to_solve(api: Api, system: Scripted, tmp_path: Path) -> None:
    (tmp_path / "position").write_text("old\n")
    system.answer(410, {"status": 410, "code": "position_expired"})
    with pytest.raises(Gone, match="position_expired"):
        next(api.follow(FilePosition(tmp_path / "position")))
