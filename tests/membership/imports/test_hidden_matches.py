"""A row that matches a record of another country hidden from its sender has the response of a row without a match."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg
import httpx
import pytest

from services.membership.bulk import IMPORTABLE
from tests.membership.imports.conftest import IMPORTS
from tests.support.callers import Caller
from tests.support.imports import Importer, csv_of
from tests.support.membership import EXPERTS, INSTITUTIONS
from tests.support.tiers import long

_DUPLICATES = "/membership/v1/duplicates"
_UNKNOWN = {
    "email": "nobody@matched.example",
    "orcid": "0000-0002-9079-593X",
    "ror": "https://ror.org/05a28rw58",
    "ref": "EXP-999999",
    "institution_id": "0199aaaa-0000-7000-8000-000000000000",
    "domains": "nobody.example",
    "name": "University of Nobody",
}
"""A value that no record has, as long as one that a record has."""
_HIDDEN = {
    "email": "hidden@matched.example",
    "orcid": "0000-0002-1694-233X",
    "ror": "https://ror.org/02mhbdp94",
    "domains": "hidden.example",
    "name": "University of Hidden",
}
_BODIES: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "email": lambda value: {"names": [{"full": "Seen"}], "country": "XA", "emails": [{"value": value}]},
    "orcid": lambda value: {"names": [{"full": "Seen"}], "country": "XA", "orcid": value},
    "ror": lambda value: {
        "names": [{"value": "Seen", "types": ["ror_display"]}],
        "country": "XA",
        "ror": value,
    },
}
_VARYING = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[A-Z]{3}-\d{6,}|\d{4}-\d\d-\d\dT[\d:.]+Z|\b[0-9a-f]{64}\b"
)


@dataclass(frozen=True)
class Row:
    """A column that identifies a record, in addition to the others of its row."""

    resource: str
    column: str

    def file(self, value: str, *more: tuple[str, str]) -> bytes:
        """The row twice, one that identifies nothing, and one with more of name and country."""
        if self.column == "name":
            return csv_of("name,country", [(value, "XA"), (value, "XA"), ("Other", "XA"), *more])
        rows = [("Seen", "XA", value), ("Seen", "XA", value), ("Other", "XA", ""), *((*each, "") for each in more)]
        return csv_of(f"{'full_name' if self.resource == 'experts' else 'name'},country,{self.column}", rows)


ROWS = [
    Row("experts", "email"),
    Row("experts", "orcid"),
    Row("experts", "ref"),
    Row("experts", "institution_id"),
    Row("institutions", "ror"),
    Row("institutions", "domains"),
    Row("institutions", "name"),
    Row("institutions", "ref"),
]
_BY_COUNTRY = frozenset(("participations", "supports"))
"""Kinds whose rows match records of the row's country alone, all of which its sender may read."""


def test_every_kind_that_can_be_imported_is_tried() -> None:
    assert {row.resource for row in ROWS} == set(IMPORTABLE) - _BY_COUNTRY


async def _hide(office: Caller, visibility: str) -> dict[str, dict[str, Any]]:
    """An expert and an institution of XB that nobody of XA may see."""
    place = {"country": "XB", "visibility": visibility}
    person = {"names": [{"given": "Perdita", "family": "Farrowmere"}], "orcid": _HIDDEN["orcid"]}
    person["emails"] = [{"value": _HIDDEN["email"]}]
    name = {"value": _HIDDEN["name"], "language": "en", "types": ["ror_display"]}
    body = {"names": [name], "ror": _HIDDEN["ror"], "domains": [_HIDDEN["domains"]]}
    responses = [await office.post(EXPERTS, {**person, **place}), await office.post(INSTITUTIONS, {**body, **place})]
    assert [response.status_code for response in responses] == [201, 201], [response.text for response in responses]
    return {"experts": responses[0].json(), "institutions": responses[1].json()}


