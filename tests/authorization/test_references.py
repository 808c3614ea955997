"""The records of every kind that name a file of evidence: shown to whoever reads their documents, found by an index."""

import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.actions.settings import ActionsSettings
from shared.contracts import views
from shared.contracts.documents import IN_USE, KINDS
from shared.database.context import AccessContext
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.actions.neighbours import enter
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import ADMIN, CountryFixture
from tests.authorization.kinds import TABLES
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.evidence import evidence
from tests.support.lifecycles import lifecycles

_COLUMNS = {
    "membership.calls": "decision",
    "membership.consents": "proof.document",
    "membership.nominations": "documents[]",
    "membership.supports": "evidence",
    "membership.messages": "attachments[]",
    "centres.committees": "bylaws",
    "centres.centres": "work_plan",
    "centres.terms": "terms_of_reference",
    "centres.agreements": "document",
    "centres.annual_reports": "documents[]",
    "centres.committee_meetings": "minutes",
    "centres.evaluations": "report",
    "centres.messages": "attachments[]",
    "actions.actions": "baseline.source",
    "actions.milestones": "evidence[]",
    "actions.endorsements": "document",
    "actions.results": "evidence[]",
    "actions.assessments": "evidence[]",
    "actions.support_requests": "documents[]",
    "actions.focal_points": "letter",
    "actions.correspondence": "document",
}
"""A document of each kind: a column, a key in a column, or a list."""
_MESSAGES = {
    "membership.messages": ("member_message", "expert_id", "experts"),
    "centres.messages": ("centre_message", "centre_id", "centres"),
}
_OF_AUTHORS = {
    *(resource for resource in KINDS if resource.startswith("actions.")),
    "centres.committees",
    "centres.centres",
    "centres.terms",
    "centres.agreements",
    "centres.annual_reports",
    "membership.supports",
}
_VIEWS = (views.DOCUMENTS_OF_MEMBERSHIP, views.DOCUMENTS_OF_CENTRES, views.DOCUMENTS_OF_ACTIONS)


@dataclass(frozen=True)
class Named:
    """A public file of XA, and the records that name it by their kind."""

    path: str
    records: dict[str, str]

    @property
    def key(self) -> str:
        return self.path.rsplit("/", 1)[1]


@pytest.fixture(scope="module")
async def named(
    services: Services, country_fixtures: dict[tuple[str, bool], CountryFixture], superuser: asyncpg.Connection
) -> AsyncIterator[Named]:
    """A record of each kind, published where it can be, names the file; afterwards they are as they were."""
    path, own = await evidence(Caller(services["actions"], ADMIN), visibility="public"), country_fixtures["XA", True]
    document = {"title": "Minutes", "date": "2026-03-01", "evidence_id": path.rsplit("/", 1)[1]}
    records, before = {}, {}
    for resource, place in _COLUMNS.items():
        column, _, key = place.partition(".")
        value: Any = {key: document} if key else [document] if place.endswith("[]") else document
        name = column.removesuffix("[]")
        if resource in _MESSAGES:
            table, file, plural = _MESSAGES[resource]
            said = {file: own.id(plural), "audience": "file", name: _json(value), "status": "sent"}
            records[resource] = str(await enter(superuser, table, visibility="restricted", **said))
            await enter(superuser, table, visibility="restricted", **{**said, "audience": "internal"})
            continue
        table, record = TABLES[resource.partition(".")[2]], own.id(resource.partition(".")[2])
        before[table, name, record] = await superuser.fetchval(
            f"SELECT {name}::text FROM {table} WHERE id = $1", record
        )
        await superuser.execute(f"UPDATE {table} SET {name} = $2::text::jsonb WHERE id = $1", record, _json(value))
        records[resource] = record
    records["actions.reports"] = own.id("reports")
    put = "UPDATE action_report_section SET answered = $2::text::jsonb WHERE report_id = $1"
    await superuser.execute(put, own.id("reports"), _json([document]))
    records["actions.schemes"] = own.id("schemes")
    await superuser.execute(
        "INSERT INTO action_scheme_state VALUES ($1, 'references', now(), $2::text::jsonb, '[]')",
        *(own.id("schemes"), _json(document)),
    )
    yield Named(path, records)
    await superuser.execute(put, own.id("reports"), "[]")
    await superuser.execute("DELETE FROM action_scheme_state WHERE assessment = 'references'")
    for (table, name, record), value in before.items():
        await superuser.execute(f"UPDATE {table} SET {name} = $2::text::jsonb WHERE id = $1", record, value)
    for table, _, _ in _MESSAGES.values():
        await superuser.execute(f"DELETE FROM {table} WHERE text = 'x'")


