"""The audit trail over HTTP: for administrators and auditors, within their scope, in pages."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from json import dumps
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.access.settings import AccessSettings
from shared.audit.chain import Chain
from shared.kernel.clock import now, to_text
from shared.messaging.sequencer import Leader
from tests.actions.neighbours import enter
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.membership import entered

AUDIT = "/access/v1/audit"


@pytest.fixture
def link(database_url: str) -> Callable[[], Awaitable[None]]:
    """A tick of the relay's leader."""

    async def tick() -> None:
        settings = AccessSettings(database_url=database_url)
        connection = await asyncpg.connect(settings.database_dsn("relay"), server_settings={"search_path": "escm"})
        leader = await Leader.elect(connection, uuid4(), 5.0)
        assert leader is not None
        while (await leader.tick(2000, [Chain(settings)], None))[0]:
            pass
        await leader.resign()
        await connection.close()

    return tick


async def _read_pages(caller: Caller, query: str = "") -> list[dict[str, Any]]:
    """All entries, page after page."""
    found: list[dict[str, Any]] = []
    after: str | None = None
    while True:
        more = f"&after={after}" if after else ""
        response = await caller.get(f"{AUDIT}?limit=7{query}{more}")
        assert response.status_code == 200, response.text
        page = response.json()
        found += page["items"]
        if page["next_after"] == after:
            return found
        after = page["next_after"]


async def test_the_trail_is_read_in_order_and_by_record_and_actor(
    calling: Callable[[str | None], Caller], link: Callable[[], Awaitable[None]], superuser: asyncpg.Connection
) -> None:
    admin = calling("admin")
    record = await entered(admin, country="XA")
    path = record["links"]["self"]
    response = await admin.patch(path, {"keywords": ["snow"]}, etag=(await admin.get(path)).headers["etag"])
    assert response.status_code == 200
    for _ in range(10):
        await entered(calling("secretariat"), country="XB")
    await link()
    everything = await _read_pages(admin)
    positions = [line["position"] for line in everything]
    assert positions == sorted(set(positions))
    assert len(everything) == await superuser.fetchval("SELECT count(*) FROM core_audit_link")
    create, update = await _read_pages(admin, f"&subject={record['id']}")
    assert (create["action"], update["action"], update["resource"]) == ("create", "update", "membership.experts")
    assert update["changes"] == [{"pointer": "/keywords", "before": [], "after": ["snow"]}]
    stored = await superuser.fetchval("SELECT hash FROM core_audit_link WHERE position = $1", update["position"])
    assert update["hash"] == stored.hex()
    history = (await admin.get(f"{path}/history")).json()["items"]
    assert {**history[0], "position": 0} == {
        **{name: update[name] for name in history[0]},
        "position": 0,
    }
    acted = await _read_pages(admin, f"&actor={CALLERS['secretariat'].id}")
    assert len(acted) >= 10
    assert {line["by"]["id"] for line in acted} == {str(CALLERS["secretariat"].id)}
    assert await _read_pages(admin, f"&subject={uuid4()}") == []


async def test_an_auditor_of_a_country_reads_that_country_alone(
    calling: Callable[[str | None], Caller],
    link: Callable[[], Awaitable[None]],
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(CALLERS, "auditor_xb", person("auditor_xb", grant("auditor", "country", "XB")))  # type: ignore[arg-type]
    own = await entered(calling("admin"), country="XB")
    other = await entered(calling("admin"), country="XA", visibility="network")
    await link()
    seen = {line["subject"] for line in await _read_pages(calling("auditor_xb"))}
    assert own["id"] in seen
    countries = await superuser.fetch("SELECT DISTINCT country FROM core_audit WHERE subject::text = ANY($1)", seen)
    assert [row[0] for row in countries] == ["XB"]
    assert await _read_pages(calling("auditor_xb"), f"&subject={other['id']}") == []
    assert {own["id"], other["id"]} <= {line["subject"] for line in await _read_pages(calling("auditor"))}


async def test_a_conflict_of_interest_withholds_the_entries_of_a_nomination(
    calling: Callable[[str | None], Caller],
    link: Callable[[], Awaitable[None]],
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    nominee, member = await entered(calling("admin")), uuid4()
    limits = dumps({name: [] for name in ("countries", "regions", "categories", "fields", "documents")})
    call = await enter(
        superuser, "member_call", status="open", kind="committee", seats=1, eligibility=limits, panel="[]"
    )
    nomination = await enter(
        superuser, "member_nomination", call_id=call, expert_id=UUID(nominee["id"]), status="draft", documents="[]",
        nominator='{"name": "Ana", "email": "ana@example.org"}', conflicts="[]",
    )  # fmt: skip
    fields = {"until": to_text(now() + timedelta(days=1))}
    path = f"/membership/v1/nominations/{nomination}"
    assert (await calling("admin").step(path, "extend", reason="Ill", fields=fields)).status_code == 200
    stated = dumps([{"expert_id": str(member), "kind": "recused"}])
    await superuser.execute("UPDATE member_nomination SET conflicts = $2 WHERE id = $1", nomination, stated)
    await link()
    for name, key, expected in (("conflicted", member, []), ("clear", uuid4(), ["extend"])):
        reader = person(name, grant("auditor", "global"), grant("expert", "self", str(key)))
        monkeypatch.setitem(CALLERS, name, reader)  # type: ignore[arg-type]
        found = await _read_pages(calling(name), f"&subject={nomination}")
        assert [line["action"] for line in found] == expected


@pytest.mark.parametrize(
    ("name", "status"),
    [
        (None, 401),
        ("applicant", 403),
        ("officer", 403),
        ("government_xa", 403),
        ("reader_xa", 403),
        ("operator", 403),
        ("auditor", 200),
        ("secretariat", 200),
    ],
)
async def test_who_may_read(calling: Callable[[str | None], Caller], name: str | None, status: int) -> None:
    assert (await calling(name).get(AUDIT)).status_code == status


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("after=nothing", "invalid_cursor"),
        ("subject=nothing", "invalid_parameter"),
        ("limit=201", "invalid_parameter"),
        ("limit=0", "invalid_parameter"),
        ("before=1", "unknown_parameter"),
    ],
)
async def test_bad_questions_are_refused(calling: Callable[[str | None], Caller], query: str, code: str) -> None:
    response = await calling("admin").get(f"{AUDIT}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, code)
