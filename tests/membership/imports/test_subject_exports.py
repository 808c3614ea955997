"""Everything that is stored about one expert, with its origin: imported, changed, merged, partly undone."""

from datetime import date
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.imports import Importer, csv_of
from tests.support.membership import EXPERTS, activated, entered
from tests.support.merges import merged

_COLUMNS = "given_names,family_name,country,email,institution,role"
_ACCOUNT = """
INSERT INTO access_account (id, version, status, visibility, created_at, created_by, updated_at, updated_by, email,
    email_key, name, search_key)
VALUES ($1, 1, 'active', 'restricted', now(), 'test', now(), 'test', $2, $2, $2, $2)
"""
_GRANT = """
INSERT INTO access_grant (id, version, status, visibility, created_at, created_by, updated_at, updated_by,
    principal_kind, principal_id, role, scope_kind, scope_id, starts)
VALUES (uuidv7(), 1, 'active', 'restricted', now(), 'test', now(), 'test', 'account', $1, 'expert', 'self', $2, $3)
"""


async def _exported(importer: Importer, expert: str) -> dict[str, Any]:
    """The document, fetched by its caller."""
    response = await importer.caller.post(f"{EXPERTS}/{expert}/subject_export")
    assert response.status_code == 202, response.text
    assert response.json()["kind"] == "subject_export"
    job = await importer.end_of(response.headers["location"])
    assert job["status"] == "succeeded", job
    file = await importer.caller.get(job["result_url"])
    assert file.headers["content-type"] == "application/json; charset=utf-8"
    assert file.headers["content-disposition"] == 'attachment; filename="subject_export.json"'
    document: dict[str, Any] = file.json()
    assert job["result"]["rows"] == sum(map(len, document["parts"].values()))
    assert job["result"]["size"] == len(file.content)
    return document