def _json(value: Any) -> str:
    return json.dumps(value)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("admin", {resource for resource, kind in KINDS.items() if kind.is_listed}),
        ("author_xa", _OF_AUTHORS),
        ("author_xb", {"actions.actions", "actions.correspondence", "actions.schemes"}),
    ],
)
async def test_the_references_of_a_file_are_those_whose_document_the_caller_reads(
    services: Services, named: Named, name: str, kinds: set[str]
) -> None:
    found = (await Caller(services["actions"], name).get(f"{named.path}?include=references")).json()["referenced_by"]
    assert {each["resource"]: each["id"] for each in found} == {kind: named.records[kind] for kind in kinds}
    assert len(found) == len(kinds)
    if name == "admin":
        for each in found:
            service = each["resource"].partition(".")[0]
            read = await Caller(services[service], name).get(each["link"])
            assert (read.status_code, read.json()["ref"]) == (200, each["ref"]), each


async def test_a_director_finds_the_records_of_the_centre_that_name_a_file(
    services: Services, named: Named, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"director {uuid4()}"
    held = grant("centre_director", "centre", named.records["centres.centres"])
    monkeypatch.setitem(CALLERS, name, person(name, held))  # type: ignore[arg-type]
    found = (await Caller(services["actions"], name).get(f"{named.path}?include=references")).json()["referenced_by"]
    of_centre = {each["resource"]: each["id"] for each in found if each["resource"].startswith("centres.")}
    plurals = ("agreements", "annual_reports", "centres", "evaluations", "messages", "terms")
    assert of_centre == {f"centres.{one}": named.records[f"centres.{one}"] for one in plurals}


async def test_row_level_security_applies_to_the_documents_of_other_services(database_url: str, named: Named) -> None:
    database = await Database.open(ActionsSettings(database_url=database_url).database_dsn(), size=1)
    contexts = {"": set(), "public": {"actions.actions"}, "restricted": {"membership.consents"}}
    for visibilities, expected in contexts.items():
        async with unit_of_work(database, AccessContext(visibilities)) as uow:
            rows = [
                row
                for view in _VIEWS
                for row in await uow.connection.fetch(
                    f"SELECT resource, visibility FROM {view.fullname} WHERE evidence_id = $1", named.key
                )
            ]
        assert {row["visibility"] for row in rows} <= {visibilities}
        assert expected <= {row["resource"] for row in rows}
        assert bool(rows) is bool(visibilities)
    await database.close()


async def test_each_view_is_read_by_an_index(superuser: asyncpg.Connection, named: Named) -> None:
    """Row-level security does not keep a condition on a document from its index. Without sequential scans, the plan has
    one only where no index applies."""
    found = set()
    async with superuser.transaction():
        await superuser.execute("SET LOCAL enable_seqscan = off; SET LOCAL ROLE escm_actions")
        for view in _VIEWS:
            query = f"EXPLAIN SELECT * FROM {view.fullname} WHERE evidence_id = '{uuid4()}'"
            plan = "\n".join(row[0] for row in await superuser.fetch(query))
            assert "Seq Scan" not in plan, plan
            found |= set(re.findall(r"(?:using|on) (\w+_evidence_idx)", plan))
    rows = await superuser.fetch("SELECT relname FROM pg_class WHERE relname LIKE '%\\_evidence\\_idx'")
    assert {row[0] for row in rows} == found


def test_the_states_in_which_a_file_is_in_use_exist() -> None:
    states = {f"{name} {status}" for name, lifecycle in lifecycles() for status in lifecycle.states}
    assert set(IN_USE) <= states
