"""The role of an office ends with the office: what is published to every service shows it before access reacts."""

from uuid import UUID

import pytest

from tests.access.authority.test_caused_offices import FOCAL_POINTS, World, world
from tests.support.callers import CALLERS
from tests.support.centres import entered, stepped, unused_country

__all__ = ["world"]
_PUBLISHED = "SELECT role FROM access_published_grant WHERE principal_id = $1 ORDER BY role"


async def _published(world: World, account: UUID) -> list[str]:
    return [row["role"] for row in await world.rows.fetch(_PUBLISHED, account)]


async def _account(world: World, monkeypatch: pytest.MonkeyPatch) -> UUID:
    account = (await world.actor(monkeypatch, "account")).id
    assert account is not None
    return account


@pytest.mark.parametrize("office", ["seat", "focal point", "official"])
async def test_the_role_ends_before_the_reaction(world: World, monkeypatch: pytest.MonkeyPatch, office: str) -> None:
    country, account = unused_country(), await _account(world, monkeypatch)
    service = "centres" if office == "seat" else "actions"
    record, _ = await world.person(country, account)
    if office == "seat":
        made = await world.seat("admin", await world.committee(country), record)
    else:
        named = {"person": {"name": "Olu"}, "account_id": str(account)} if office == "official" else None
        body = {"country": country, **(named or {"person": {"expert_id": record}})}
        made = await entered(world.caller("actions"), FOCAL_POINTS, body)
        await stepped(world.caller("actions"), made, "accept")
        await world.react("actions", "focal_point", "activated", made["id"])
    role = "committee_president" if office == "seat" else "government_focal_point"
    assert await _published(world, account) == [role]
    await stepped(world.caller(service), made, "end")
    assert await _published(world, account) == []
    assert await world.held(account) == [("active", role)], "access has not reacted yet"


async def test_another_person_in_the_seat_ends_the_role_of_the_former(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    country, account = unused_country(), await _account(world, monkeypatch)
    record, _ = await world.person(country, account)
    seat = await world.seat("admin", await world.committee(country), record)
    other, _ = await world.person(country, await _account(world, monkeypatch))
    caller, path = world.caller("centres"), seat["links"]["self"]
    changed = await caller.change(path, person={"expert_id": other})
    assert changed.status_code == 200, changed.text
    assert await _published(world, account) == []


async def test_a_role_that_somebody_granted_does_not_depend_on_an_office(world: World) -> None:
    official = CALLERS["government_xa"].id
    assert "government_focal_point" in {
        row["role"] for row in await world.rows.fetch("SELECT role FROM access_grant WHERE principal_id = $1", official)
    }
    assert official is not None
    assert "government_focal_point" in await _published(world, official)
