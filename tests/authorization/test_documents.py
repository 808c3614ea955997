"""Documents of every service name an address or an available file of evidence that the caller knows."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.authorization.conftest import Services
from tests.authorization.country_fixture import ADMIN, CountryFixture
from tests.support import callers
from tests.support.callers import Caller, grant, person
from tests.support.evidence import evidence

_TEXT = {"title": "Minutes", "date": "2026-03-01"}
_AGREED = {"purpose": "listing", "notice_version": "2026", "language": "en"}
_PARTIES = [{"name": "The host"}, {"name": "The network"}]
_PATHS = {
    "committees": ("centres", "PATCH", "/bylaws"),
    "centres": ("centres", "POST", "/work_plan"),
    "agreements": ("centres", "POST", "/document"),
    "centres messages": ("centres", "POST", "/attachments/0"),
    "supports": ("membership", "PATCH", "/evidence"),
    "consents": ("membership", "POST", "/proof/document"),
    "experts messages": ("membership", "POST", "/attachments/0"),
}


def _request(own: CountryFixture, kind: str, document: Any) -> tuple[str, dict[str, Any]]:
    """The path below the service and the body of a request with a document."""
    place = {"country": own.country, "visibility": "restricted"}
    match kind:
        case "committees":
            return f"committees/{own.id('committees')}", {"bylaws": document}
        case "centres":
            said = {"names": {"en": "Documents"}, "host_institution_id": own.id("institutions")}
            return "centres", {**place, **said, "work_plan": document}
        case "agreements":
            said = {"centre_id": own.id("centres"), "kind": "host", "parties": _PARTIES}
            return "agreements", {**said, "document": document}
        case "supports":
            return f"supports/{own.id('supports')}", {"evidence": document}
        case "consents":
            proof = {"channel": "paper", "document": document}
            return "consents", {"expert_id": own.id("experts"), **_AGREED, "proof": proof}
    plural = kind.partition(" ")[0]
    return f"{plural}/{own.id(plural)}/messages", {"text": "See the minutes", "attachments": [document]}


async def _written(services: Services, own: CountryFixture, kind: str, document: Any) -> httpx.Response:
    service, method, _ = _PATHS[kind]
    path, body = _request(own, kind, document)
    by = Caller(services[service], ADMIN)
    address = f"/{service}/v1/{path}"
    return await (by.post(address, body) if method == "POST" else by.change(address, **body))


@pytest.mark.parametrize("kind", _PATHS)
async def test_a_document_has_an_address_or_an_available_file(
    services: Services, country_fixtures: dict[tuple[str, bool], CountryFixture], kind: str
) -> None:
    own, pointer, actions = country_fixtures["XA", False], _PATHS[kind][2], Caller(services["actions"], ADMIN)
    path, withdrawn = [await evidence(actions) for _ in range(2)]
    await actions.step(withdrawn, "withdraw", reason="Outdated")
    for named, code, place in (
        ({"url": None}, "required", pointer),
        ({"evidence_id": str(uuid4())}, "unknown_evidence", f"{pointer}/evidence_id"),
        ({"evidence_id": withdrawn.rsplit("/", 1)[1]}, "evidence_not_available", f"{pointer}/evidence_id"),
    ):
        response = await _written(services, own, kind, {**_TEXT, **named})
        assert response.status_code == 422, response.text
        assert [(fault["code"], fault["pointer"]) for fault in response.json()["errors"]] == [(code, place)]
    named = {**_TEXT, "evidence_id": path.rsplit("/", 1)[1], "sha256": "0" * 64}
    response = await _written(services, own, kind, named)
    assert response.status_code in (200, 201), response.text
    found: Any = response.json()
    for part in pointer.strip("/").split("/"):
        found = found[int(part) if part.isdigit() else part]
    assert found["sha256"] == (await actions.get(path)).json()["sha256"]


async def test_a_representative_names_a_file_of_the_institution(
    services: Services, country_fixtures: dict[tuple[str, bool], CountryFixture], monkeypatch: pytest.MonkeyPatch
) -> None:
    own = country_fixtures["XA", True]
    host = own.id("institutions")
    who = person("documents representative", grant("institution_representative", "institution", host))
    monkeypatch.setitem(callers.CALLERS, who.name, who)  # type: ignore[arg-type]
    path = await evidence(Caller(services["actions"], who.name), scope_id=host)
    of_country = await evidence(Caller(services["actions"], ADMIN))
    body = {"names": {"en": "Documents"}, "country": own.country, "host_institution_id": host}
    for file, status in ((path, 201), (of_country, 422)):
        named = {**_TEXT, "evidence_id": file.rsplit("/", 1)[1]}
        response = await Caller(services["centres"], who.name).post("/centres/v1/centres", {**body, "work_plan": named})
        assert response.status_code == status, response.text
