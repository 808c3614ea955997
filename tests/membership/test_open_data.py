"""Institutions, initiatives and numbers of experts as open data."""

from typing import Any
from uuid import uuid4

import orjson

from services.membership.overview.open_data.datasets import PUBLISHED
from shared.open_data.domain import FORMATS
from tests.support.callers import Caller
from tests.support.membership import EXPERTS, INSTITUTIONS, activated

PATH = "/membership/v1/open_data"


async def _rows(by: Caller, name: str, **query: str) -> list[dict[str, Any]]:
    response = await by.get(f"{PATH}/{name}.ndjson", params=query)
    assert response.status_code == 200, response.text
    return [orjson.loads(line) for line in response.content.splitlines()]


async def _institution(by: Caller, **more: Any) -> dict[str, Any]:
    names = [{"value": f"Institute {uuid4().hex[:8]}", "language": "en", "types": ["ror_display"]}]
    made = await by.post(INSTITUTIONS, {"names": names, "country": "XC", "links": ["https://soil.example/"], **more})
    assert made.status_code == 201, made.text
    verified = await by.step(made.json()["links"]["self"], "verify")
    assert verified.status_code == 200, verified.text
    return dict(verified.json())


async def test_public_institutions_are_rows(admin: Caller, anonymous: Caller) -> None:
    public, hidden = [await _institution(admin, visibility=one) for one in ("public", "network")]
    rows = {row["id"]: row for row in await _rows(anonymous, "institutions", country="XC")}
    assert (public["id"] in rows, hidden["id"] in rows) == (True, False)
    shown = rows[public["id"]]
    assert (shown["display_name"], shown["links"]) == (public["display_name"], ["https://soil.example/"])
    assert not {"search_key", "match_key", "created_by", "relations"} & set(shown)


async def test_open_initiatives_are_rows(admin: Caller, anonymous: Caller) -> None:
    body = {"code": f"O-{uuid4().hex[:12].upper()}", "titles": {"en": "Soils"}, "texts": {"en": "We keep the soils."}}
    made = await admin.post("/membership/v1/initiatives", {**body, "visibility": "public"})
    assert made.status_code == 201, made.text
    codes = {row["code"] for row in await _rows(anonymous, "initiatives")}
    assert body["code"] not in codes
    assert (await admin.step(made.json()["links"]["self"], "open")).status_code == 200
    found = {row["code"]: row for row in await _rows(anonymous, "initiatives")}
    assert found[body["code"]]["texts"] == body["texts"]
    assert (await anonymous.get(f"{PATH}/initiatives.csv?country=XA")).status_code == 400


async def test_experts_are_numbers_alone(admin: Caller, anonymous: Caller) -> None:
    secret = f"Word{uuid4().hex[:8]}"
    emails = [{"value": f"{secret}@example.org"}]
    expert = await activated(admin, country="XC", names=[{"full": secret}], emails=emails, visibility="public")
    rows = await _rows(anonymous, "experts")
    listed = (await anonymous.get("/membership/v1/statistics?of=experts&by=country,category")).json()["items"]
    assert {(row["country"], row["category"]): row["experts"] for row in rows} == {
        (one["country"], one["category"]): one["count"] for one in listed
    }
    before = (await anonymous.get(f"{PATH}/experts.csv")).headers["etag"]
    for file_format in FORMATS:
        content = (await anonymous.get(f"{PATH}/experts.{file_format}")).content
        assert secret.encode() not in content
        assert expert["id"].encode() not in content
    assert (await admin.change(f"{EXPERTS}/{expert['id']}", visibility="network")).status_code == 200
    assert (await anonymous.get(f"{PATH}/experts.csv")).headers["etag"] != before


async def test_the_list_has_each_file(anonymous: Caller) -> None:
    items = (await anonymous.get(PATH)).json()["items"]
    assert [one["name"] for one in items] == list(PUBLISHED.datasets)
    for address in (file["url"] for one in items for file in one["files"]):
        assert (await anonymous.get(address)).status_code == 200, address
