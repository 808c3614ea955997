"""Merging over HTTP."""

from typing import Any

from tests.support.callers import Caller

MERGES = "/membership/v1/merges"


def merge_body(winner: dict[str, Any], loser: dict[str, Any], **choices: str) -> dict[str, Any]:
    """A body for POST /merges of two records from responses."""
    resource = winner["links"]["self"].split("/")[3]
    return {"resource": resource, "winner_id": winner["id"], "loser_id": loser["id"], "choices": choices}


async def merged(caller: Caller, winner: dict[str, Any], loser: dict[str, Any], **choices: str) -> dict[str, Any]:
    """The merge in the response."""
    response = await caller.post(MERGES, merge_body(winner, loser, **choices))
    assert response.status_code == 201, response.text
    return dict(response.json())


async def undone(caller: Caller, merge: dict[str, Any], **resolve: str) -> dict[str, Any]:
    """A merge that was undone."""
    fields = {"resolve": resolve} if resolve else {}
    response = await caller.step(f"{MERGES}/{merge['id']}", "undo", fields=fields)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def read(caller: Caller, record: dict[str, Any]) -> dict[str, Any]:
    """The present record."""
    response = await caller.get(record["links"]["self"])
    assert response.status_code == 200, response.text
    return dict(response.json())
