"""Imports of centres that were designated before they were entered."""

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest

from services.centres.designation.centres.designation import open_term
from services.centres.designation.centres.record import Centre
from services.centres.designation.centres.schedules import announce_late_reports
from services.centres.register.registrations import operations
from services.centres.reporting.annual_reports import operations as reports
from shared.database.pool import Database
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today, years_after
from tests.actions.neighbours import enter
from tests.support.callers import Caller
from tests.support.centres import CENTRES, Members, agreed, centre_body, endorsed, entered, recommended, stepped
from tests.support.centres import unused_country as new_country
from tests.support.clock import run_on
from tests.support.imports import Importer, counts, csv_of
from tests.support.merges import merged
from tests.support.register import changes, items, public_expert, public_host
from tests.support.reports import REPORTS, Record
from tests.support.waiting import eventually

HEADINGS = "registration_number,country,name,host,unit,director,term_starts,term_ends"
STARTS, ENDS = today() - timedelta(days=800), years_after(today(), 2) - timedelta(days=100)


class Earlier:
    """A country with a host and a director, and rows about its centres."""

    def __init__(self, head_office: Importer, country: str, host: Record, director: Record) -> None:
        self.by, self.country, self.host, self.director = head_office, country, host, director

    def row(self, number: int = 7, **more: str) -> dict[str, str]:
        row = {
            "registration_number": f"ESNRC-{self.country}-{number:02d}",
            "country": self.country,
            "name": f"Centre {number}",
            "host": self.host["ref"],
            "unit": "Institute of Peat",
            "director": self.director["ref"],
            "term_starts": STARTS.isoformat(),
            "term_ends": ENDS.isoformat(),
        }
        return {**row, **more}

    async def bring(self, *rows: dict[str, str], **form: Any) -> dict[str, Any]:
        content = csv_of(HEADINGS, [[row[name] for name in HEADINGS.split(",")] for row in rows])
        return await self.by.bring("centres", content, **form)

    async def problems(self, result: dict[str, Any]) -> list[str]:
        return [one["problem"] for one in await self.by.failures(result)]

    async def centres(self) -> list[Record]:
        return await _all(self.by.caller, f"{CENTRES}?country={self.country}&sort=id")

    async def reports(self) -> list[Record]:
        return await _all(self.by.caller, f"{REPORTS}?country={self.country}&sort=due")


async def _all(by: Caller, path: str) -> list[Record]:
    found = await by.get(path)
    assert found.status_code == 200, found.text
    return list(found.json()["items"])


@pytest.fixture
async def earlier(head_office: Importer, members: Members) -> Earlier:
    country = new_country()
    host, director = await public_host(members, country), await public_expert(members, country)
    return Earlier(head_office, country, host, director)


