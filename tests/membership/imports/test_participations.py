"""The list of a congress as an import: it finds or adds its people, and records who attended."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from shared.contracts import signing as facts
from shared.kernel.clock import today
from tests.membership.imports.conftest import EXPORTS, SAMPLES
from tests.support.callers import CALLERS, grant, machine
from tests.support.imports import Importer, counts, csv_of
from tests.support.membership import CONGRESSES, EXPERTS, PARTICIPATIONS, congress
from tests.support.principals import enter_principal

CODE = "FORUM-2026"
HEADINGS = "row_id,congress,full_name,country,organisation,email,role,attended"
_NARROW, _READ = frozenset({"membership.participations"}), frozenset({"read"})
_SAMPLE = (SAMPLES / "participations.csv").read_bytes()
_ANNOUNCED = """
SELECT type, count(*) FROM (SELECT type FROM core_outbox UNION ALL SELECT type FROM core_fact) announced
WHERE type LIKE '%.participation.%' GROUP BY type
"""


async def _congress(importer: Importer, **more: Any) -> dict[str, Any]:
    made = await importer.caller.post(CONGRESSES, congress(code=CODE, visibility="public", **more))
    assert made.status_code == 201, made.text
    return dict(made.json())


async def _list(importer: Importer, path: str = PARTICIPATIONS) -> list[dict[str, Any]]:
    return list((await importer.caller.get(f"{path}?sort=created_at")).json()["items"])


async def _announced(database: asyncpg.Connection) -> dict[str, int]:
    return {row["type"]: row["count"] for row in await database.fetch(_ANNOUNCED)}


async def test_a_list_finds_or_adds_its_people(secretariat: Importer, database: asyncpg.Connection) -> None:
    await _congress(secretariat)
    known = {"names": [{"given": "Ben", "family": "Okri"}], "country": "XB", "emails": [{"value": "ben@example.org"}]}
    ben = (await secretariat.caller.post(EXPERTS, known)).json()
    result = await secretariat.bring("participations", _SAMPLE)
    assert result["counts"] == counts(created=7)
    made = await _list(secretariat)
    assert [(one["role"], one["status"], one["country"]) for one in made] == [
        ("speaker", "attended", "XA"),
        ("participant", "attended", "XB"),
        ("chair", "attended", "XA"),
        ("student", "registered", "XC"),
        ("organiser", "registered", "XA"),
        ("participant", "attended", "XA"),
        ("participant", "registered", "XB"),
    ]
    assert made[1]["expert_id"] == ben["id"]
    assert (await secretariat.caller.get(ben["links"]["self"])).json()["version"] == ben["version"]
    assert len({made[place]["expert_id"] for place in (0, 4, 5)}) == 1
    amina = (await secretariat.caller.get(f"{EXPERTS}/{made[0]['expert_id']}")).json()
    assert (amina["status"], amina["visibility"], amina["category"]) == ("prospect", "restricted", "expert")
    assert [(one["value"], one["verified"]) for one in amina["emails"]] == [("amina.varga@example.org", False)]
    assert [one["raw"] for one in amina["affiliations"]] == ["University of Zelmar"]
    assert await database.fetchval("SELECT category FROM member_expert WHERE country = 'XC'") == "student"
    assert await _announced(database) == {facts.PARTICIPATION_CREATED: 7, facts.PARTICIPATION_ATTENDED: 4}
    history = (await secretariat.caller.get(f"{made[0]['links']['self']}/history")).json()["items"]
    assert [(line["action"], line["from"], line["to"]) for line in history] == [
        ("attend", "registered", "attended"),
        ("create", None, "registered"),
    ]


async def test_a_list_twice_changes_nothing(secretariat: Importer, database: asyncpg.Connection) -> None:
    await _congress(secretariat)
    await secretariat.bring("participations", _SAMPLE)
    before, people = await _list(secretariat), await database.fetchval("SELECT count(*) FROM member_expert")
    first = await database.fetchrow("SELECT id, version FROM member_expert ORDER BY id LIMIT 1")
    await database.execute("UPDATE member_expert SET sort_name = 'another' WHERE id = $1", first["id"])
    again = await secretariat.bring("participations", _SAMPLE)
    assert again["counts"] == counts(unchanged=7)
    assert await _list(secretariat) == before
    assert await database.fetchval("SELECT count(*) FROM member_expert") == people


async def test_a_later_list_records_who_attended(secretariat: Importer, database: asyncpg.Connection) -> None:
    await _congress(secretariat)
    rows = [("1", CODE, "Ina Moor", "XA", "Delta", "", "", ""), ("2", CODE, "Odo Lund", "XB", "", "", "chair", "")]
    assert (await secretariat.bring("participations", csv_of(HEADINGS, rows)))["counts"] == counts(created=2)
    came = [(*rows[0][:7], "true"), rows[1]]
    assert (await secretariat.bring("participations", csv_of(HEADINGS, came)))["counts"] == counts(
        updated=1, unchanged=1
    )
    assert [one["status"] for one in await _list(secretariat)] == ["attended", "registered"]
    assert (await secretariat.bring("participations", csv_of(HEADINGS, rows)))["counts"] == counts(unchanged=2)
    assert [one["status"] for one in await _list(secretariat)] == ["attended", "registered"]
    assert (await _announced(database))[facts.PARTICIPATION_ATTENDED] == 1


async def test_a_row_leads_to_the_participation_that_its_person_has(secretariat: Importer) -> None:
    made = await _congress(secretariat)
    person = {"names": [{"full": "Ina Moor"}], "country": "XA"}
    expert = (await secretariat.caller.post(EXPERTS, person)).json()
    body = {"congress_id": made["id"], "expert_id": expert["id"]}
    entered = (await secretariat.caller.post(PARTICIPATIONS, body)).json()
    rows = [("1", CODE, "Ina Moor", "XA", "", "", "", "true"), ("2", CODE, "INA MOOR", "XA", "N/A", "", "", "")]
    result = await secretariat.bring("participations", csv_of(HEADINGS, rows))
    assert result["counts"] == counts(updated=1, unchanged=1)
    (only,) = await _list(secretariat)
    assert (only["id"], only["status"]) == (entered["id"], "attended")


async def test_an_undo_takes_participations_back(secretariat: Importer, database: asyncpg.Connection) -> None:
    await _congress(secretariat)
    rows = [("1", CODE, "Ina Moor", "XA", "", "", "", "")]
    await secretariat.bring("participations", csv_of(HEADINGS, rows))
    more = [(*rows[0][:7], "true"), ("2", CODE, "Odo Lund", "XB", "", "", "chair", "true")]
    result = await secretariat.bring("participations", csv_of(HEADINGS, more))
    undone = await secretariat.undo(result)
    taken_back = {"removed": 1, "restored": 1, "kept": 0, "experts_removed": 1, "experts_kept": 0}
    assert undone.json()["taken_back"] == taken_back
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 1
    assert [one["status"] for one in await _list(secretariat)] == ["registered"]
    assert (await _announced(database))[facts.PARTICIPATION_DELETED] == 1
    again = await secretariat.bring("participations", csv_of(HEADINGS, more))
    assert again["counts"] == counts(created=1, updated=1)
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 2


async def test_bad_rows_fail_with_their_codes(secretariat: Importer, government: Importer) -> None:
    await _congress(secretariat)
    later = (today() + timedelta(days=9)).isoformat()
    for code, more in (("LATER-1", {"starts": later}), ("OFF-1", {}), ("HIDDEN-1", {"visibility": "restricted"})):
        await secretariat.caller.post(CONGRESSES, congress(code=code, **more))
    path = next(one["links"]["self"] for one in await _list(secretariat, CONGRESSES) if one["code"] == "OFF-1")
    await secretariat.caller.step(path, "cancel")
    bad = [
        ("unknown_congress", ("", "No code", "XA", "", "", "", "")),
        ("unknown_congress", ("NOWHERE", "Unknown", "XA", "", "", "", "")),
        ("congress_not_begun", ("LATER-1", "Early", "XA", "", "", "", "true")),
        ("congress_cancelled", ("OFF-1", "Late", "XA", "", "", "", "")),
        ("name_missing", (CODE, "", "XA", "", "", "", "")),
        ("country_missing", (CODE, "Stateless", "", "", "", "", "")),
        ("unknown_country", (CODE, "Lost", "QQ", "", "", "", "")),
        ("not_one_of", (CODE, "Odd", "XA", "", "", "minister", "")),
        ("invalid_format", (CODE, "Mail", "XA", "", "no address", "", "")),
        ("invalid_format", (CODE, "Maybe", "XA", "", "", "", "perhaps")),
        ("too_long", (CODE, "x" * 501, "XA", "", "", "", "")),
    ]
    rows = [(str(number), *row) for number, (_, row) in enumerate(bad)]
    good = ("99", "LATER-1", "Good", "XA", "", "", "", "")
    result = await secretariat.bring("participations", csv_of(HEADINGS, [*rows, good]))
    assert result["counts"] == counts(created=1, failed=len(bad))
    assert {row["row_id"]: row["problem"] for row in await secretariat.failures(result)} == {
        str(number): problem for number, (problem, _) in enumerate(bad)
    }
    refused = await government.send("participations", csv_of(HEADINGS, [good]))
    assert refused.status_code == 403


async def test_an_aborted_list_adds_nobody(secretariat: Importer, database: asyncpg.Connection) -> None:
    await _congress(secretariat)
    rows = [("1", CODE, "Ina Moor", "XA", "", "", "", ""), ("2", "NOWHERE", "Odo Lund", "XB", "", "", "", "")]
    result = await secretariat.bring("participations", csv_of(HEADINGS, rows), on_error="abort")
    assert (result["aborted"], result["counts"]) == (True, counts(failed=2))
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 0


async def test_a_dry_run_writes_nothing(secretariat: Importer, database: asyncpg.Connection) -> None:
    await _congress(secretariat)
    dry = await secretariat.bring("participations", _SAMPLE, mode="dry_run")
    assert dry["counts"] == counts(created=7)
    for table in ("member_expert", "member_participation", "core_import_identity"):
        assert await database.fetchval(f"SELECT count(*) FROM {table}") == 0
    await secretariat.bring("participations", _SAMPLE)
    assert (await secretariat.bring("participations", _SAMPLE, mode="dry_run"))["counts"] == counts(unchanged=7)
    without_ids = b"\n".join(line.partition(b",")[2] for line in _SAMPLE.splitlines())
    assert (await secretariat.bring("participations", without_ids, mode="dry_run"))["counts"] == counts(unchanged=7)


async def test_batches_share_their_people(
    secretariat: Importer, database: asyncpg.Connection, batches_of: Callable[[int], None]
) -> None:
    batches_of(3)
    await _congress(secretariat)
    rows = [(str(n), CODE, f"Person {n % 5}", "XA", "", "", ("chair", "speaker")[n % 2], "true") for n in range(20)]
    result = await secretariat.bring("participations", csv_of(HEADINGS, rows))
    assert result["counts"] == counts(created=10, unchanged=10)
    assert await database.fetchval("SELECT count(*) FROM member_expert") == 5


@pytest.mark.parametrize("safe", [False, True])
async def test_an_export_is_read_back_unchanged(secretariat: Importer, safe: bool) -> None:
    await _congress(secretariat)
    await secretariat.bring("participations", _SAMPLE)
    wish = {"resource": "participations", "format": "csv", "filters": {"country": "XB"}, "safe": safe}
    job = await secretariat.end_of((await secretariat.caller.post(EXPORTS, wish)).headers["location"])
    file = (await secretariat.caller.get(job["result_url"])).content
    first, second = csv.DictReader(io.StringIO(file.decode()))
    assert (first["congress"], first["given_names"], first["role"], first["attended"]) == (
        CODE, "Ben", "participant", "true",
    )  # fmt: skip
    assert second["family_name"] == "<script>alert(1)</script>"
    assert second["given_names"].startswith("'=" if safe else "=")
    assert (await secretariat.bring("participations", file))["counts"] == counts(unchanged=2)


async def test_lists_stream_without_formulas(secretariat: Importer) -> None:
    await _congress(secretariat, place="=1+1")
    await secretariat.bring("participations", _SAMPLE)
    for path, lines in ((CONGRESSES, 2), (PARTICIPATIONS, 8)):
        stream = await secretariat.caller.get(f"{path}?format=csv&safe=true")
        assert (stream.status_code, len(stream.text.splitlines())) == (200, lines)
        assert ",=1" not in stream.text


async def test_an_export_names_experts_to_those_who_read_them(
    secretariat: Importer, service: httpx.AsyncClient, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _congress(secretariat)
    await secretariat.bring("participations", _SAMPLE)
    narrow = machine("participations alone", grant("api_client", "country", "XA", resources=_NARROW, verbs=_READ))
    monkeypatch.setitem(CALLERS, narrow.name, narrow)  # type: ignore[arg-type]
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    await enter_principal(connection, narrow)
    await connection.close()
    reader = Importer(service, narrow.name)
    job = await reader.end_of((await reader.caller.post(EXPORTS, {"resource": "participations"})).headers["location"])
    lines = list(csv.DictReader(io.StringIO((await reader.caller.get(job["result_url"])).text)))
    assert [line["congress"] for line in lines] == [CODE] * 4
    assert not any(line[name] for line in lines for name in ("family_name", "full_name", "email", "organisation"))
