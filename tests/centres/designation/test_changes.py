"""Changes of centres: who may change what, from which day, and what stays of the former value."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.centres.designation.tenures import operations as tenures
from services.centres.erasing import erase
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import today
from tests.support.callers import Caller
from tests.support.centres import (
    AGREEMENTS,
    DOCUMENT,
    Members,
    centre_body,
    entered,
    host_agreement,
    signed_by_all,
    stepped,
    unused_country,
)
from tests.support.clock import calendar
from tests.support.merges import merged
from tests.support.register import Membership, changed, changes, designated, items, public_expert

Record = dict[str, Any]
Entering = Callable[[str, str, str], Caller]
_NEW = {"en": "Centre for Peat"}


@pytest.fixture(scope="module")
def country() -> str:
    """The country of these tests."""
    return unused_country()


@pytest.fixture
async def centre(admin: Caller, members: Members, superuser: asyncpg.Connection, country: str) -> Record:
    """A public centre, designated today."""
    return await designated(admin, members, superuser, country, public_note="Welcome.")


async def _lines(anonymous: Caller, centre: Record) -> list[Record]:
    """The centre's lines in the register."""
    found = await changes(anonymous, centre["country"], limit=200)
    return [one for one in found if one["registration_number"] == centre["registration_number"]]


def _day(days: int = 0) -> str:
    return (today() + timedelta(days=days)).isoformat()


async def _change(by: Caller, centre: Record, days: int = 0, **fields: Any) -> httpx.Response:
    body = {"effective": _day(days), **fields}
    return await by.step(centre["links"]["self"], "change", reason="Decided", fields=body)


async def _made(by: Caller, centre: Record, days: int = 0, **fields: Any) -> Record:
    response = await _change(by, centre, days, **fields)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def _read(by: Caller, centre: Record) -> Record:
    return dict((await by.get(centre["links"]["self"])).json())


async def _announced(superuser: asyncpg.Connection, centre: Record) -> list[str]:
    query = "SELECT type FROM core_outbox WHERE subject = $1 ORDER BY id"
    return [row["type"].split(".")[3] for row in await superuser.fetch(query, UUID(centre["id"]))]


async def _apply_due(database: Database) -> None:
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await tenures.apply_due(uow)


async def test_a_change_of_names_leaves_the_former_ones_with_their_days(
    admin: Caller, centre: Record, superuser: asyncpg.Connection, anonymous: Caller
) -> None:
    assert (centre["former"], centre["pending_change"]) == ([], None)
    made = await _made(admin, centre, names=_NEW, document=DOCUMENT, public_note="A clearer name.")
    assert (made["names"], made["status"], made["public_note"]) == (_NEW, "active", "A clearer name.")
    (former,) = made["former"]
    assert former == {"names": centre["names"], "from": _day(), "to": _day(), "document": DOCUMENT | former["document"]}
    assert (await _announced(superuser, centre))[-1] == "renamed"
    found = await admin.get("/centres/v1/centres", params={"q": "Centre for Peat", "country": centre["country"]})
    assert centre["id"] in [one["id"] for one in found.json()["items"]]
    line = (await _lines(anonymous, centre))[-1]
    assert (line["change"], line["to"], line["note"]) == ("renamed", _NEW, "A clearer name.")
    assert not {"former", "pending_change"} & (await _read(anonymous, centre)).keys()
    history = (await admin.get(f"{centre['links']['self']}/history")).json()["items"]
    assert (history[0]["action"], history[0]["reason"]) == ("change", "Decided")


async def test_an_error_is_corrected_without_a_tenure_and_without_the_note(
    admin: Caller, centre: Record, anonymous: Caller, superuser: asyncpg.Connection
) -> None:
    await changed(admin, centre, names={"en": "Centre for Soil"})
    assert (await _read(admin, centre))["former"] == []
    assert (await _announced(superuser, centre))[-1] == "updated"
    lines = await _lines(anonymous, centre)
    assert [(line["change"], line["note"]) for line in lines] == [("designated", "Welcome."), ("renamed", None)]