async def test_a_centre_is_entered_as_designated_with_its_term_and_reports(earlier: Earlier, anonymous: Caller) -> None:
    done = await earlier.bring(earlier.row())
    assert done["counts"] == counts(created=1)
    (centre,) = await earlier.centres()
    assert (centre["status"], centre["visibility"], centre["registration_number"]) == (
        "active", "public", f"ESNRC-{earlier.country}-07",
    )  # fmt: skip
    assert centre["term"] == {"number": 1, "starts": STARTS.isoformat(), "ends": ENDS.isoformat()}
    assert (centre["host_institution_id"], centre["director_id"]) == (earlier.host["id"], earlier.director["id"])
    assert centre["designated_on"] == STARTS.isoformat()
    reports = await earlier.reports()
    assert [(one["number"], one["status"]) for one in reports] == [(n, "due") for n in range(1, len(reports) + 1)]
    assert reports[0]["period"]["starts"] == STARTS.isoformat()
    assert reports[-1]["period"]["ends"] == ENDS.isoformat()
    assert len(reports) == 4
    (term,) = await _all(earlier.by.caller, f"/centres/v1/terms?centre_id={centre['id']}")
    assert (term["number"], term["status"], term["starts"]) == (1, "current", STARTS.isoformat())
    history = (await earlier.by.caller.get(f"{centre['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in history] == ["record_designation", "create"]
    (shown,) = await items(anonymous, earlier.country)
    assert (shown["names"], shown["host"]["id"]) == ({"en": "Centre 7"}, earlier.host["id"])
    assert await items(anonymous, earlier.country, as_of=str(today() - timedelta(days=1))) == []
    (line,) = await changes(anonymous, earlier.country)
    assert (line["change"], line["on"]) == ("designated", str(today()))


async def test_the_file_twice_changes_nothing(earlier: Earlier) -> None:
    rows = [earlier.row(1), earlier.row(2, registration_number=f"OLD/{earlier.country}-12")]
    assert (await earlier.bring(*rows))["counts"] == counts(created=2)
    assert (await earlier.bring(*rows))["counts"] == counts(unchanged=2)
    assert [one["version"] for one in await earlier.centres()] == [2, 2]


async def test_a_later_designation_gets_the_next_number(
    earlier: Earlier, admin: Caller, members: Members, superuser: asyncpg.Connection
) -> None:
    await earlier.bring(earlier.row(41), earlier.row(7))
    centre = await recommended(admin, members, earlier.country)
    await agreed(admin, centre)
    await endorsed(superuser, earlier.country, level=2)
    made = await stepped(admin, centre, "designate")
    assert made["registration_number"] == f"ESNRC-{earlier.country}-42"
    again = await earlier.bring(earlier.row(42), earlier.row(43))
    assert (again["counts"], await earlier.problems(again)) == (
        counts(created=1, failed=1), ["registration_number_taken"],
    )  # fmt: skip


async def test_a_host_and_a_director_are_named_by_their_identifiers(earlier: Earlier, members: Members) -> None:
    ror, orcid = "https://ror.org/03yrm5c26", "0000-0002-1825-0097"
    await members.admin.change(earlier.host["links"]["self"], ror=ror)
    await members.admin.change(earlier.director["links"]["self"], orcid=orcid)
    done = await earlier.bring(earlier.row(1, host="03yrm5c26", director=orcid), earlier.row(2, director=""))
    assert done["counts"] == counts(created=2)
    first, second = await earlier.centres()
    assert (first["host_institution_id"], first["director_id"]) == (earlier.host["id"], earlier.director["id"])
    assert second["director_id"] is None


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"host": "INS-999999"}, "unknown_reference"),
        ({"host": "https://ror.org/01aj84f44"}, "unknown_reference"),
        ({"host": ""}, "required"),
        ({"director": "0000-0001-5109-3700"}, "unknown_reference"),
        ({"registration_number": "ESNRC-QQ-01"}, "invalid_format"),
        ({"registration_number": "ESNRC-1"}, "invalid_format"),
        ({"registration_number": "a number!"}, "invalid_format"),
        ({"country": "Nowhere"}, "unknown_country"),
        ({"name": "{"}, "malformed_json"),
        ({"term_ends": "2020-01-01", "term_starts": "2016-01-01"}, "invalid_date"),
        ({"term_ends": STARTS.isoformat()}, "invalid_date"),
        ({"term_starts": "2022"}, "invalid_format"),
    ],
)
async def test_a_bad_row_fails_alone(earlier: Earlier, more: dict[str, str], problem: str) -> None:
    done = await earlier.bring(earlier.row(1, **more), earlier.row(2))
    assert await earlier.problems(done) == [problem]
    assert done["counts"] == counts(created=1, failed=1)
    assert [one["registration_number"][-2:] for one in await earlier.centres()] == ["02"]


async def test_a_centre_is_named_once_in_a_file(earlier: Earlier) -> None:
    done = await earlier.bring(earlier.row(1), earlier.row(1, name="Another"))
    assert await earlier.problems(done) == ["not_unique"]