async def _responses(office: Importer, row: Row, value: str, **form: str) -> list[tuple[int, str]]:
    """All responses to the sender about a file with this value, without what always differs."""
    responses: list[httpx.Response] = []
    imports: list[str] = []
    bad = [] if "on_error" in form else [("Third", "XK")]

    async def get(address: str) -> dict[str, Any]:
        responses.append(await office.caller.get(address))
        return dict(responses[-1].json()) if "json" in responses[-1].headers["content-type"] else {}

    for _ in range(2):
        responses.append(await office.send(row.resource, row.file(value, *bad), **form))
        job = responses[-1].headers["location"]
        imports.append(f"{IMPORTS}/{(await office.end_of(job))['result']['import_id']}")
        for address in (job, *(f"{imports[-1]}{tail}" for tail in ("", "/failures"))):
            await get(address)
    path = f"/membership/v1/{row.resource}?country=XA&sort=id"
    for record in (await get(path))["items"]:
        own = record["links"]["self"]
        for address in (own, f"{own}/history", f"{own}?include=affiliations", f"{_DUPLICATES}?record={record['id']}"):
            await get(address)
    responses.extend([await office.caller.step(item, "undo") for item in reversed(imports)])
    await get(path)
    return [(response.status_code, _VARYING.sub("…", response.text.replace(value, "VALUE"))) for response in responses]


@pytest.mark.parametrize(
    ("visibility", "form"),
    [
        ("restricted", {}),
        *long(
            "imports each column again",
            *[("restricted", {"on_error": "abort"}), ("restricted", {"mode": "dry_run"}), ("network", {})],
        ),
    ],
    ids=["restricted", "abort", "dry run", "network"],
)
@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_the_responses_are_those_to_a_value_that_nobody_has(
    government: Importer, secretariat: Importer, row: Row, visibility: str, form: dict[str, str]
) -> None:
    hidden = await _hide(secretariat.caller, visibility)
    hidden_ids = {"ref": hidden[row.resource]["ref"], "institution_id": hidden["institutions"]["id"]}
    responses = await _responses(government, row, {**_HIDDEN, **hidden_ids}[row.column], **form)
    assert responses == await _responses(government, row, _UNKNOWN[row.column], **form)
    is_dry, has_aborted = "mode" in form, "on_error" in form and row.column in ("ref", "institution_id")
    assert [status for status, _ in responses if status >= 400] == [409, 409] * (is_dry or has_aborted)


@pytest.mark.long("imports several lists")
async def test_whoever_may_see_both_gets_the_pair_that_an_entry_would_make(
    government: Importer, secretariat: Importer, database: asyncpg.Connection
) -> None:
    """The rule is that of a creation, whatever the other values of the two."""
    hidden, office = await _hide(secretariat.caller, "restricted"), secretariat.caller

    async def pair_with(other: str, key: str) -> tuple[float, list[str]]:
        of_all, of_own = [
            await caller.get(_DUPLICATES, params={"record": key}) for caller in (office, government.caller)
        ]
        assert other not in of_own.text
        (pair,) = (pair for pair in of_all.json()["items"] if other in (pair["a"], pair["b"]))
        return pair["score"], pair["reasons"]

    for row in (row for row in ROWS if row.column in ("email", "orcid", "ror")):
        value, path = _HIDDEN[row.column], f"/membership/v1/{row.resource}"
        result = await government.bring(row.resource, row.file(value))
        found = await government.caller.get(path, params={"country": "XA", row.column: value})
        ordered = await office.post(f"{_DUPLICATES}/searches", {"resource": row.resource, "whole": False})
        assert (await secretariat.end_of(ordered.headers["location"]))["status"] == "succeeded"
        other = hidden[row.resource]["id"]
        of_import = await pair_with(other, found.json()["items"][0]["id"])
        assert (await government.undo(result)).status_code == 200
        entered = await government.caller.post(path, _BODIES[row.column](value))
        assert entered.status_code == 201, entered.text
        assert await pair_with(other, entered.json()["id"]) == of_import
