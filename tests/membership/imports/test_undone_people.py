"""The undo of a list of people removes those that it added and nothing refers to, and lists the others."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from shared.bulk import undoing
from tests.membership.imports.conftest import IMPORTS
from tests.membership.imports.test_supports import CODE, HEADINGS
from tests.membership.initiatives.supports.conftest import INITIATIVES, SUPPORTS, initiative_body
from tests.support.callers import Caller
from tests.support.imports import Importer, counts, csv_of
from tests.support.membership import CONGRESSES, EXPERTS, PARTICIPATIONS, congress
from tests.support.waiting import eventually

_CERTIFICATES = "SELECT status, holder_name FROM member_certificate"


async def _open(importer: Importer, **more: Any) -> dict[str, Any]:
    body = initiative_body(code=CODE, opens="2022-11-05T09:00:00Z", closes="2022-12-31T00:00:00Z", **more)
    made = (await importer.caller.post(INITIATIVES, body)).json()
    await importer.caller.step(f"{INITIATIVES}/{made['id']}", "open")
    return dict(made)


def _list(*people: str, organisation: str = "Delta") -> bytes:
    return csv_of(HEADINGS, [(name, CODE, name, "XA", organisation, "", "", "2022-11-06", "", "") for name in people])


async def _people(importer: Importer) -> dict[str, dict[str, Any]]:
    items = (await importer.caller.get(f"{EXPERTS}?limit=200")).json()["items"]
    return {one["display_name"]: one for one in items}


async def _kept(importer: Importer, result: dict[str, Any], query: str = "") -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    address = f"{IMPORTS}/{result['import_id']}/kept{query}"
    while address:
        page = await importer.caller.get(address)
        assert page.status_code == 200, page.text
        found += [(one["resource"], one["link"]) for one in page.json()["items"]]
        address = page.json()["next"]
    return found


async def test_who_is_referred_to_or_has_changed_stays_and_is_listed(
    secretariat: Importer, service: Any, database: asyncpg.Connection
) -> None:
    initiative = await _open(secretariat, certificate=False)
    names = ("Ada Alone", "Bea Attends", "Cai Changed", "Dan Elsewhere", "Eve Account", "Fay Consents", "Gil Joins")
    result = await secretariat.bring("supports", _list(*names))
    people = await _people(secretariat)
    admin = Caller(service, "admin")
    held = (await admin.post(CONGRESSES, congress())).json()
    body = {"congress_id": held["id"], "expert_id": people["Bea Attends"]["id"]}
    assert (await admin.post(PARTICIPATIONS, body)).status_code == 201
    assert (await admin.change(people["Cai Changed"]["links"]["self"], keywords=["soil"])).status_code == 200
    other = (await admin.post(INITIATIVES, initiative_body())).json()
    await admin.step(f"{INITIATIVES}/{other['id']}", "open")
    signed = {"initiative_id": other["id"], "expert_id": people["Dan Elsewhere"]["id"]}
    assert (await admin.post(SUPPORTS, signed)).status_code == 201
    link = "UPDATE member_expert SET account_id = uuidv7(), version = version + 1 WHERE id = $1"
    await database.execute(link, UUID(people["Eve Account"]["id"]))
    proof = {"channel": "paper", "document": {"title": "Form", "date": "2026-10-01", "url": "https://example.org/f"}}
    consent = {"purpose": "contact", "notice_version": "2026", "language": "en", "proof": proof}
    consented = await admin.post("/membership/v1/consents", {**consent, "expert_id": people["Fay Consents"]["id"]})
    assert consented.status_code == 201, consented.text
    affiliated = await admin.post(f"{people['Gil Joins']['links']['self']}/affiliations", {"raw": "Elsewhere"})
    assert affiliated.status_code == 201
    undone = await secretariat.undo(result)
    assert undone.json()["taken_back"] == {
        "removed": 7, "restored": 0, "kept": 0, "experts_removed": 1, "experts_kept": 6,
    }  # fmt: skip
    stay = await _people(secretariat)
    assert sorted(stay) == sorted(set(names) - {"Ada Alone"})
    expected = sorted(("membership.experts", one["links"]["self"]) for one in stay.values())
    assert sorted(await _kept(secretariat, result)) == sorted(await _kept(secretariat, result, "?limit=2")) == expected
    count = (await admin.get(f"{INITIATIVES}/{initiative['id']}/count")).json()
    assert count["supporters"] == 0
    assert (await admin.get(people["Ada Alone"]["links"]["self"])).status_code == 404


async def test_a_support_that_changed_keeps_its_person(secretariat: Importer) -> None:
    await _open(secretariat)
    result = await secretariat.bring("supports", _list("Ada Alone", "Ben Changed"))
    supports = (await secretariat.caller.get(f"{SUPPORTS}?sort=created_at")).json()["items"]
    changed = await secretariat.caller.change(supports[1]["links"]["self"], consent_to_list=True)
    assert changed.status_code == 200, changed.text
    undone = await secretariat.undo(result)
    assert undone.json()["taken_back"] == {
        "removed": 1, "restored": 0, "kept": 1, "experts_removed": 1, "experts_kept": 1,
    }  # fmt: skip
    expert = (await _people(secretariat))["Ben Changed"]
    assert sorted(await _kept(secretariat, result)) == [
        ("membership.experts", expert["links"]["self"]),
        ("membership.supports", supports[1]["links"]["self"]),
    ]


async def test_a_person_whom_a_later_list_names_stays_with_the_first(secretariat: Importer) -> None:
    await _open(secretariat, certificate=False)
    first = await secretariat.bring("supports", _list("Ada Twice"))
    await secretariat.caller.post(CONGRESSES, congress(code="C-2026"))
    attended = csv_of("congress,full_name,country,organisation", [("C-2026", "ADA TWICE", "XA", "Delta")])
    second = await secretariat.bring("participations", attended)
    assert (await secretariat.undo(second)).json()["taken_back"]["experts_removed"] == 0
    assert list(await _people(secretariat)) == ["Ada Twice"]
    assert (await secretariat.undo(first)).json()["taken_back"]["experts_removed"] == 1
    assert await _people(secretariat) == {}


async def test_the_certificates_of_removed_people_end_without_a_name(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    await _open(secretariat)
    result = await secretariat.bring("supports", _list("Ada Printed", "Ben Certified"), registry="true")

    async def statuses(*expected: tuple[str, str]) -> bool:
        rows = await database.fetch(f"{_CERTIFICATES} ORDER BY holder_name")
        return [tuple(row) for row in rows] == list(expected)

    await eventually(lambda: statuses(("issued", "Ada Printed"), ("issued", "Ben Certified")))
    printed = (
        "INSERT INTO member_certificate_file (certificate_id, language, sha256, size, printed_at)"
        " SELECT id, 'en', '00', 1, now() FROM member_certificate WHERE holder_name = 'Ada Printed'"
    )
    await database.execute(printed)
    undone = await secretariat.undo(result)
    assert undone.json()["taken_back"] == {
        "removed": 2, "restored": 0, "kept": 0, "experts_removed": 1, "experts_kept": 1,
    }  # fmt: skip
    await eventually(lambda: statuses(("revoked", ""), ("revoked", "Ada Printed")))


async def test_an_expert_of_an_imported_list_who_supports_something_stays(secretariat: Importer) -> None:
    result = await secretariat.bring("experts", csv_of("full_name,country", [("Ada Alone", "XA"), ("Ben Signs", "XA")]))
    initiative = await _open(secretariat)
    people = await _people(secretariat)
    signed = {"initiative_id": initiative["id"], "expert_id": people["Ben Signs"]["id"]}
    made = await secretariat.caller.post(SUPPORTS, {**signed, "signed_at": "2022-11-06T00:00:00Z"})
    assert made.status_code == 201, made.text
    assert (await secretariat.undo(result)).json()["taken_back"] == {"removed": 1, "restored": 0, "kept": 1}
    assert list(await _people(secretariat)) == ["Ben Signs"]


async def test_a_large_undo_accounts_for_people_in_its_job(
    secretariat: Importer, database: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undoing, "AT_ONCE", 7)
    await _open(secretariat, certificate=False)
    result = await secretariat.bring("supports", _list(*(f"Person {n:02}" for n in range(20))))
    assert result["counts"] == counts(created=20)
    begun = await secretariat.undo(result)
    job = await secretariat.end_of(begun.json()["job"])
    assert (job["status"], job["progress"]) == ("succeeded", {"done": 40, "total": 40}), job
    assert job["result"]["taken_back"] == {
        "removed": 20, "restored": 0, "kept": 0, "experts_removed": 20, "experts_kept": 0,
    }  # fmt: skip
    for table in ("member_expert", "member_support", "core_import_effect", "core_import_identity"):
        assert await database.fetchval(f"SELECT count(*) FROM {table}") == 0, table


async def test_only_who_imported_reads_what_was_kept(secretariat: Importer, government: Importer) -> None:
    await _open(secretariat)
    result = await secretariat.bring("supports", _list("Ada Alone"))
    path = f"{IMPORTS}/{result['import_id']}/kept"
    assert (await secretariat.caller.get(path)).json() == {"items": [], "next": None}
    assert (await government.caller.get(path)).status_code == 404