async def test_each_thing_has_its_fact_and_its_line(
    admin: Caller, members: Members, centre: Record, superuser: asyncpg.Connection, anonymous: Caller
) -> None:
    director, host = await members.expert(centre["country"]), await members.institution(centre["country"])
    body = {**host_agreement(centre), "kind": "tripartite"}
    body["parties"][0]["institution_id"] = host
    await entered(admin, AGREEMENTS, body)
    for fields in (
        {"director_id": director},
        {"host_institution_id": host},
        {"address": "1 Peat Road", "position": {"lat": 2.5, "lon": 3.0}},
        {"unit": "Institute of Peat"},
    ):
        centre = await _made(admin, centre, **fields)
        assert {name: centre[name] for name in fields} == fields
    announced = [name for name in await _announced(superuser, centre) if name != "created"]
    assert announced[-4:] == ["director_changed", "host_changed", "moved", "updated"]
    assert [sorted(one.keys() - {"from", "to", "document"}) for one in centre["former"]] == [
        ["unit"], ["address", "position"], ["host_institution_id"], ["director_id"],
    ]  # fmt: skip
    kinds = [line["change"] for line in await _lines(anonymous, centre)]
    assert kinds[:1] == ["designated"]
    assert set(kinds[1:]) >= {"host_changed", "moved"}
    centre = await _made(admin, centre, director_id=None)
    assert centre["director_id"] is None


async def test_a_host_needs_an_agreement_in_force_with_it(admin: Caller, members: Members, centre: Record) -> None:
    host = await members.institution(centre["country"])
    response = await _change(admin, centre, host_institution_id=host)
    assert (response.status_code, response.json()["reason"]) == (409, "agreement_missing")
    body = host_agreement(centre, signed=False)
    body["parties"][0]["institution_id"] = host
    agreement = await entered(admin, AGREEMENTS, body)
    assert (await _change(admin, centre, host_institution_id=host)).status_code == 409
    agreement = await stepped(admin, agreement, "send")
    await signed_by_all(agreement, admin)
    assert (await _made(admin, centre, host_institution_id=host))["host_institution_id"] == host


async def test_each_role_changes_its_own_things(
    admin: Caller, members: Members, centre: Record, entering: Entering
) -> None:
    country = centre["country"]
    director, host = (await public_expert(members, country))["id"], await members.institution(country)
    wanted: dict[str, Any] = {"names": _NEW, "address": "1 Peat Road", "unit": "Soils"}
    wanted |= {"director_id": director, "host_institution_id": host}
    naming, appointing = {"names", "address", "unit"}, {"director_id"}
    for role, scope, over, may in (
        ("centre_director", "centre", centre["id"], naming),
        ("secretariat_officer", "country", country, naming | appointing),
        ("institution_representative", "institution", centre["host_institution_id"], appointing),
        ("committee_president", "country", country, appointing),
        ("committee_secretary", "country", country, appointing),
        ("government_focal_point", "country", country, set()),
        ("national_publisher", "country", country, set()),
        ("centre_director", "centre", "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33", set()),
    ):
        who = entering(role, scope, over)
        for name, value in wanted.items():
            response = await _change(who, centre, 30, **{name: value})
            expected = 200 if name in may else 403
            assert response.status_code == expected, (role, name, response.text)
            if expected == 200:
                await _made(admin, centre, **{name: centre[name]})
    response = await _change(entering("secretariat_officer", "country", country), centre, host_institution_id=host)
    assert response.json()["reason"] == "not_permitted"


async def test_a_representative_of_the_host_reads_the_file_and_names_a_director(
    members: Members, centre: Record, entering: Entering
) -> None:
    of_host = entering("institution_representative", "institution", centre["host_institution_id"])
    assert (await _read(of_host, centre))["former"] == []
    director = (await public_expert(members, centre["country"]))["id"]
    assert (await _made(of_host, centre, director_id=director))["director_id"] == director
    other = entering("institution_representative", "institution", await members.institution(centre["country"]))
    assert (await _change(other, centre, director_id=centre["director_id"])).status_code == 403


async def test_who_changes_nothing_corrects_nothing(
    admin: Caller, members: Members, centre: Record, entering: Entering
) -> None:
    country, path = centre["country"], centre["links"]["self"]
    wanted: dict[str, Any] = {"names": _NEW, "address": "1 Peat Road", "unit": "Soils"}
    wanted["position"] = {"lat": 2.5, "lon": 3.0}
    for role, scope, over, expected in (
        ("institution_representative", "institution", centre["host_institution_id"], 403),
        ("committee_president", "country", country, 403),
        ("committee_secretary", "country", country, 403),
        ("centre_director", "centre", centre["id"], 200),
        ("secretariat_officer", "country", country, 200),
        ("api_client", "country", country, 200),
    ):
        who = entering(role, scope, over)
        for name, value in wanted.items():
            response = await who.change(path, **{name: value})
            assert response.status_code == expected, (role, name, response.text)
            assert expected == 200 or (response.json()["reason"], response.json()["detail"]) == (
                "not_permitted",
                f"Your grants do not include {name}.",
            )
            await changed(admin, centre, **{name: centre[name]})
        assert (await who.change(path, themes=["soil"], names=centre["names"])).status_code == 200, role
    for step in ("suspend", "close"):
        await stepped(admin, centre, step, reason="A question")
        president = entering("committee_president", "country", country)
        assert (await president.change(path, names=_NEW)).status_code == 403, step