async def test_a_later_file_corrects_names_and_the_director(earlier: Earlier, members: Members) -> None:
    await earlier.bring(earlier.row(1))
    director = await public_expert(members, earlier.country)
    names = '{"en": "Peat Centre", "fr": "Centre de la tourbe"}'
    done = await earlier.bring(earlier.row(1, name=names, director=director["ref"], unit=""))
    assert done["counts"] == counts(updated=1)
    (centre,) = await earlier.centres()
    assert centre["names"] == {"en": "Peat Centre", "fr": "Centre de la tourbe"}
    assert (centre["director_id"], centre["unit"]) == (director["id"], "Institute of Peat")
    other = await earlier.bring(earlier.row(1, term_ends=(ENDS + timedelta(days=1)).isoformat()))
    assert await earlier.problems(other) == ["conflict"]
    await earlier.by.undo(done)
    (centre,) = await earlier.centres()
    assert (centre["names"], centre["director_id"]) == ({"en": "Centre 1"}, earlier.director["id"])


async def test_an_undo_removes_the_centre_its_term_and_its_reports(
    earlier: Earlier, anonymous: Caller, superuser: asyncpg.Connection
) -> None:
    done = await earlier.bring(earlier.row(1), earlier.row(2))
    first, used = await earlier.centres()
    await superuser.execute(
        "UPDATE centre_register_entry SET recorded_on = recorded_on - 1 WHERE country = $1", earlier.country
    )
    report = (await _all(earlier.by.caller, f"{REPORTS}?centre_id={used['id']}&sort=due"))[0]
    await stepped(earlier.by.caller, report, "waive", reason="On paper")
    undone = (await earlier.by.undo(done)).json()
    assert undone["status"] == "undone"
    assert [one["id"] for one in await earlier.centres()] == [used["id"]], "a report of it has changed since"
    assert {one["centre_id"] for one in await earlier.reports()} == {used["id"]}
    terms = await _all(earlier.by.caller, f"/centres/v1/terms?country={earlier.country}")
    assert [one["centre_id"] for one in terms] == [used["id"]]
    yesterday = await items(anonymous, earlier.country, as_of=str(today() - timedelta(days=1)))
    assert [one["id"] for one in yesterday] == [first["id"], used["id"]]
    assert [one["id"] for one in await items(anonymous, earlier.country)] == [used["id"]]
    *_, line = await changes(anonymous, earlier.country)
    assert (line["change"], line["names"], line["from"], line["to"]) == (
        "removed", {"en": "Centre 1"}, "active", None,
    )  # fmt: skip
    assert (await earlier.bring(earlier.row(1, name="Corrected")))["counts"] == counts(created=1)
    *_, line = await changes(anonymous, earlier.country)
    assert (line["change"], line["names"]) == ("designated", {"en": "Corrected"})


async def test_what_was_late_before_is_not_announced(
    earlier: Earlier, superuser: asyncpg.Connection, database: Database
) -> None:
    starts = today() - timedelta(days=1100)
    await earlier.bring(earlier.row(1, term_starts=starts.isoformat()))
    lights = [one["light"] for one in await earlier.reports()]
    assert lights[:3] == ["red", "red", "green"]
    await run_on(today(), announce_late_reports, database)
    assert [one["version"] for one in await earlier.reports()] == [1] * len(lights)
    (term,) = await superuser.fetch(
        "SELECT suspension_proposed_on FROM centre_term WHERE country = $1", earlier.country
    )
    assert term["suspension_proposed_on"] is None
    due = date.fromisoformat((await earlier.reports())[2]["due"])
    await run_on(due + timedelta(days=1), announce_late_reports, database, also=[reports])
    assert [one["version"] for one in await earlier.reports()][:3] == [1, 1, 2]


