"""A paper list of signatures as an import: it finds or adds its people, and proves their supports."""

from typing import Any

import asyncpg

from shared.contracts import signing as facts
from tests.membership.imports.conftest import SAMPLES, Importer, counts, csv_of
from tests.membership.supports.conftest import INITIATIVES, SUPPORTS, initiative_body
from tests.support.institutions import verified
from tests.support.membership import EXPERTS, entered

CODE = "HAIKOU-2022"
HEADINGS = "row_id,initiative,full_name,country,organisation,email,capacity,signed_at,consent_to_list,sheet"
_SAMPLE = (SAMPLES / "supports.csv").read_bytes()
_ANNOUNCED = """
SELECT type, count(*) FROM (SELECT type FROM core_outbox UNION ALL SELECT type FROM core_fact) announced
WHERE type LIKE '%.support.%' GROUP BY type
"""


async def _initiative(importer: Importer, **more: Any) -> dict[str, Any]:
    body = initiative_body(code=CODE, opens="2022-11-05T09:00:00Z", closes="2022-12-31T00:00:00Z", **more)
    made = (await importer.caller.post(INITIATIVES, body)).json()
    await importer.caller.step(f"{INITIATIVES}/{made['id']}", "open")
    return dict(made)


async def _list(importer: Importer) -> list[dict[str, Any]]:
    return list((await importer.caller.get(f"{SUPPORTS}?sort=created_at")).json()["items"])


async def _announced(database: asyncpg.Connection) -> dict[str, int]:
    return {row["type"]: row["count"] for row in await database.fetch(_ANNOUNCED)}


async def test_a_paper_list_is_proof(secretariat: Importer, database: asyncpg.Connection) -> None:
    initiative = await _initiative(secretariat)
    result = await secretariat.bring("supports", _SAMPLE, registry="true")
    assert result["counts"] == counts(created=4, unchanged=2, failed=2)
    assert [row["problem"] for row in await secretariat.failures(result)] == [
        "outside_signing_period",
        "unknown_initiative",
    ]
    amina, ben, chidi, script = made = await _list(secretariat)
    assert [one["status"] for one in made] == ["accepted"] * 4
    assert (amina["listed_name"], amina["visibility"], amina["country"]) == ("Amina Varga", "public", "XA")
    assert amina["signed_at"] == "2022-11-05T09:00:00.000000Z"
    assert (amina["organisation"]["id"], amina["organisation"]["name"]) == (None, "University of Zelmar")
    assert amina["evidence"]["title"] == "Sheet 1"
    assert (ben["capacity"], chidi["listed_name"], chidi["visibility"]) == ("organisation", None, "restricted")
    assert script["organisation"]["name"] == "<script>alert(1)</script>"
    expert = (await secretariat.caller.get(f"{EXPERTS}/{amina['expert_id']}")).json()
    assert (expert["category"], expert["status"], expert["visibility"]) == ("supporter", "prospect", "restricted")
    assert await _announced(database) == {facts.SUPPORT_CREATED: 4, facts.SUPPORT_ACCEPTED: 4}
    count = (await secretariat.caller.get(f"{INITIATIVES}/{initiative['id']}/count")).json()
    assert (count["supporters"], count["countries"], count["organisations_unmatched"]) == (4, 3, 3)


def _without_what_follows(support: dict[str, Any]) -> dict[str, Any]:
    """A support without its certificate and the match of its organisation, which jobs add."""
    return {name: value for name, value in support.items() if name not in ("certificate_id", "organisation")}


async def test_a_paper_list_twice_changes_nothing(secretariat: Importer, database: asyncpg.Connection) -> None:
    await _initiative(secretariat)
    await secretariat.bring("supports", _SAMPLE, registry="true")
    before = [_without_what_follows(one) for one in await _list(secretariat)]
    again = await secretariat.bring("supports", _SAMPLE, registry="true")
    assert again["counts"] == counts(unchanged=6, failed=2)
    assert [_without_what_follows(one) for one in await _list(secretariat)] == before


async def test_a_list_that_is_no_proof_waits_for_the_office(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    await _initiative(secretariat)
    rows = [("1", CODE, "Ina Moor", "XA", "Delta", "", "", "2022-11-06", "true", "Sheet 4")]
    assert (await secretariat.bring("supports", csv_of(HEADINGS, rows)))["counts"] == counts(created=1)
    (only,) = await _list(secretariat)
    assert (only["status"], only["visibility"], only["listed_name"]) == ("pending", "restricted", None)
    accepted = await secretariat.caller.step(only["links"]["self"], "verify")
    assert (accepted.json()["status"], accepted.json()["listed_name"]) == ("accepted", "Ina Moor")


async def test_a_line_means_the_institution_at_which_the_register_knows_its_person(
    secretariat: Importer, database: asyncpg.Connection
) -> None:
    await _initiative(secretariat)
    place = await verified(secretariat.caller, "Delta Institute", visibility="network")
    expert = await entered(secretariat.caller, names=[{"full": "Ina Moor"}])
    work = {"institution_id": place["id"]}
    await secretariat.caller.post(f"{EXPERTS}/{expert['id']}/affiliations", work)
    rows = [("1", CODE, "Ina Moor", "XA", "delta institute", "", "", "2022-11-06", "true", "Sheet 4")]
    await secretariat.bring("supports", csv_of(HEADINGS, rows), registry="true")
    (only,) = await _list(secretariat)
    assert (only["expert_id"], only["organisation"]["id"]) == (expert["id"], place["id"])


async def test_an_undo_takes_supports_back(secretariat: Importer, database: asyncpg.Connection) -> None:
    initiative = await _initiative(secretariat)
    result = await secretariat.bring("supports", _SAMPLE, registry="true")
    undone = await secretariat.undo(result)
    assert undone.status_code in (200, 202), undone.text
    assert await _list(secretariat) == []
    count = (await secretariat.caller.get(f"{INITIATIVES}/{initiative['id']}/count")).json()
    assert count["supporters"] == 0