async def test_applicants_write_their_application(admin: Caller, members: Members, entering: Entering) -> None:
    country = unused_country()
    draft = await entered(admin, "/centres/v1/centres", await centre_body(members, country))
    president = entering("committee_president", "country", country)
    wanted = {"names": _NEW, "address": "1 Peat Road", "unit": "Soils", "position": {"lat": 2.5, "lon": 3.0}}
    response = await president.change(draft["links"]["self"], **wanted)
    assert response.status_code == 200, response.text
    assert {name: response.json()[name] for name in wanted} == wanted


async def test_who_names_no_director_corrects_none(members: Members, centre: Record, entering: Entering) -> None:
    director = entering("centre_director", "centre", centre["id"])
    path, other = centre["links"]["self"], (await public_expert(members, centre["country"]))["id"]
    for wanted in (other, None):
        response = await director.change(path, director_id=wanted)
        assert (response.status_code, response.json()["reason"]) == (403, "not_permitted")
    assert (await director.change(path, director_id=centre["director_id"], unit="Soils")).status_code == 200
    president = entering("committee_president", "country", centre["country"])
    assert (await president.change(path, director_id=other)).json()["director_id"] == other


async def test_what_is_no_change_is_refused(admin: Caller, members: Members, centre: Record) -> None:
    path, hidden = centre["links"]["self"], "0199d2c8-7c1e-7a4b-9a51-0c5b8e1f2a33"
    for fields, pointer in (
        ({}, "/fields"),
        ({"names": _NEW, "unit": "Soils"}, "/fields"),
        ({"names": None}, "/fields/names"),
        ({"names": {"xx-bad-": "A"}}, "/fields/names/xx-bad-"),
        ({"host_institution_id": None}, "/fields/host_institution_id"),
        ({"director_id": hidden}, "/fields/director_id"),
        ({"unit": centre["unit"]}, "/fields/unit"),
        ({"unit": "Soils", "effective": None}, "/fields/effective"),
        ({"unit": "Soils", "effective": _day(-1)}, "/fields/effective"),
        ({"unit": "Soils", "effective": _day(91)}, "/fields/effective"),
        ({"unit": "Soils", "effective": "soon"}, "/fields/effective"),
        ({"unit": "Soils", "document": {"title": "No date"}}, "/fields/document/date"),
        ({"position": {"lat": 91, "lon": 0}}, "/fields/position/lat"),
        ({"unit": "Soils", "starts": _day()}, "/fields/starts"),
    ):
        response = await _change(admin, centre, **fields)
        assert response.status_code == 422, (fields, response.text)
        assert any(one["pointer"].startswith(pointer) for one in response.json()["errors"]), response.text
    response = await admin.step(path, "change", fields={"unit": "Soils", "effective": _day()})
    assert response.json()["errors"][0]["pointer"] == "/reason"
    assert (await _read(admin, centre))["version"] == centre["version"]
    draft = await entered(
        admin,
        "/centres/v1/centres",
        {"country": centre["country"], "names": _NEW, "host_institution_id": centre["host_institution_id"]},
    )
    response = await _change(admin, draft, unit="Soils")
    assert (response.status_code, response.json()["reason"]) == (409, "not_in_this_state")


