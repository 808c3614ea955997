"""Imports and exports of reports: a row is a report, older ones are entered, and those of a term are filled in."""

from typing import Any

import asyncpg
import pytest

from shared.kernel.clock import today
from tests.support.callers import Caller
from tests.support.centres import Members, entered, sections, stepped
from tests.support.imports import Importer, counts, csv_of
from tests.support.reports import ANSWERED, REPORTS, Record, ReportingCentre, asked, designated

HEADINGS = "registration_number,year,due,submitted_on,accepted_on,figures.staff"
DONE = ("2020-03-01", "2020-02-10", "2020-02-20")


async def _exported(by: Importer, resource: str = "annual_reports", **order: Any) -> bytes:
    response = await by.caller.post("/centres/v1/exports", {"resource": resource, "format": "csv", **order})
    assert response.status_code == 202, response.text
    job = await by.end_of(response.headers["location"])
    assert job["status"] == "succeeded", job
    return (await by.caller.get(job["result_url"])).content


def _file(centre: ReportingCentre, *rows: tuple[str, ...], headings: str = HEADINGS) -> bytes:
    number = centre.record["registration_number"]
    return csv_of(headings, [(number, *row) for row in rows])


async def _of_year(centre: ReportingCentre, year: int) -> list[Record]:
    return [one for one in await centre.reports() if one["year"] == year]


