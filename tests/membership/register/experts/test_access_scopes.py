"""What each kind of caller sees of a person: canaries in every field, searched in every response with experts."""

from collections.abc import Callable
from typing import Any

import asyncpg
import orjson
import pytest

from services.membership.register.experts.jobs import EXPERT_IMPORT
from shared.database.pool import Database
from shared.records.access_scope import access_scope_for
from shared.records.filters import ListRequest
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.membership import EXPERTS

At = Callable[[str | None], Caller]
_OPEN = ("zq-name", "zq-native", "zq-keyword", "zq-biography", "0000-0001-5109-3700", "zq-role")
_PUBLIC, _NETWORK, _RESTRICTED = "zq-open@example.org", "zq-network@example.org", "zq-closed@example.org"
_CLOSED = ("gender", "created_by", "updated_by", "assignee", "asserted", "clock")
FIELDS: dict[str, Any] = {
    "visibility": "public",
    "names": [{"given": "Ada", "family": "zq-name"}, {"full": "zq-native", "kind": "native"}],
    "emails": [
        {"value": _RESTRICTED, "visibility": "restricted"},
        {"value": _NETWORK, "visibility": "network"},
        {"value": _PUBLIC, "visibility": "public"},
    ],
    "keywords": ["zq-keyword"],
    "biography": {"en": "zq-biography"},
    "orcid": "0000-0001-5109-3700",
    "gender": "zq-gender",
}
SIGHTS = {
    "public": ({_PUBLIC}, False),
    "network": ({_PUBLIC, _NETWORK}, False),
    "elsewhere": ({_PUBLIC, _NETWORK}, False),
    "officer": ({_PUBLIC, _NETWORK, _RESTRICTED}, True),
    "self": ({_PUBLIC, _NETWORK, _RESTRICTED}, True),
    "auditor": ({_PUBLIC, _NETWORK, _RESTRICTED}, True),
}
"""By caller: the addresses that they see, and whether they see the closed fields."""


@pytest.fixture
async def seen(
    admin: Caller, caller: At, member: Any, monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, Caller], dict[str, Any]]:
    """The callers by their relation to the person, and the person."""
    who, record = await member(**FIELDS)
    await admin.post(f"{EXPERTS}/{record['id']}/affiliations", {"raw": "Institute", "role": "zq-role"})
    another = person("another member", grant("expert", "self", "00000000-0000-4000-8000-000000000000"))
    monkeypatch.setitem(CALLERS, another.name, another)  # type: ignore[arg-type]
    return {
        "public": caller(None),
        "network": caller(another.name),
        "elsewhere": caller("author_xb"),
        "officer": caller("officer"),
        "self": who,
        "auditor": caller("auditor"),
    }, record


def _check(text: str, who: str, where: str) -> None:
    addresses, whole = SIGHTS[who]
    for address in (_PUBLIC, _NETWORK, _RESTRICTED):
        assert (address in text) is (address in addresses), f"{address} for {who} in {where}"
    assert ("zq-gender" in text) is whole, f"gender for {who} in {where}"


@pytest.mark.parametrize("who", SIGHTS)
async def test_responses_hold_the_fields_of_their_reader(seen: Any, who: str) -> None:
    callers, record = seen
    path = f"{EXPERTS}/{record['id']}"
    item = await callers[who].get(path)
    _check(item.text, who, "item")
    assert all(canary in item.text for canary in _OPEN)
    _, whole = SIGHTS[who]
    assert all((name in item.json()) is whole for name in _CLOSED)
    query = {"q": "zq-name", "include": "affiliations", "limit": 200}
    listed = (await callers[who].get(EXPERTS, params=query)).json()["items"]
    one = next(found for found in listed if found["id"] == record["id"])
    _check(orjson.dumps(one).decode(), who, "list")
    for file_format in ("csv", "ndjson"):
        text = (await callers[who].get(EXPERTS, params={"q": "zq-name", "format": file_format})).text
        _check("\n".join(line for line in text.splitlines() if record["id"] in line), who, file_format)
    picked = (await callers[who].get(path, params={"fields": ",".join(("id", "gender", "emails", "asserted"))})).text
    _check(picked, who, "fields")


@pytest.mark.parametrize("who", SIGHTS)
async def test_histories_are_for_those_who_see_the_record_whole(seen: Any, who: str) -> None:
    callers, record = seen
    response = await callers[who].get(f"{EXPERTS}/{record['id']}/history")
    if SIGHTS[who][1]:
        _check(response.text, who, "history")
    else:
        assert response.status_code == (401 if who == "public" else 403)
        assert "zq-" not in response.text


@pytest.mark.parametrize("who", [who for who in SIGHTS if who != "public"])
async def test_exports_hold_the_first_address_that_their_creator_sees(seen: Any, database: Database, who: str) -> None:
    callers, record = seen
    access = access_scope_for(CALLERS[callers[who]._name], EXPERT_IMPORT.roles, EXPERT_IMPORT.resource)
    listing = EXPERT_IMPORT.listing
    asked = ListRequest({"q": listing.parse("q", "zq-name")}, "id", False, 200)
    async with database.acquire() as connection:
        rows = await listing.fetch(connection, access, asked, EXPERT_IMPORT.export_extra)
    row = next(row for row in rows if str(row["id"]) == record["id"])
    cells = EXPERT_IMPORT.rows.cells(row, access)
    assert cells["email"] == (_RESTRICTED if SIGHTS[who][1] else _NETWORK)
    assert "zq-gender" not in " ".join(cells.values())


async def test_facts_name_nobody(seen: Any, superuser: asyncpg.Connection) -> None:
    _, record = seen
    facts = await superuser.fetch(
        "SELECT to_jsonb(o)::text AS fact FROM core_outbox o WHERE subject = $1", record["id"]
    )
    assert facts
    assert not [fact["fact"] for fact in facts if "zq-" in fact["fact"]]


@pytest.mark.parametrize("who", [who for who in SIGHTS if who != "public"])
async def test_an_address_finds_only_whoever_shows_it(seen: Any, who: str) -> None:
    callers, record = seen
    for address in (_PUBLIC, _NETWORK, _RESTRICTED):
        response = await callers[who].get(EXPERTS, params={"email": address.upper()})
        found = record["id"] in [item["id"] for item in response.json()["items"]]
        assert found is (address in SIGHTS[who][0]), address
