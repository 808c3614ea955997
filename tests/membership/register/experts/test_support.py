"""Experts say whether they may be asked to help a country; only grants that cover them see it."""

from collections.abc import Callable

from tests.support.callers import Caller
from tests.support.membership import EXPERTS, activated, entered

At = Callable[[str | None], Caller]


async def test_everybody_is_available_until_they_say_otherwise(admin: Caller) -> None:
    made = await entered(admin)
    assert made["available_for_support"] is True
    path = f"{EXPERTS}/{made['id']}"
    etag = (await admin.get(path)).headers["etag"]
    changed = await admin.patch(path, {"available_for_support": False}, etag=etag)
    assert (changed.status_code, changed.json()["available_for_support"]) == (200, False)
    history = (await admin.get(f"{path}/history")).json()["items"]
    assert "/available_for_support" in {change["pointer"] for change in history[0]["changes"]}
    assert (await entered(admin, available_for_support=False))["available_for_support"] is False


async def test_the_person_sets_it(member: Callable[..., object]) -> None:
    me, record = await member()  # type: ignore[misc]
    path = f"{EXPERTS}/{record['id']}"
    etag = (await me.get(path)).headers["etag"]
    changed = await me.patch(path, {"available_for_support": False}, etag=etag)
    assert (changed.status_code, changed.json()["available_for_support"]) == (200, False)


async def test_only_grants_that_cover_the_expert_see_it(admin: Caller, anonymous: Caller, caller: At) -> None:
    row = await activated(admin, visibility="public", available_for_support=False)
    path = f"{EXPERTS}/{row['id']}"
    for stranger in (anonymous, caller("author_xb")):
        assert "available_for_support" not in (await stranger.get(path)).json()
    assert (await caller("author_xa").get(path)).json()["available_for_support"] is False