async def test_older_reports_are_entered_and_the_file_twice_changes_nothing(
    centre: ReportingCentre, office: Importer, anonymous: Caller, questions: Record
) -> None:
    file = _file(centre, ("2019", *DONE, "7"), ("2018", "", "", "2019-02-01", ""), ("2017", "2018-03-01", "", "", ""))
    first = await office.bring("annual_reports", file)
    assert first["counts"] == counts(created=3)
    (done,) = await _of_year(centre, 2019)
    done = (await centre.admin.get(done["links"]["self"])).json()
    assert (done["status"], done["due"], done["submitted_on"], done["accepted_on"]) == ("accepted", *DONE)
    assert (done["figures"], done["template_version"]) == ({"staff": 7}, questions["template_version"])
    assert (done["term_id"], done["completeness"]) == (None, {"answered": 1, "required": 2})
    (accepted,), (owed,) = await _of_year(centre, 2018), await _of_year(centre, 2017)
    assert (accepted["status"], accepted["submitted_on"], accepted["due"]) == ("accepted", "2019-02-01", "2019-03-01")
    assert (owed["status"], owed["due"]) == ("due", "2018-03-01")
    assert (await office.bring("annual_reports", file))["counts"] == counts(unchanged=3)
    assert (await centre.admin.get(done["links"]["self"])).json()["version"] == done["version"]
    lines = (await centre.admin.get(f"{done['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["record_acceptance", "create"]
    assert (await anonymous.get(done["links"]["self"])).status_code == 404
    await centre.admin.change(done["links"]["self"], visibility="public")
    assert (await anonymous.get(done["links"]["self"])).json()["figures"] == {"staff": 7}


async def test_a_report_of_a_term_is_filled_in_and_taken_back(centre: ReportingCentre, office: Importer) -> None:
    report = (await centre.reports())[0]
    day = today().isoformat()
    done = await office.bring("annual_reports", _file(centre, (str(report["year"]), "", day, day, "5")))
    assert done["counts"] == counts(updated=1)
    shown = (await centre.admin.get(report["links"]["self"])).json()
    assert (shown["status"], shown["due"], shown["figures"]) == ("accepted", report["due"], {"staff": 5})
    assert (await office.undo(done)).json()["status"] == "undone"
    shown = (await centre.admin.get(report["links"]["self"])).json()
    assert (shown["status"], shown["figures"], shown["accepted_on"]) == ("due", {}, None)
    assert (await stepped(centre.officer, shown, "start"))["status"] == "draft"


async def test_an_undo_removes_what_was_entered(centre: ReportingCentre, office: Importer) -> None:
    done = await office.bring("annual_reports", _file(centre, ("2019", *DONE, "7"), ("2018", *DONE, "6")))
    (kept,) = await _of_year(centre, 2018)
    await stepped(centre.admin, kept, "reopen", reason="A figure was wrong")
    undone = (await office.undo(done)).json()
    assert undone["status"] == "undone"
    assert await _of_year(centre, 2019) == []
    assert [one["id"] for one in await _of_year(centre, 2018)] == [kept["id"]], "it has changed since"


async def test_a_submitted_report_waits_for_another_officer(
    centre: ReportingCentre, office: Importer, head_office: Importer
) -> None:
    await office.bring("annual_reports", _file(centre, ("2019", "", "2020-02-10", "", "7")))
    (report,) = await _of_year(centre, 2019)
    assert (report["status"], report["submitted_on"]) == ("submitted", "2020-02-10")
    assert (await centre.officer.step(report["links"]["self"], "accept")).status_code == 403
    accepted = _file(centre, ("2019", "", "", "2020-02-20", ""))
    for file, problem in (
        (accepted, "forbidden"),
        (_file(centre, ("2019", "", "", "2020-02-20", "8")), "report_not_open"),
    ):
        refused = await office.bring("annual_reports", file)
        assert [one["problem"] for one in await office.failures(refused)] == [problem]
    assert (await head_office.bring("annual_reports", accepted))["counts"] == counts(updated=1)
    (report,) = await _of_year(centre, 2019)
    days = ("2020-02-10", "2020-02-20")
    assert (report["status"], report["submitted_on"], report["accepted_on"]) == ("accepted", *days)


async def test_answers_that_were_written_stay(centre: ReportingCentre, office: Importer) -> None:
    started = await centre.started()
    await centre.officer.change(started["links"]["self"], **ANSWERED)
    day = today().isoformat()
    await office.bring("annual_reports", _file(centre, (str(started["year"]), "", day, day, "5")))
    shown = (await centre.admin.get(started["links"]["self"])).json()
    assert (shown["status"], shown["answers"]["needs"], shown["figures"]) == ("accepted", "A boat", {"staff": 5})
    assert shown["completeness"] == {"answered": 2, "required": 2}


async def test_an_accepted_report_is_not_changed_by_a_file(centre: ReportingCentre, office: Importer) -> None:
    await office.bring("annual_reports", _file(centre, ("2019", *DONE, "7")))
    again = await office.bring("annual_reports", _file(centre, ("2019", *DONE, "8")))
    assert [one["problem"] for one in await office.failures(again)] == ["report_not_open"]
    waived = (await centre.reports())[-1]
    await stepped(centre.admin, waived, "waive", reason="Not owed")
    again = await office.bring("annual_reports", _file(centre, (str(waived["year"]), "2031-01-01", "", "", "")))
    assert [one["problem"] for one in await office.failures(again)] == ["report_not_open"]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"registration_number": "ESNRC-XX-99"}, "unknown_centre"),
        ({"figures.boats": "3"}, "unknown_figure"),
        ({"figures.summary": "3"}, "unknown_figure"),
        ({"figures.staff": "-1"}, "invalid_answer"),
        ({"figures.staff": "few"}, "invalid_answer"),
        ({"year": "twenty"}, "invalid_format"),
        ({"year": "1889"}, "out_of_range"),
        ({"due": "2019-03-01"}, "invalid_date"),
        ({"accepted_on": "2019-02-01"}, "invalid_date"),
        ({"submitted_on": "2999-02-01", "accepted_on": ""}, "invalid_date"),
        ({"submitted_on": "", "accepted_on": ""}, "required"),
    ],
)
async def test_a_bad_row_fails_alone(
    centre: ReportingCentre, office: Importer, more: dict[str, str], problem: str
) -> None:
    good = {
        **dict(zip(HEADINGS.split(","), ("", "2019", *DONE, "7"), strict=True)),
        "figures.boats": "",
        "figures.summary": "",
    }
    good["registration_number"] = centre.record["registration_number"]
    bad = {**good, **more}
    other = {**good, "year": "2018"}
    done = await office.bring("annual_reports", csv_of(",".join(good), [tuple(bad.values()), tuple(other.values())]))
    assert [one["problem"] for one in await office.failures(done)] == [problem]
    assert done["counts"] == counts(created=1, failed=1)
    assert len(await _of_year(centre, 2018)) == 1


