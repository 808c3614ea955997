"""The office of a country is notified by mail when its last focal point ends."""

from typing import Any
from uuid import UUID

from tests.access.notifying.notifications.people import People
from tests.support.callers import Caller
from tests.support.centres import entered, stepped

_POINTS = "/actions/v1/focal_points"
_EVENT = "focal_point.vacant"


async def _office(people: People, role: str, scope_kind: str, scope: str) -> UUID:
    account = await people.person()
    await people.holds(account, role, scope_kind, scope)
    return account


async def _in_office(by: Caller, country: str) -> dict[str, Any]:
    made = await entered(by, _POINTS, {"country": country, "person": {"name": "Ada Focal"}})
    return await stepped(by, made, "accept")


async def test_the_office_is_notified_once_for_each_ending(people: People, actions: Caller) -> None:
    country = "TV"
    officer = await _office(people, "secretariat_officer", "country", country)
    of_region = await _office(people, "secretariat_officer", "region", "061")
    elsewhere = [
        await _office(people, "secretariat_officer", *scope) for scope in (("country", "XC"), ("region", "014"))
    ]
    focal = await _office(people, "government_focal_point", "country", country)
    first, second = [await _in_office(actions, country) for _ in range(2)]
    await stepped(actions, first, "end")
    await people.deliver(first["id"])
    assert await people.events(officer) == []
    await stepped(actions, second, "end")
    await people.deliver(second["id"])
    assert [await people.events(one) for one in (officer, of_region)] == [[_EVENT], [_EVENT]]
    assert [await people.events(one) for one in (*elsewhere, focal)] == [[], [], []]
    mail = await people.superuser.fetchval("SELECT mail FROM access_notification WHERE account_id = $1", officer)
    assert mail == "mail"
    third = await _in_office(actions, country)
    await stepped(actions, third, "end")
    await people.deliver(third["id"])
    assert await people.events(officer) == [_EVENT, _EVENT]