@pytest.fixture
async def themselves(
    service: httpx.AsyncClient, secretariat: Importer, database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Importer:
    """A signed-in expert with a grant over their own record; the id names the `caller`."""
    expert = (await entered(secretariat.caller, keywords=["glaciers"]))["id"]
    principal = person(expert, grant("expert", "self", expert))
    monkeypatch.setitem(CALLERS, expert, principal)
    await database.execute(_ACCOUNT, principal.id, f"{expert}@example.org")
    await database.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", expert, principal.id)
    await database.execute(_GRANT, principal.id, expert, date(2020, 1, 1))
    return Importer(service, expert)


async def test_an_export_shows_where_data_came_from_and_what_became_of_them(secretariat: Importer) -> None:
    row = ("Amina", "Varga", "XA", "amina@example.org", "Alphaland Academy", "author")
    await secretariat.bring("experts", csv_of(_COLUMNS, [row]), source="List of 1990", licence="CC BY 4.0")
    later = ("Amina", "Varga", "XA", "amina@example.org", "Taken Away Institute", "editor")
    await secretariat.undo(await secretariat.bring("experts", csv_of(_COLUMNS, [later]), source="A mistake"))
    (expert,) = (await secretariat.caller.get(EXPERTS)).json()["items"]
    twin = await entered(secretariat.caller, keywords=["only the twin said so"], gender="woman")
    await merged(secretariat.caller, expert, twin)
    path = f"{EXPERTS}/{expert['id']}"
    assert (await secretariat.caller.step(path, "invite", reason="asked by the board")).status_code == 200

    document = await _exported(secretariat, expert["id"])
    parts = document["parts"]
    assert document["expert"] == {"id": expert["id"], "ref": expert["ref"]}
    assert {row["id"] for row in parts["expert"]} == {expert["id"], twin["id"]}
    assert [row["raw"] for row in parts["affiliations"]] == ["Alphaland Academy"]
    assert [(row["source"], row["licence"]) for row in parts["imports"]] == [("List of 1990", "CC BY 4.0")]
    assert [row["loser_id"] for row in parts["merges"]] == [twin["id"]]
    lines = parts["history"]
    assert ("delete", "membership.affiliations") in {(line["action"], line["resource"]) for line in lines}
    for word in ("Taken Away Institute", "only the twin said so"):
        assert word in str(lines)
    assert [line["detail"]["reason"] for line in lines if line["action"] == "invite"] == ["asked by the board"]
    assert lines[-1]["action"] == "subject_export"

    (newest, *_) = (await secretariat.caller.get(f"{path}/history")).json()["items"]
    assert (newest["action"], newest["by"]["name"]) == ("subject_export", "secretariat")
    assert (newest["from"], newest["to"], newest["changes"]) == ("invited", "invited", [])
    assert (await secretariat.caller.get(path)).json()["version"] == newest["version"]


async def test_whoever_may_not_have_it_is_refused(
    secretariat: Importer, government: Importer, service: httpx.AsyncClient
) -> None:
    expert, twin = await entered(secretariat.caller), await entered(secretariat.caller)
    path = f"{EXPERTS}/{expert['id']}/subject_export"
    for name, status in ((None, 401), ("auditor", 403), ("officer", 403), ("author_xb", 404), ("applicant", 404)):
        assert (await Caller(service, name).post(path)).status_code == status, name
    assert (await government.caller.post(path)).json()["reason"] == "not_permitted"
    assert (await secretariat.caller.post(f"{EXPERTS}/{uuid4()}/subject_export")).status_code == 404
    await merged(secretariat.caller, expert, twin)
    moved = await secretariat.caller.post(f"{EXPERTS}/{twin['id']}/subject_export")
    assert (moved.status_code, moved.headers["location"]) == (308, path)
    history = (await secretariat.caller.get(f"{EXPERTS}/{expert['id']}/history")).json()["items"]
    assert "subject_export" not in {line["action"] for line in history}


async def test_a_person_has_their_own_and_nobody_else_fetches_it(
    themselves: Importer, service: httpx.AsyncClient, database: asyncpg.Connection
) -> None:
    expert = str(themselves.caller._name)
    other = await activated(Caller(service, "secretariat"))
    refused = await themselves.caller.post(f"{EXPERTS}/{other['id']}/subject_export")
    assert (refused.status_code, refused.json()["reason"]) == (403, "not_permitted")
    document = await _exported(themselves, expert)
    parts = document["parts"]
    assert [row["keywords"] for row in parts["expert"]] == [["glaciers"]]
    assert [row["email"] for row in parts["accounts"]] == [f"{expert}@example.org"]
    assert [(row["role"], row["scope_id"]) for row in parts["grants"]] == [("expert", expert)]
    file = await database.fetchval("SELECT '/membership/v1/exports/' || id || '/file' FROM core_export")
    assert (await Caller(service, "government_xa").get(file)).status_code == 404
    types = await database.fetch("SELECT type, subject FROM core_outbox UNION ALL SELECT type, subject FROM core_fact")
    exported = [str(row["subject"]) for row in types if row["type"] == "escm.membership.expert.subject_exported.v1"]
    assert exported == [expert]


async def test_who_has_lost_the_right_by_the_time_of_the_job_gets_nothing(
    secretariat: Importer, service: httpx.AsyncClient, database: asyncpg.Connection
) -> None:
    expert = await entered(secretariat.caller)
    admin, change = Importer(service, "admin"), "UPDATE access_grant SET status = $2 WHERE principal_id = $1"
    await database.execute(change, CALLERS["admin"].id, "revoked")
    response = await admin.caller.post(f"{EXPERTS}/{expert['id']}/subject_export")
    job = await admin.end_of(response.headers["location"])
    await database.execute(change, CALLERS["admin"].id, "active")
    assert (job["status"], job["problem"]["code"]) == ("failed", "not_found")
    assert await database.fetchval("SELECT file_digest FROM core_export") is None
