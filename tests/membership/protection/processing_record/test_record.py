"""The record of processing names everything that is stored about people, and who reads it."""

from collections.abc import Callable
from itertools import chain

import asyncpg
import pytest

from deploy.matrix.personal import catalogue_of
from deploy.matrix.readers import SERVICES
from shared.contracts.personal import processing
from tests.support.callers import CALLERS, Caller
from tests.support.principals import enter_callers

RECORD = "/membership/v1/processing_record"
At = Callable[[str | None], Caller]


@pytest.fixture(scope="session", autouse=True)
async def principals(database_url: str) -> None:
    """The callers' clients and grants as rows."""
    await enter_callers(database_url)


async def test_every_personal_column_occurs(admin: Caller) -> None:
    found = (await admin.get(RECORD)).json()
    shown = {
        one["table"]: {*one["data"]["exported"], *chain(*one["data"]["left_out"].values())}
        for one in found["activities"]
    }
    wanted = {entry.name: set(entry.columns) for service in SERVICES for entry in catalogue_of(service)}
    assert shown == wanted
    assert all(one["persons"] and one["purpose"] and one["time_limits"]["usual"] for one in found["activities"])


def test_texts_are_of_tables_with_personal_data() -> None:
    assert len({one.table for one in processing()}) == len(processing())


async def test_it_names_recipients_limits_and_purposes(admin: Caller) -> None:
    found = (await admin.get(RECORD)).json()
    experts = next(one for one in found["activities"] if one["table"] == "member_expert")
    assert {"secretariat_officer", "national_author", "api_client", "auditor"} <= set(experts["recipients"]["roles"])
    assert "platform_operator" not in experts["recipients"]["roles"]
    clients = {name: str(CALLERS[name].id) for name in ("government_xa", "reader_xa")}
    assert set(clients.values()) <= set(experts["recipients"]["clients"])
    declarations = next(one for one in found["activities"] if one["resource"] == "declarations")
    assert clients["government_xa"] not in declarations["recipients"]["clients"]
    assert experts["data"]["exported"]["gender"] == "granted"
    assert {"country", "erased_at", "names"} & set(experts["time_limits"]["after_erasure"]) == {"country"}
    rules = {one["ref"]: (one["resource"], one["state"]) for one in found["retention_rules"]}
    assert {rules[ref] for ref in experts["time_limits"]["rules"]} >= {("experts", "rejected"), ("experts", "lapsed")}
    assert {"listing", "conflict_of_interest", "orcid"} <= {one["purpose"] for one in found["purposes"]}
    assert all("en" in one["texts"] for one in found["purposes"])
    assert found["security_measures"]
    assert found["transfers"]


async def test_it_has_an_etag_that_changes_with_its_rules(admin: Caller, superuser: asyncpg.Connection) -> None:
    first = await admin.get(RECORD)
    same = await admin.get(RECORD, headers={"If-None-Match": first.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    retire = "UPDATE member_retention_rule SET status = $1 WHERE resource = 'experts' AND state = 'lapsed'"
    await superuser.execute(retire, "retired")
    changed = await admin.get(RECORD, headers={"If-None-Match": first.headers["etag"]})
    await superuser.execute(retire, "active")
    assert (changed.status_code, len(changed.json()["retention_rules"])) == (
        200,
        len(first.json()["retention_rules"]) - 1,
    )


@pytest.mark.parametrize(
    ("name", "status"),
    [("auditor", 200), ("secretariat", 200), ("officer", 403), ("operator", 403), ("author_xa", 403), (None, 401)],
)
async def test_administrators_and_auditors_read_it(caller: At, name: str | None, status: int) -> None:
    assert (await caller(name).get(RECORD)).status_code == status
