"""Whoever's grants cover the documents of a record reads the files that they name, as long as the grants last."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.kernel.principal import Grant
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import ADMIN, CountryFixture
from tests.support import callers
from tests.support.callers import Caller, grant, machine, person
from tests.support.evidence import evidence

_TEXT = {"title": "Minutes", "date": "2026-03-01"}
_ENTRIES = """
SELECT actor_kind, actor_id, version, convert_from(detail, 'UTF8')::jsonb ->> 'reason' AS reason FROM core_audit
WHERE subject = $1 AND action = 'read' ORDER BY id
"""
_CONTENT = b"What we plan."
Fixtures = dict[tuple[str, bool], CountryFixture]
Holder = Callable[..., str]


@pytest.fixture
def holder(monkeypatch: pytest.MonkeyPatch) -> Holder:
    """The name of a new person, or machine, with these grants, or an earlier one with others."""

    def made(*grants: Grant, name: str = "", kind: Any = person) -> str:
        who = kind(name or f"holder {uuid4()}", *grants)
        monkeypatch.setitem(callers.CALLERS, who.name, who)  # type: ignore[arg-type]
        return str(who.name)

    return made


async def _file(services: Services, **more: str) -> str:
    return await evidence(Caller(services["actions"], ADMIN), _CONTENT, **more)


def _named(path: str) -> dict[str, str]:
    return {**_TEXT, "evidence_id": path.rsplit("/", 1)[1]}


async def _centre(services: Services, own: CountryFixture, work_plan: dict[str, str]) -> str:
    body = {"names": {"en": "Named files"}, "country": own.country, "host_institution_id": own.id("institutions")}
    made = await Caller(services["centres"], ADMIN).post("/centres/v1/centres", {**body, "work_plan": work_plan})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def _statuses(by: Caller, path: str) -> list[int]:
    """The statuses of a file, its content, a signed address and what this leads to."""
    signed = await by.get(f"{path}/download_url")
    found = [(await by.get(path)).status_code, (await by.get(f"{path}/content")).status_code, signed.status_code]
    if signed.status_code == 200:
        found.append((await Caller(by._client, None).get(signed.json()["url"])).status_code)
    return found


async def test_a_reviewer_reads_the_files_of_the_centre_as_long_as_the_role_lasts(
    services: Services, country_fixtures: Fixtures, holder: Holder
) -> None:
    own, other = country_fixtures["XA", False], country_fixtures["XB", False]
    path, unnamed = [await _file(services) for _ in range(2)]
    centre = await _centre(services, own, _named(path))
    name = holder(grant("reviewer", "record", centre))
    reviewer, admin = Caller(services["actions"], name), Caller(services["actions"], ADMIN)
    assert await _statuses(reviewer, path) == [200, 200, 200, 200]
    assert (await reviewer.get(f"{path}/content")).content == _CONTENT
    assert await _statuses(reviewer, unnamed) == [404, 404, 404]
    listed = (await reviewer.get("/actions/v1/evidence?limit=200")).json()["items"]
    assert path not in [one["links"]["self"] for one in listed]
    assert (await reviewer.get(f"{path}/history")).status_code == 403
    assert (await reviewer.change(path, title="Mine")).status_code == 403
    lines = (await admin.get(f"{path}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["create"], "the history does not tell who reviews"
    signed = (await reviewer.get(f"{path}/download_url")).json()["url"]
    holder(grant("reviewer", "record", other.id("centres")), name=name)
    assert await _statuses(reviewer, path) == [404, 404, 404]
    assert (await Caller(reviewer._client, None).get(signed)).status_code == 404


async def test_each_read_is_in_the_audit_trail_with_the_record_that_names_the_file(
    services: Services, country_fixtures: Fixtures, holder: Holder, superuser: asyncpg.Connection
) -> None:
    path = await _file(services)
    centre = await _centre(services, country_fixtures["XA", False], _named(path))
    reviewer = Caller(services["actions"], holder(grant("reviewer", "record", centre)))
    for _ in range(2):
        assert (await reviewer.get(f"{path}/content")).status_code == 200
    url = (await reviewer.get(f"{path}/download_url")).json()["url"]
    assert (await Caller(services["actions"], None).get(url, headers={"Range": "bytes=0-3"})).status_code == 206
    rows = await superuser.fetch(_ENTRIES, UUID(path.rsplit("/", 1)[1]))
    reader = callers.CALLERS[reviewer.name]
    link = f"/centres/v1/centres/{centre}"
    assert [(row["actor_kind"], row["actor_id"], row["version"], row["reason"]) for row in rows] == [
        ("account", reader.id, 1, link)
    ] * 3


async def test_only_grants_over_the_documents_show_the_file(
    services: Services, country_fixtures: Fixtures, holder: Holder
) -> None:
    own = country_fixtures["XA", True]
    path = await _file(services)
    centre = await _centre(services, own, _named(path))
    of_agreement, host = await _file(services), own.id("institutions")
    said = {"centre_id": centre, "kind": "host", "parties": [{"name": "The host"}, {"name": "The network"}]}
    made = await Caller(services["centres"], ADMIN).post(
        "/centres/v1/agreements", {**said, "document": _named(of_agreement)}
    )
    assert made.status_code == 201, made.text
    for grants, wanted in (
        ((grant("reviewer", "record", centre),), (200, 404)),
        ((grant("centre_director", "centre", centre),), (200, 200)),
        ((grant("expert", "self", str(uuid4())),), (404, 404)),
        ((grant("institution_representative", "institution", host),), (404, 404)),
        ((), (404, 404)),
    ):
        by = Caller(services["actions"], holder(*grants))
        found = [(await by.get(f"{one}/content")).status_code for one in (path, of_agreement)]
        assert found == list(wanted), grants
    narrowed = grant("reviewer", "record", centre, resources=frozenset({"centres.centres"}), verbs=frozenset({"read"}))
    assert await _statuses(Caller(services["actions"], holder(narrowed, kind=machine)), path) == [404, 404, 404]
    assert (await Caller(services["actions"], None).get(f"{path}/content")).status_code == 401
