"""Imports of actions and milestones, and exports that go in again; the figures of reports in exports."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest

from shared.contracts import actions
from shared.kernel.clock import today
from tests.actions.neighbours import change, enter
from tests.actions.programme import action, milestone, programme, steps
from tests.support.callers import Caller
from tests.support.imports import Importer, counts, csv_of
from tests.support.progress import Reporting, period
from tests.support.results import active_indicator, result

V1 = "/actions/v1"
PLAN = "programme,pillar,title,planned_start,planned_end,tags,budget_amount,budget_currency,place,lat,lon"
STEPS = "action,title,due,weight,evidence_required"


async def _ref(by: Caller, path: str) -> str:
    return str((await by.get(path)).json()["ref"])


async def _listed(by: Caller, kind: str, **query: str) -> list[dict[str, Any]]:
    return list((await by.get(f"{V1}/{kind}", params={**query, "sort": "created_at"})).json()["items"])


async def _exported(by: Importer, resource: str, media: str = "csv", **filters: str) -> bytes:
    response = await by.caller.post(f"{V1}/exports", {"resource": resource, "format": media, "filters": filters})
    assert response.status_code == 202, response.text
    job = await by.end_of(response.headers["location"])
    assert job["status"] == "succeeded", job
    return (await by.caller.get(job["result_url"])).content


def _lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def test_a_plan_goes_in_and_out(author: Importer, admin: Caller) -> None:
    path = await programme(admin)
    plan = await _ref(admin, path)
    rows = [
        (
            plan,
            "action-1",
            "Plant reeds",
            "2026-02-01",
            "2026-12-31",
            "sdg:15.3; own:x",
            "2500",
            "EUR",
            "Delta",
            "1.5",
            "2",
        ),
        (plan, "core", '{"fr": "Le centre"}', "", "", "", "", "", "", "", ""),
    ]
    first = await author.bring("actions", csv_of(PLAN, rows))
    assert first["counts"] == counts(created=2)
    reeds, centre = await _listed(author.caller, "actions", programme_id=path[-36:])
    assert (reeds["status"], reeds["titles"], reeds["pillar"]) == ("proposed", {"en": "Plant reeds"}, "action-1")
    assert (reeds["planned_start"], reeds["budget"]) == ("2026-02-01", {"amount": 2500, "currency": "EUR"})
    assert reeds["tags"] == [{"scheme": "sdg", "code": "15.3"}, {"scheme": "own", "code": "x"}]
    assert reeds["locations"] == [{"name": "Delta", "subdivision": None, "lat": 1.5, "lon": 2.0}]
    assert (centre["titles"], centre["pillar"]) == ({"fr": "Le centre"}, "core")
    assert (await author.bring("actions", csv_of(PLAN, rows)))["counts"] == counts(unchanged=2)
    again = await author.bring("actions", await _exported(author, "actions", programme_id=path[-36:]))
    assert again["counts"] == counts(unchanged=2)
    changed = await author.bring(
        "actions", csv_of("ref,title,planned_end", [(reeds["ref"], "Plant trees", "2027-01-31")])
    )
    assert changed["counts"] == counts(updated=1)
    after = (await author.caller.get(f"{V1}/actions/{reeds['id']}")).json()
    assert (after["titles"], after["planned_end"], after["planned_start"]) == (
        {"en": "Plant trees"}, "2027-01-31", "2026-02-01",
    )  # fmt: skip
    assert (await author.caller.get(f"{V1}/actions?q=trees&programme_id={path[-36:]}")).json()["items"] != []
    assert (await author.undo(changed)).json()["status"] == "undone"
    assert (await author.caller.get(f"{V1}/actions/{reeds['id']}")).json()["titles"] == {"en": "Plant reeds"}


async def _institution(superuser: asyncpg.Connection, **more: Any) -> dict[str, Any]:
    """A row of a public institution of XA."""
    key = await enter(superuser, "member_institution", status="verified", ref=f"INS-{uuid4().hex[:12]}", **more)
    return dict(await superuser.fetchrow("SELECT id::text, ref, ror FROM member_institution WHERE id = $1", key))


@pytest.mark.long("imports, exports and imports again")
async def test_participants_and_several_locations_go_in_and_out(
    author: Importer, admin: Caller, superuser: asyncpg.Connection
) -> None:
    path = await programme(admin)
    plan = await _ref(admin, path)
    hosts = [await _institution(superuser) for _ in range(2)]
    places = [{"name": "Delta", "subdivision": None, "lat": 1.5, "lon": 2.0}, {"subdivision": "Northern Province"}]
    named = f"{hosts[0]['ref']}:4; {hosts[1]['id']}:1"
    rows = [
        (plan, "action-1", "Plant reeds", named, orjson.dumps(places).decode()),
        (plan, "core", "The centre", "", ""),
    ]
    headings = "programme,pillar,title,participants,locations"
    assert (await author.bring("actions", csv_of(headings, rows)))["counts"] == counts(created=2)
    reeds, centre = await _listed(author.caller, "actions", programme_id=path[-36:])
    assert reeds["participants"] == [
        {"institution_id": hosts[0]["id"], "role": 4},
        {"institution_id": hosts[1]["id"], "role": 1},
    ]
    whole = [{"name": None, "subdivision": None, "lat": None, "lon": None, **place} for place in places]
    assert (reeds["locations"], centre["participants"], centre["locations"]) == (whole, [], [])
    assert (await author.bring("actions", csv_of(headings, rows)))["counts"] == counts(unchanged=2)
    for media in ("ndjson", "xlsx", "csv"):
        exported = await _exported(author, "actions", media, programme_id=path[-36:])
        assert (await author.bring("actions", exported, f"list.{media}"))["counts"] == counts(unchanged=2)
    version = (await admin.get(f"{V1}/actions/{reeds['id']}")).json()["version"]
    await change(superuser, "member_institution", UUID(hosts[1]["id"]), visibility="restricted", country="XB")
    again = await author.bring("actions", exported.replace(b"Plant reeds", b"Plant trees"))
    assert again["counts"] == counts(updated=1, unchanged=1), "whoever takes part already stays"
    after = (await admin.get(f"{V1}/actions/{reeds['id']}")).json()
    assert (after["version"], after["participants"], after["locations"]) == (version + 1, reeds["participants"], whole)
    fewer = csv_of("ref,participants,locations", [(reeds["ref"], f"{hosts[0]['ref']}:2", "[]")])
    assert (await author.bring("actions", fewer))["counts"] == counts(updated=1)
    after = (await admin.get(f"{V1}/actions/{reeds['id']}")).json()
    assert (after["participants"], after["locations"]) == ([{"institution_id": hosts[0]["id"], "role": 2}], [])
    back = await author.bring("actions", csv_of("ref,participants", [(reeds["ref"], named)]))
    assert [one["problem"] for one in await author.failures(back)] == ["unknown_reference"]


async def test_a_participant_is_named_by_its_ror_id(
    author: Importer, admin: Caller, superuser: asyncpg.Connection
) -> None:
    plan = await programme(admin)
    host = await _institution(superuser, ror="https://ror.org/02mhbdp94")
    row = (await _ref(admin, plan), "action-1", "Plant reeds", "02mhbdp94:3")
    done = await author.bring("actions", csv_of("programme,pillar,title,participants", [row]))
    assert done["counts"] == counts(created=1)
    (one,) = await _listed(author.caller, "actions", programme_id=plan[-36:])
    assert one["participants"] == [{"institution_id": host["id"], "role": 3}]


@pytest.mark.long("imports, exports and imports again")
async def test_a_place_of_an_export_is_changed_in_either_way(author: Importer, admin: Caller) -> None:
    path = await action(admin, await programme(admin), "action-1", locations=[{"name": "Delta"}])
    headings = "ref,place,locations"

    async def brought(place: str, *places: str) -> list[str]:
        row = (await _ref(admin, path), place, orjson.dumps([{"name": one} for one in places]).decode())
        done = await author.bring("actions", csv_of(headings, [row]))
        failed = [one["problem"] for one in await author.failures(done)]
        return failed or [one["name"] for one in (await admin.get(path)).json()["locations"]]

    assert await brought("Coast", "Delta") == ["Coast"]
    assert await brought("Coast", "Hills") == ["Hills"]
    assert await brought("Hills", "Hills", "Coast") == ["Hills", "Coast"]
    assert await brought("Delta", "Delta") == ["Delta"]
    assert await brought("Coast", "Hills") == ["conflict"]


async def test_one_place_does_not_replace_several_locations(author: Importer, admin: Caller) -> None:
    places = [{"name": "Delta"}, {"name": "Coast"}]
    path = await action(admin, await programme(admin), "action-1", locations=places)
    row = (await _ref(admin, path), "Hills")
    done = await author.bring("actions", csv_of("ref,place", [row]))
    assert [one["problem"] for one in await author.failures(done)] == ["conflict"]
    other = (row[0], '[{"name": "Hills"}]')
    assert (await author.bring("actions", csv_of("ref,locations", [other])))["counts"] == counts(updated=1)
    assert [one["name"] for one in (await admin.get(path)).json()["locations"]] == ["Hills"]


async def test_an_action_that_was_entered_by_hand_is_not_entered_again(author: Importer, admin: Caller) -> None:
    path = await programme(admin)
    await action(author.caller, path, "action-1", titles={"en": "Plant reeds"}, planned_start="2026-02-01")
    row = (await _ref(admin, path), "action-1", "plant  REEDS", "2026-12-31")
    done = await author.bring("actions", csv_of("programme,pillar,title,planned_end", [row]))
    assert done["counts"] == counts(updated=1)
    (one,) = await _listed(author.caller, "actions", programme_id=path[-36:])
    assert (one["planned_start"], one["planned_end"]) == ("2026-02-01", "2026-12-31")


@pytest.mark.long("imports, exports and imports again")
async def test_milestones_go_in_and_out(author: Importer, admin: Caller, superuser: asyncpg.Connection) -> None:
    work = await action(admin, await programme(admin), "action-1")
    of = await _ref(admin, work)
    rows = [
        (of, "First samples", "2027-01-31", "2.5", "A field report"),
        (of, "Last samples", "2027-06-30", "", "false"),
    ]
    first = await author.bring("milestones", csv_of(STEPS, rows))
    assert first["counts"] == counts(created=2)
    samples, last = await _listed(author.caller, "milestones", action_id=work[-36:])
    assert (samples["status"], samples["due"], samples["first_due"]) == ("pending", "2027-01-31", "2027-01-31")
    assert (samples["weight"], samples["evidence_required"]) == (2.5, "A field report")
    assert (last["weight"], last["evidence_required"]) == (1, False)
    again = await author.bring("milestones", await _exported(author, "milestones", action_id=work[-36:]))
    assert again["counts"] == counts(unchanged=2)
    moved = await author.bring("milestones", csv_of("ref,due", [(samples["ref"], "2027-02-28")]))
    assert [one["problem"] for one in await author.failures(moved)] == ["reason_required"]
    row = (samples["ref"], "2027-02-28", "Rain")
    assert (await author.bring("milestones", csv_of("ref,due,due_reason", [row])))["counts"] == counts(updated=1)
    shown = (await author.caller.get(f"{V1}/milestones/{samples['id']}")).json()
    assert (shown["due"], shown["first_due"], shown["due_reason"]) == ("2027-02-28", "2027-01-31", "Rain")
    undone = await author.undo(first)
    assert undone.json()["taken_back"] == {"removed": 1, "restored": 0, "kept": 1}, "one has changed since"
    facts = "SELECT type FROM core_outbox WHERE subject = $1 UNION SELECT type FROM core_fact WHERE subject = $1"
    types = {row["type"] for row in await superuser.fetch(facts, last["id"])}
    assert types == {actions.MILESTONE_CREATED, actions.MILESTONE_DELETED}


async def test_the_undo_leaves_actions_with_milestones(author: Importer, admin: Caller) -> None:
    path = await programme(admin)
    plan = await _ref(admin, path)
    rows = [(plan, "action-1", title) for title in ("One", "Two")]
    done = await author.bring("actions", csv_of("programme,pillar,title", rows))
    one, _ = await _listed(author.caller, "actions", programme_id=path[-36:])
    await milestone(author.caller, f"{V1}/actions/{one['id']}")
    undone = await author.undo(done)
    assert undone.json()["taken_back"] == {"removed": 1, "restored": 0, "kept": 1}
    assert [left["id"] for left in await _listed(author.caller, "actions", programme_id=path[-36:])] == [one["id"]]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"programme": "PRG-999999"}, "unknown_reference"),
        ({"programme": ""}, "required"),
        ({"pillar": ""}, "required"),
        ({"title": ""}, "required"),
        ({"pillar": "action-9"}, "not_one_of"),
        ({"title": '{"en": '}, "malformed_json"),
        ({"planned_start": "2027-01-01", "planned_end": "2026-01-01"}, "invalid_date"),
        ({"planned_start": "soon"}, "invalid_format"),
        ({"tags": "15.3"}, "invalid_format"),
        ({"tags": "sdg:99.9"}, "unknown_code"),
        ({"budget_amount": "12"}, "required"),
        ({"budget_amount": "much", "budget_currency": "EUR"}, "invalid_format"),
        ({"baseline_value": "12", "baseline_unit": "ha"}, "required"),
        ({"lat": "1", "lon": "2"}, "name_or_subdivision"),
        ({"ref": "ACT-999999"}, "unknown_reference"),
        ({"participants": "INS-999999:4"}, "unknown_reference"),
        ({"participants": "INS-999999"}, "invalid_format"),
        ({"participants": "INS-999999:9"}, "out_of_range"),
        ({"locations": "Delta"}, "invalid_format"),
        ({"locations": "[{"}, "malformed_json"),
        ({"locations": '[{"lat": 1, "lon": 2}]'}, "name_or_subdivision"),
        ({"locations": '[{"name": "Delta"}]', "place": "Coast"}, "conflict"),
    ],
)
async def test_a_bad_row_of_an_action_fails(
    author: Importer, admin: Caller, more: dict[str, str], problem: str
) -> None:
    plan = await _ref(admin, await programme(admin))
    row = {"programme": plan, "pillar": "action-1", "title": "Plant reeds", **more}
    done = await author.bring("actions", csv_of(",".join(row), [tuple(row.values())]))
    assert [one["problem"] for one in await author.failures(done)] == [problem]


async def test_rows_are_of_programmes_that_the_caller_plans(
    author: Importer, admin: Caller, importer: Callable[[str], Importer], superuser: asyncpg.Connection
) -> None:
    hidden, shown = await programme(admin, "XB"), await programme(admin, "XB", visibility="public")
    await superuser.execute("UPDATE action_programme SET status = 'approved' WHERE id = $1", shown[-36:])
    ended = await programme(admin)
    await superuser.execute("UPDATE action_programme SET status = 'completed' WHERE id = $1", ended[-36:])
    rows = [(await _ref(admin, path), "action-1", "Plant reeds") for path in (hidden, shown, ended)]
    done = await author.bring("actions", csv_of("programme,pillar,title", rows))
    problems = [one["problem"] for one in await author.failures(done)]
    assert problems == ["unknown_reference", "country_forbidden", "conflict"]
    refused = await importer("auditor").send("actions", csv_of("programme,pillar,title", rows))
    assert refused.status_code == 403


async def test_a_dry_run_of_a_plan_writes_nothing(author: Importer, admin: Caller) -> None:
    path = await programme(admin)
    row = (await _ref(admin, path), "action-1", "Plant reeds")
    done = await author.bring("actions", csv_of("programme,pillar,title", [row]), mode="dry_run")
    assert done["counts"] == counts(created=1)
    assert await _listed(author.caller, "actions", programme_id=path[-36:]) == []


async def test_figures_of_reports_are_exported_as_they_were_submitted(
    importer: Callable[[str], Importer], author: Importer, admin: Caller
) -> None:
    begun = await Reporting.begun(author.caller)
    measured = await active_indicator(admin, framework=begun.code)
    about = {"indicator_id": measured, "period_id": begun.period_id, "country": "XA", "method": "measured"}
    value = await result(author.caller, {**about, "value": "12.50"})
    await steps(author.caller, value, "submit")
    work = await action(author.caller, f"{V1}/programmes/{begun.programme_id}", "action-1")
    mark = await milestone(author.caller, work)
    path = await begun.submitted()
    of = {"programme_id": begun.programme_id}
    found = _lines(await _exported(author, "reports", **of))
    ref = (await author.caller.get(path)).json()["ref"]
    assert [(one["ref"], one["figure"], one["value"]) for one in found] == [
        (ref, "result", "12.50"),
        (ref, "milestone", ""),
    ]
    assert [one["figure_ref"] for one in found] == [await _ref(admin, value), await _ref(admin, mark)]
    assert (found[0]["figure_status"], found[0]["revision"], found[1]["due"]) == ("submitted", "1", "2027-01-31")
    assert _lines(await _exported(importer("author_xb"), "reports", **of)) == []
    later = Reporting(author.caller, begun.code, begun.programme_id, await period(author.caller, begun.code, 2027))
    draft = await later.report(due_on=str(today() + timedelta(days=9)))
    empty = [one for one in _lines(await _exported(author, "reports", **of)) if one["id"] == draft[-36:]]
    assert [(one["status"], one["figure"]) for one in empty] == [("draft", "")]
