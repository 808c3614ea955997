"""The affiliations of a public ORCID record are imported, follow it, and leave alone what others assert."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from fastapi import Response

from shared.kernel.clock import today
from tests.membership.register.orcid.conftest import Member, new_ror
from tests.support.callers import Caller
from tests.support.institutions import institution
from tests.support.membership import INSTITUTIONS
from tests.support.orcid import FakeOrcid, summary
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("worker")
NewOwner = Callable[..., Awaitable[Member]]
Row = dict[str, Any]


def counted(**counts: int) -> Row:
    return {"created": 0, "updated": 0, "unchanged": 0, "ended": 0, "failed": 0, **counts}


def named(rows: list[Row]) -> dict[str, Row]:
    """Affiliations by role."""
    return {row["role"]: row for row in rows}


@pytest.fixture
async def linked(owner: NewOwner, orcid: FakeOrcid) -> Member:
    """A person with a linked iD, whose record holds an employment and an education."""
    person = await owner()
    await person.link(orcid)
    record = orcid.record(person.orcid)
    record["employments"].append(
        summary("Zelmar Polytechnic", role="Professor", unit="Soils", start_date="2019-09", country="XB")
    )
    record["educations"].append(
        summary("Zelmar College", role="PhD", start_date="2010", end_date="2014-07-31", city=None, country="XK")
    )
    return person


async def test_public_employments_and_educations_become_affiliations(linked: Member) -> None:
    job = await linked.imported()
    assert (job["status"], job["result"]) == ("succeeded", counted(created=2))
    found = named(await linked.affiliations())
    parts = ("raw", "unit", "from", "to", "asserted_by", "primary")
    assert [found["Professor"][part] for part in parts] == [
        "Zelmar Polytechnic, Springfield, Betaland", "Soils", "2019-09", None, "orcid", False,
    ]  # fmt: skip
    assert [found["PhD"][part] for part in parts] == ["Zelmar College", None, "2010", "2014-07-31", "orcid", False]
    (line, *_) = (await linked.caller.get(f"{linked.path}/history")).json()["items"]
    assert line["action"] == "orcid_link", "an affiliation has a history of its own"


async def test_an_import_again_changes_nothing(linked: Member) -> None:
    await linked.imported()
    first = await linked.affiliations()
    assert (await linked.imported())["result"] == counted(unchanged=2)
    assert [row["version"] for row in await linked.affiliations()] == [row["version"] for row in first]


async def test_what_changed_there_changes_here(linked: Member, orcid: FakeOrcid) -> None:
    await linked.imported()
    (job,) = orcid.record(linked.orcid)["employments"]
    job["role-title"], job["organization"]["name"] = "Dean", "Zelmar University"
    assert (await linked.imported())["result"] == counted(updated=1, unchanged=1)
    dean = named(await linked.affiliations())["Dean"]
    assert dean["raw"] == "Zelmar University, Springfield, Betaland"


async def test_what_vanished_there_ends_here_and_may_return(linked: Member, orcid: FakeOrcid) -> None:
    await linked.imported()
    record = orcid.record(linked.orcid)
    there, record["employments"], record["educations"] = record["employments"], [], []
    assert (await linked.imported())["result"] == counted(ended=1)
    found = named(await linked.affiliations())
    assert found["Professor"]["to"] == today().isoformat()
    assert found["PhD"]["to"] == "2014-07-31", "it had ended before"
    assert (await linked.imported())["result"] == counted()
    record["employments"] = there
    assert (await linked.imported())["result"] == counted(updated=1)
    assert named(await linked.affiliations())["Professor"]["to"] is None


async def test_what_others_assert_stays(linked: Member, orcid: FakeOrcid, admin: Caller) -> None:
    own = await linked.caller.post(f"{linked.path}/affiliations", {"raw": "Zelmar Polytechnic", "role": "Fellow"})
    assert own.status_code == 201
    await linked.imported()
    professor = named(await linked.affiliations())["Professor"]
    path = f"{linked.path}/affiliations/{professor['id']}"
    etag = (await linked.caller.get(path)).headers["etag"]
    same = await linked.caller.patch(path, {"role": "Professor"}, etag=etag)
    assert (same.json()["asserted_by"], same.json()["version"]) == ("orcid", professor["version"])
    edited = await linked.caller.patch(path, {"role": "Professor emerita"}, etag=etag)
    assert (edited.status_code, edited.json()["asserted_by"]) == (200, "self")
    assert (await linked.imported())["result"] == counted(unchanged=2)
    orcid.record(linked.orcid).update(employments=[], educations=[])
    assert (await linked.imported())["result"] == counted()
    found = named(await linked.affiliations())
    assert (found["Professor emerita"]["to"], found["Fellow"]["to"]) == (None, None)


async def test_what_is_private_there_does_not_come(linked: Member, orcid: FakeOrcid) -> None:
    orcid.record(linked.orcid)["employments"][0]["visibility"] = "limited"
    assert (await linked.imported())["result"] == counted(created=1)
    assert set(named(await linked.affiliations())) == {"PhD"}


async def _institution(admin: Caller, ror: str, visibility: str) -> str:
    made = await admin.post(INSTITUTIONS, institution(f"Zelmar {uuid4().hex}", ror=ror, visibility=visibility))
    assert made.status_code == 201, made.text
    assert (await admin.step(f"{INSTITUTIONS}/{made.json()['id']}", "verify")).status_code == 200
    return str(made.json()["id"])


async def test_a_ror_id_leads_to_the_institution_of_the_register(
    linked: Member, orcid: FakeOrcid, admin: Caller
) -> None:
    known, unknown, hidden = new_ror(), new_ror(), new_ror()
    orcid.record(linked.orcid).update(
        educations=[],
        employments=[
            summary("Cambridge", ror=known, role="Reader"),
            summary("Oxford", ror=unknown, role="Lecturer"),
            summary("Brown", ror=hidden, role="Fellow"),
        ],
    )
    place = await _institution(admin, known, "network")
    await _institution(admin, hidden, "restricted")
    assert (await linked.imported())["result"] == counted(created=3)
    found = named(await linked.affiliations())
    assert [found["Reader"][part] for part in ("institution_id", "raw", "match")] == [place, None, None]
    assert found["Lecturer"]["raw"] == "Oxford, Springfield, Alphaland"
    assert found["Fellow"]["institution_id"] is None, "the person may not know of that institution"
    assert (await linked.imported())["result"] == counted(unchanged=3)

    path = f"{linked.path}/affiliations/{found['Lecturer']['id']}"
    chosen = await linked.caller.step(path, "accept", fields={"institution_id": place})
    assert chosen.status_code == 200, chosen.text
    await _institution(admin, unknown, "network")
    assert (await linked.imported())["result"] == counted(unchanged=3)
    assert named(await linked.affiliations())["Lecturer"]["institution_id"] == place, "a person decided that"


async def test_what_breaks_a_bound_fails_and_the_rest_comes(linked: Member, orcid: FakeOrcid) -> None:
    record = orcid.record(linked.orcid)
    await linked.imported()
    record["employments"][0]["role-title"] = "x" * 501
    record["employments"] += [summary("Zelmar Polytechnic", role=f"Role {n}") for n in range(200)]
    assert (await linked.imported())["result"] == counted(created=198, unchanged=1, failed=3)
    assert named(await linked.affiliations())["Professor"]["to"] is None, "it is still there"


@pytest.mark.parametrize(
    "instead", [b"{}", b'{"affiliation-group": null}', b'{"affiliation-group": [{"summaries": [{"x": 1}]}]}', b"<html>"]
)
async def test_a_response_of_another_shape_ends_nothing(
    linked: Member, orcid: FakeOrcid, superuser: asyncpg.Connection, instead: bytes
) -> None:
    await linked.imported()
    orcid.instead = Response(instead, 200)
    ordered = await linked.caller.post(f"{linked.path}/orcid_import")
    failed = "SELECT status, error FROM core_job WHERE id = $1 AND error IS NOT NULL"
    row = await eventually(lambda: superuser.fetchrow(failed, ordered.json()["id"]))
    assert "upstream_unavailable" in row["error"]
    assert named(await linked.affiliations())["Professor"]["to"] is None


async def test_an_import_asks_for_a_linked_id(owner: NewOwner) -> None:
    person = await owner(orcid="0000-0002-1825-0097")
    refused = await person.caller.post(f"{person.path}/orcid_import")
    assert (refused.status_code, refused.json()["code"]) == (409, "orcid_not_linked")


async def test_a_record_that_orcid_does_not_show_fails_the_job(owner: NewOwner, orcid: FakeOrcid) -> None:
    person = await owner()
    await person.link(orcid)
    job = await person.imported()
    assert (job["status"], job["problem"]["code"]) == ("failed", "conflict")
