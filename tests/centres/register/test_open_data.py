"""The register and the committees as open data: what the pages of everybody show, without directors."""

import csv
import io
from typing import Any

import asyncpg
import orjson
import pytest

from services.centres.register.open_data.datasets import PUBLISHED
from shared.kernel.clock import today
from shared.open_data.domain import FORMATS
from tests.support.callers import Caller
from tests.support.centres import Members, country_of_committees, proposed_committee, stepped, unused_country
from tests.support.register import changed, designated, items, public_expert, public_host

PATH = "/centres/v1/open_data"
_SHOWN = ("id", "registration_number", "names", "country", "host", "unit", "status", "term", "themes", "position")


async def _rows(by: Caller, name: str, country: str) -> list[dict[str, Any]]:
    response = await by.get(f"{PATH}/{name}.ndjson?country={country}")
    assert response.status_code == 200, response.text
    return [orjson.loads(line) for line in response.content.splitlines()]


@pytest.fixture(scope="module")
def country() -> str:
    """The country of these tests."""
    return unused_country()


async def test_the_register_is_a_file_without_directors(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection, country: str
) -> None:
    name = "Somebody Who Directs"
    director = await public_expert(members, country, name)
    centre = await designated(admin, members, superuser, country, director_id=director["id"])
    (row,) = await _rows(anonymous, "register", country)
    (shown,) = await items(anonymous, country)
    assert {key: row[key] for key in _SHOWN} == {key: shown[key] for key in _SHOWN}
    assert set(row) == set(PUBLISHED.datasets["register"].columns)
    for file_format in FORMATS:
        content = (await anonymous.get(f"{PATH}/register.{file_format}")).content
        assert name.encode() not in content
        assert director["id"].encode() not in content
    lines = csv.DictReader(io.StringIO((await anonymous.get(f"{PATH}/register.csv?country={country}")).text))
    assert [orjson.loads(line["position"]) for line in lines] == [shown["position"]]
    before = (await anonymous.get(f"{PATH}/register.csv")).headers["etag"]
    await stepped(admin, centre, "suspend", reason="A question")
    assert [one["status"] for one in await _rows(anonymous, "register", country)] == ["suspended"]
    assert (await anonymous.get(f"{PATH}/register.csv")).headers["etag"] != before
    await changed(admin, centre, visibility="network")
    assert await _rows(anonymous, "register", country) == []


async def test_the_file_has_the_rows_of_the_register_of_today(anonymous: Caller, superuser: asyncpg.Connection) -> None:
    """Without the centres that other tests changed on later days: the file has what was entered last."""
    query = "SELECT centre_id::text AS id FROM centre_register_entry WHERE recorded_on > $1"
    later = {row["id"] for row in await superuser.fetch(query, today())}
    response = await anonymous.get(f"{PATH}/register.ndjson")
    rows = {row["id"]: row["names"] for row in map(orjson.loads, response.content.splitlines())}
    items = await anonymous.everything("/centres/v1/register?former=true&limit=200")
    shown = {one["id"]: one["names"] for one in items}
    assert {key: names for key, names in rows.items() if key not in later} == {
        key: names for key, names in shown.items() if key not in later
    }


async def test_a_committee_names_public_institutions_alone(
    admin: Caller, anonymous: Caller, members: Members, superuser: asyncpg.Connection
) -> None:
    async with country_of_committees(admin) as country:
        public, other = await public_host(members, country), await public_host(members, country)
        hidden = await members.institution(country)
        partners = {"host_institution_id": public["id"], "partner_institution_ids": [other["id"], hidden]}
        made = await proposed_committee(admin, members, country, visibility="public", **partners)
        await superuser.execute("UPDATE centre_committee SET status = 'recognised' WHERE id = $1", made["id"])
        (row,) = await _rows(anonymous, "committees", country)
        assert (row["id"], row["host_institution_id"], row["partner_institution_ids"]) == (
            made["id"], public["id"], [other["id"]],
        )  # fmt: skip
        assert not {"decision", "bylaws", "search_key"} & set(row)
        linked = (await anonymous.get(f"{PATH}/committees.jsonld?country={country}")).json()["schema:hasPart"][0]
        assert [one.rpartition("/")[2] for one in linked["partner_institution_ids"]] == [other["id"]]
        tag = (await anonymous.get(f"{PATH}/committees.csv?country={country}")).headers["etag"]
        await members.admin.change(public["links"]["self"], visibility="restricted")
        (row,) = await _rows(anonymous, "committees", country)
        assert row["host_institution_id"] is None
        assert (await anonymous.get(f"{PATH}/committees.csv?country={country}")).headers["etag"] != tag
        await superuser.execute("UPDATE centre_committee SET status = 'proposed' WHERE id = $1", made["id"])
