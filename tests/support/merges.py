"""Merging over HTTP, as several tests do it."""

from typing import Any

from tests.support.callers import Caller

MERGES = "/membership/v1/merges"


def merge_body(winner: dict[str, Any], loser: dict[str, Any], **choices: str) -> dict[str, Any]:
    """A body for POST /merges of two records that were answered."""
    resource = winner["links"]["self"].split("/")[3]
    return {"resource": resource, "winner_id": winner["id"], "loser_id": loser["id"], "choices": choices}


async def merged(caller: Caller, winner: dict[str, Any], loser: dict[str, Any], **choices: str) -> dict[str, Any]:
    """A merge as it was answered."""
    answer = await caller.post(MERGES, merge_body(winner, loser, **choices))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def undone(caller: Caller, merge: dict[str, Any], **resolve: str) -> dict[str, Any]:
    """A merge that was taken back."""
    fields = {"resolve": resolve} if resolve else {}
    answer = await caller.step(f"{MERGES}/{merge['id']}", "undo", fields=fields)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def read(caller: Caller, record: dict[str, Any]) -> dict[str, Any]:
    """The record as it now stands."""
    answer = await caller.get(record["links"]["self"])
    assert answer.status_code == 200, answer.text
    return dict(answer.json())
