"""A ranking has pages, whose balance is over all nominations of the call."""

from typing import Any

import pytest

from tests.membership.selection.calls.conftest import Round
from tests.support.callers import Caller


async def _pages(who: Caller, path: str) -> list[dict[str, Any]]:
    found, following = [], path
    while following:
        response = await who.get(following)
        assert response.status_code == 200, response.text
        found.append(response.json())
        following = found[-1]["next"]
        assert (f'<{following}>; rel="next"' == response.headers.get("link")) is bool(following)
    return found


@pytest.fixture
async def ranked(round_: Round) -> list[dict[str, Any]]:
    """Five nominations with the means 5, 3, 3, 1 and none, of which one is of France."""
    await round_.open(members=3, seats=2, targets={"region": {"Europe": 0.2}})
    made = [(await round_.confirmed(expert={"country": "FR" if n == 0 else "XA"}))[1] for n in range(5)]
    await round_.assess()
    _, (first, _), (second, _) = round_.panel
    for nomination, points in zip(made, (3, 5, 1, 3), strict=False):
        for who in (first, second):
            await round_.score(who, nomination, points, points)
    return made


async def test_pages_continue_by_mean_and_ref(round_: Round, ranked: list[dict[str, Any]]) -> None:
    (chair, _), (member, _), _ = round_.panel
    order = [ranked[n]["ref"] for n in (1, 0, 3, 2, 4)]
    ranks = [1, 2, 2, 4, None]
    for who, scores in ((chair, 2), (round_.admin, 2), (member, 1)):
        pages = await _pages(who, f"{round_.path}/ranking?limit=2")
        items = [one for page in pages for one in page["items"]]
        assert [len(page["items"]) for page in pages] == [2, 2, 1]
        assert [one["ref"] for one in items] == order
        assert [one["rank"] for one in items] == ranks
        assert [one["scores"] for one in items] == [*[scores] * 4, 0]
        (whole,) = await _pages(who, f"{round_.path}/ranking")
        assert whole["items"] == items
        for page in (*pages, whole):
            assert page["balance"]["pool"]["total"] == 5
            assert page["balance"]["pool"]["region"] == {"Europe": 1, "unknown": 4}
            assert page["balance"]["pool"]["met"] == {"region": {"Europe": True}, "gender": {}, "field": {}}


async def test_a_supposed_selection_goes_on_with_the_pages(round_: Round, ranked: list[dict[str, Any]]) -> None:
    ((chair, _), *_) = round_.panel
    chosen = f"{ranked[0]['id']},{ranked[4]['id']}"
    pages = await _pages(chair, f"{round_.path}/ranking?limit=3&selected={chosen}")
    assert [page["balance"]["selection"]["total"] for page in pages] == [2, 2]
    assert [page["balance"]["selection"]["region"] for page in pages] == [{"Europe": 1, "unknown": 1}] * 2
    cursor = pages[0]["next"].rpartition("cursor=")[2]
    for query, code in (
        (f"limit=3&cursor={cursor}", "invalid_cursor"),
        ("cursor=x", "invalid_cursor"),
        ("limit=0", "invalid_parameter"),
        ("limit=201", "invalid_parameter"),
        ("sort=ref", "unknown_parameter"),
    ):
        refused = await chair.get(f"{round_.path}/ranking?{query}")
        assert (refused.status_code, refused.json()["code"]) == (400, code), query