async def test_a_report_is_named_once_in_a_file(centre: ReportingCentre, office: Importer) -> None:
    done = await office.bring("annual_reports", _file(centre, ("2019", *DONE, "7"), ("2019", *DONE, "8")))
    assert [one["problem"] for one in await office.failures(done)] == ["not_unique"]


async def test_a_centre_of_another_country_is_forbidden(
    centre: ReportingCentre,
    office: Importer,
    head_office: Importer,
    members: Members,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other = await designated(centre.admin, members, superuser, monkeypatch)
    file = _file(other, ("2019", *DONE, "7"))
    done = await office.bring("annual_reports", file)
    assert [one["problem"] for one in await office.failures(done)] == ["country_forbidden"]
    await centre.admin.change(other.record["links"]["self"], visibility="restricted")
    done = await office.bring("annual_reports", _file(other, ("2018", *DONE, "7")))
    assert [one["problem"] for one in await office.failures(done)] == ["unknown_centre"]
    assert (await head_office.bring("annual_reports", file))["counts"] == counts(created=1)
    office.caller = centre.caller(monkeypatch, "centre_director")
    sent = await office.send("annual_reports", file)
    assert (sent.status_code, sent.json()["code"]) == (403, "forbidden")


async def test_an_export_imports_again_unchanged(centre: ReportingCentre, office: Importer, admin: Caller) -> None:
    parts = sections()
    parts[0]["questions"].append(
        {"key": "area", "titles": {"en": "Area"}, "type": "decimal", "figure": True, "unit": "ha"}
    )
    await asked(admin, sections=parts)
    file = _file(centre, ("2019", *DONE, "7", "10.50"), headings=f"{HEADINGS},figures.area")
    assert (await office.bring("annual_reports", file))["counts"] == counts(created=1)
    started = await centre.started(2)
    changed = (await centre.officer.change(started["links"]["self"], **ANSWERED)).json()
    await stepped(centre.admin, await stepped(centre.officer, changed, "submit"), "return", reason="Unclear")
    content = await _exported(office, filters={"centre_id": centre.record["id"]})
    head, *rows = content.decode("utf-8-sig").splitlines()
    assert head.split(",")[:5] == HEADINGS.split(",")[:5]
    assert {"figures.staff", "figures.area"} <= set(head.split(","))
    (line,) = [row for row in rows if ",2019," in row]
    assert "10.50" in line
    again = await office.bring("annual_reports", content)
    assert again["counts"] == counts(unchanged=len(rows))


async def test_centres_and_committees_are_exported(centre: ReportingCentre, office: Importer) -> None:
    content = await _exported(office, "centres", filters={"country": centre.record["country"]})
    head, row = content.decode("utf-8-sig").splitlines()
    assert {"ref", "registration_number", "names"} <= set(head.split(","))
    assert centre.record["registration_number"] in row
    for resource in ("committees", "seats", "agreements"):
        assert (await _exported(office, resource)).decode("utf-8-sig").startswith("id,ref,")


async def test_a_dry_run_writes_nothing(centre: ReportingCentre, office: Importer) -> None:
    done = await office.bring("annual_reports", _file(centre, ("2019", *DONE, "7")), mode="dry_run")
    assert done["counts"] == counts(created=1)
    assert await _of_year(centre, 2019) == []


async def test_a_report_that_an_officer_entered_is_filled_in(centre: ReportingCentre, office: Importer) -> None:
    made = await entered(centre.officer, REPORTS, {"centre_id": centre.record["id"], "year": 2016, "due": "2017-03-01"})
    assert made["status"] == "due"
    done = await office.bring(
        "annual_reports", _file(centre, ("2016", "", "2017-02-01", "2017-02-02", ""), headings=HEADINGS)
    )
    assert done["counts"] == counts(updated=1)
    (report,) = await _of_year(centre, 2016)
    assert (report["status"], report["id"], report["figures"]) == ("accepted", made["id"], {})