async def test_only_the_administration_imports_centres(
    earlier: Earlier, office: Importer, admin: Caller, members: Members
) -> None:
    content = csv_of(HEADINGS, [list(earlier.row().values())])
    sent = await office.send("centres", content)
    assert (sent.status_code, sent.json()["code"]) == (403, "forbidden")
    draft = await entered(admin, CENTRES, await centre_body(members, earlier.country))
    assert (await admin.step(draft["links"]["self"], "record_designation")).status_code in (404, 409, 422)


async def test_a_dry_run_writes_nothing_and_an_export_imports_again(earlier: Earlier) -> None:
    assert (await earlier.bring(earlier.row(), mode="dry_run"))["counts"] == counts(created=1)
    assert await earlier.centres() == []
    await earlier.bring(earlier.row(), earlier.row(8, director=""))
    order = {"resource": "centres", "format": "csv", "filters": {"country": earlier.country}}
    response = await earlier.by.caller.post("/centres/v1/exports", {**order, "fields": HEADINGS.split(",")})
    job = await earlier.by.end_of(response.headers["location"])
    content = (await earlier.by.caller.get(job["result_url"])).content
    again = await earlier.by.bring("centres", content)
    assert again["counts"] == counts(unchanged=2)


async def test_with_abort_a_bad_row_leaves_nothing(earlier: Earlier, centres: httpx.AsyncClient) -> None:
    done = await earlier.bring(earlier.row(1), earlier.row(2, host="INS-999999"), on_error="abort")
    assert (done["aborted"], done["counts"]["failed"]) == (True, 2)
    assert await earlier.centres() == []


async def test_a_batch_that_fails_leaves_nothing_and_is_repeated(
    earlier: Earlier, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    async def failing_once(uow: UnitOfWork, centre: Centre, *dates: date, **more: Any) -> Any:
        opened.append(centre.registration_number or "")
        if len(opened) == 2:
            raise ConnectionError
        return await open_term(uow, centre, *dates, **more)

    monkeypatch.setattr(operations, "open_term", failing_once)
    done = await earlier.bring(earlier.row(1), earlier.row(2))
    assert (done["counts"], len(opened)) == (counts(created=2), 4)
    assert [one["version"] for one in await earlier.centres()] == [2, 2]
    owed = [one["centre_id"] for one in await earlier.reports()]
    assert sorted(map(owed.count, set(owed))) == [4, 4]


async def test_an_undo_keeps_a_centre_that_a_programme_names(earlier: Earlier, superuser: asyncpg.Connection) -> None:
    done = await earlier.bring(earlier.row(1), earlier.row(2))
    named, other = await earlier.centres()
    framework = f"T/{earlier.country}"
    await enter(superuser, "action_framework", code=framework, country=None, status="current")
    of = {"country": earlier.country, "status": "exploring", "framework": framework}
    await enter(superuser, "action_programme", **of, centre_id=UUID(named["id"]))
    assert (await earlier.by.undo(done)).json()["taken_back"] == {"removed": 1, "restored": 0, "kept": 1}
    assert [one["id"] for one in await earlier.centres()] == [named["id"]]
    assert other["id"] not in [one["centre_id"] for one in await earlier.reports()]


async def test_two_files_at_once_enter_a_centre_once(earlier: Earlier) -> None:
    done = await asyncio.gather(*(earlier.bring(earlier.row(1), earlier.row(2)) for _ in range(3)))
    assert sum(one["counts"]["created"] for one in done) == 2
    assert sum(one["counts"]["unchanged"] for one in done) == 4
    assert len(await earlier.centres()) == 2


async def test_a_director_who_is_merged_is_followed(earlier: Earlier, members: Members) -> None:
    await earlier.bring(earlier.row(1))
    winner = await public_expert(members, earlier.country)
    await merged(members.admin, winner, earlier.director)

    async def is_followed() -> bool:
        return (await earlier.centres())[0]["director_id"] == winner["id"]

    await eventually(is_followed)