async def test_a_change_on_a_later_day_is_made_then(
    admin: Caller, centre: Record, database: Database, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = calendar(monkeypatch)
    waiting = await _made(admin, centre, 10, names=_NEW, document=DOCUMENT, public_note="Soon.")
    assert waiting["names"] == centre["names"]
    pending = waiting["pending_change"]
    assert (pending["names"], pending["effective"], pending["public_note"]) == (_NEW, _day(10), "Soon.")
    began = today()
    days.pass_days(9)
    await _apply_due(database)
    assert (await _read(admin, centre))["names"] == centre["names"]
    days.pass_days(1)
    for _ in range(2):
        await _apply_due(database)
    made = await _read(admin, centre)
    assert (made["names"], made["pending_change"], made["public_note"]) == (_NEW, None, "Soon.")
    (former,) = made["former"]
    assert (former["from"], former["to"]) == (began.isoformat(), _day(-1))
    assert former["document"]["title"] == DOCUMENT["title"]
    assert (await _announced(superuser, centre)).count("renamed") == 1


async def test_one_change_waits_and_is_replaced_or_taken_back(admin: Caller, centre: Record) -> None:
    await _made(admin, centre, 10, names=_NEW)
    response = await _change(admin, centre, 10, unit="Soils")
    assert (response.status_code, response.json()["reason"]) == (409, "change_pending")
    assert (await _made(admin, centre, unit="Soils"))["pending_change"]["effective"] == _day(10)
    assert (await _made(admin, centre, 20, names={"en": "Other"}))["pending_change"]["effective"] == _day(20)
    back = await _made(admin, centre, names=centre["names"])
    assert (back["pending_change"], len(back["former"])) == (None, 1)
    await _made(admin, centre, 10, names=_NEW)
    assert (await _made(admin, centre, names={"en": "At once"}))["pending_change"] is None


async def test_a_change_is_not_before_the_last_one(
    admin: Caller, centre: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = calendar(monkeypatch)
    began = _day()
    days.pass_days(30)
    await _made(admin, centre, -10, names=_NEW)
    assert (await _change(admin, centre, -11, names={"en": "Third"})).status_code == 422
    made = await _made(admin, centre, -10, names={"en": "Third"})
    made = await _made(admin, centre, -5, names={"en": "Fourth"})
    assert [(one["names"]["en"], one["from"], one["to"]) for one in made["former"]] == [
        ("Third", _day(-10), _day(-6)),
        (_NEW["en"], _day(-10), _day(-10)),
        (centre["names"]["en"], began, _day(-11)),
    ]


async def test_a_host_whose_agreement_ended_before_the_day_does_not_come(
    admin: Caller, members: Members, centre: Record, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = calendar(monkeypatch)
    host = await members.institution(centre["country"])
    body = host_agreement(centre)
    body["parties"][0]["institution_id"] = host
    agreement = await entered(admin, AGREEMENTS, body)
    await _made(admin, centre, 5, host_institution_id=host)
    await stepped(admin, agreement, "terminate", reason="The host withdrew")
    days.pass_days(5)
    await _apply_due(database)
    made = await _read(admin, centre)
    assert (made["host_institution_id"], made["pending_change"]) == (centre["host_institution_id"], None)
    history = (await admin.get(f"{centre['links']['self']}/history")).json()["items"]
    assert history[0]["action"] == "discard_change"


async def test_a_director_who_is_merged_before_the_day_is_followed(
    admin: Caller, members: Members, centre: Record, database: Database, superuser: asyncpg.Connection
) -> None:
    membership = await Membership.from_now(superuser, database)
    winner, loser = [await public_expert(members, centre["country"]) for _ in range(2)]
    await _made(admin, centre, 5, director_id=loser["id"])
    await merged(members.admin, winner, loser)
    await membership.deliver()
    assert (await _read(admin, centre))["pending_change"]["director_id"] == winner["id"]


async def test_a_change_to_come_does_not_name_an_erased_person(
    admin: Caller, members: Members, centre: Record, database: Database
) -> None:
    director = await members.expert(centre["country"])
    await _made(admin, centre, 5, director_id=director)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await erase(uow, UUID(director))
    assert (await _read(admin, centre))["pending_change"] is None


async def test_a_pending_change_ends_with_the_centre(admin: Caller, centre: Record, database: Database) -> None:
    await _made(admin, centre, 5, names=_NEW)
    closed = await stepped(admin, centre, "close", reason="The host left")
    assert closed["pending_change"] is None
    await _apply_due(database)
    assert (await _read(admin, centre))["names"] == centre["names"]


async def test_a_suspended_centre_changes_too(admin: Caller, centre: Record, anonymous: Caller) -> None:
    await stepped(admin, centre, "suspend", reason="A question")
    made = await _made(admin, centre, names=_NEW)
    assert (made["status"], made["names"]) == ("suspended", _NEW)
    shown = await items(anonymous, centre["country"], limit=200)
    assert centre["id"] not in [one["id"] for one in shown]
    assert (await stepped(admin, made, "reinstate"))["status"] == "active"


async def test_the_step_is_offered_with_its_fields(admin: Caller, centre: Record) -> None:
    offered = (await admin.get(f"{centre['links']['self']}/transitions")).json()["allowed_actions"]
    (change,) = [one for one in offered if one["action"] == "change"]
    assert (change["to"], change["allowed"], change["requires"]) == ("active", True, ["reason"])
    assert {"names", "effective", "document", "public_note"} <= set(change["fields"])
