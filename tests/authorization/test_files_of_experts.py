"""Experts send files for their own nominations and offers, which no office of their country reads by its grant."""

from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest

from tests.authorization.conftest import Services
from tests.authorization.country_fixture import ADMIN
from tests.support import callers
from tests.support.callers import Caller, grant, person
from tests.support.evidence import EVIDENCE
from tests.support.requests import matching, offer

_CV = b"Twenty years of work on soils."
_TEXT = {"title": "Curriculum vitae", "date": "2026-03-01"}


class Expert:
    """An active expert of XA with an account."""

    def __init__(self, services: Services, name: str, key: str) -> None:
        self.services, self.name, self.key = services, name, key

    @classmethod
    async def made(cls, services: Services, rows: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch) -> "Expert":
        body = {"names": [{"full": "Ela Expert"}], "country": "XA", "emails": [{"value": f"{uuid4().hex}@example.org"}]}
        made = await Caller(services["membership"], ADMIN).post("/membership/v1/experts", {**body, "invite": True})
        assert made.status_code == 201, made.text
        path, key = made.json()["links"]["self"], made.json()["id"]
        for action in ("apply", "start_review", "approve"):
            step = await Caller(services["membership"], ADMIN).step(path, action)
            assert step.status_code == 200, step.text
        who = person(f"expert {key}", grant("expert", "self", key))
        monkeypatch.setitem(callers.CALLERS, who.name, who)  # type: ignore[arg-type]
        await rows.execute("UPDATE member_expert SET account_id = $2 WHERE id = $1", key, who.id)
        return cls(services, who.name, key)

    def at(self, service: str) -> Caller:
        return Caller(self.services[service], self.name)

    async def send(self, content: bytes = _CV, **more: str) -> httpx.Response:
        form = {"title": "CV", "scope_id": self.key, **more}
        return await self.at("actions").post(EVIDENCE, files={"file": ("cv.txt", content, "text/plain")}, data=form)

    async def sent(self) -> str:
        response = await self.send()
        assert response.status_code == 201, response.text
        return str(response.json()["links"]["self"])

    async def offered(self) -> str:
        """A request with an offer to the expert."""
        admin = Caller(self.services["actions"], ADMIN)
        path = await matching(admin)
        self.offer = await offer(admin, path, self.key)  # type: ignore[arg-type]
        return path


@pytest.fixture
async def expert(services: Services, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch) -> Expert:
    return await Expert.made(services, superuser, monkeypatch)


def _fault(response: httpx.Response) -> tuple[int, str]:
    problem: dict[str, Any] = response.json()
    return response.status_code, problem["errors"][0]["code"] if "errors" in problem else problem["code"]


async def test_an_expert_sends_files_for_a_living_offer_alone(services: Services, expert: Expert) -> None:
    assert _fault(await expert.send()) == (409, "no_open_use")
    await expert.offered()
    path = await expert.sent()
    assert (await expert.at("actions").get(path)).json()["country"] is None
    assert (await expert.at("actions").get(f"{path}/content")).content == _CV
    assert _fault(await expert.send(country="XA")) == (422, "unknown_reference")
    assert _fault(await expert.send(scope_id=str(uuid4()))) == (403, "forbidden")
    assert _fault(await expert.send(visibility="public")) == (403, "forbidden")
    assert _fault(await expert.send(visibility="network")) == (422, "invalid_value")
    shown = await expert.at("actions").change(path, visibility="network")
    assert _fault(shown) == (422, "invalid_value")
    assert _fault(
        await Caller(services["actions"], "author_xa").post(
            EVIDENCE, files={"file": ("cv.txt", _CV)}, data={"title": "CV"}
        )
    ) == (422, "required")
    assert (await expert.at("actions").step(expert.offer, "decline")).status_code == 200
    assert _fault(await expert.send()) == (409, "no_open_use")


async def test_no_office_of_the_country_reads_or_names_the_file(services: Services, expert: Expert) -> None:
    await expert.offered()
    path = await expert.sent()
    named = {**_TEXT, "evidence_id": path.rsplit("/", 1)[1]}
    letter = {"country": "XA", "direction": "in", "subject": "CV", "date": "2026-03-01", "document": named}
    for name in ("author_xa", "focal_xa", "officer", "government_xa"):
        office = Caller(services["actions"], name)
        for address in (path, f"{path}/content", f"{path}/history"):
            assert (await office.get(address)).status_code == 404, name
        listed = (await office.get(f"{EVIDENCE}?limit=200")).json()["items"]
        assert path not in [one["links"]["self"] for one in listed]
    refused = await Caller(services["actions"], "officer").post("/actions/v1/correspondence", letter)
    assert _fault(refused) == (422, "unknown_evidence")


async def test_the_country_reads_what_was_delivered(
    services: Services, expert: Expert, superuser: asyncpg.Connection
) -> None:
    request = await expert.offered()
    admin, focal = Caller(services["actions"], ADMIN), Caller(services["actions"], "focal_xa")
    assert (await expert.at("actions").step(expert.offer, "accept")).status_code == 200
    assert (await focal.step(expert.offer, "confirm")).status_code == 200
    assert (await admin.step(request, "start")).status_code == 200
    path = await expert.sent()
    document = {**_TEXT, "evidence_id": path.rsplit("/", 1)[1]}
    delivered = await expert.at("actions").step(request, "deliver", fields={"document": document})
    assert delivered.status_code == 200, delivered.text
    for name in ("focal_xa", "government_xa", "officer"):
        assert (await Caller(services["actions"], name).get(f"{path}/content")).content == _CV, name
    assert (await Caller(services["actions"], "author_xb").get(f"{path}/content")).status_code == 404
    of_file = "SELECT count(*) FROM core_audit WHERE subject = $1 AND action = 'read' AND detail_key IS NOT NULL"
    assert await superuser.fetchval(of_file, path.rsplit("/", 1)[1]) == 3
    withdrawn = await expert.at("actions").step(path, "withdraw", reason="Mine")
    assert withdrawn.json()["reason"] == "evidence_in_use"


async def test_an_expert_has_so_many_files(expert: Expert, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.actions.reporting.evidence.own.MOST", 2)
    await expert.offered()
    for _ in range(2):
        await expert.sent()
    assert _fault(await expert.send()) == (409, "too_many_files")
