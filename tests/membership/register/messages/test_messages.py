"""The applicant and the office converse on the file of an expert; internal messages exist for the office alone."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from services.membership.access import ROLES
from services.membership.register.experts.operations import EXPERTS as KIND
from services.membership.register.messages.operations import MESSAGES
from shared.contracts.membership import EXPERT_MERGED
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.records.access_scope import access_scope_for
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import DOCUMENT
from tests.support.facts import deliver
from tests.support.membership import EXPERTS, expert

Member = Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]]
At = Callable[[str | None], Caller]


def _messages(record: dict[str, Any]) -> str:
    return f"{EXPERTS}/{record['id']}/messages"


async def _posted(who: Caller, record: dict[str, Any], text: str, **more: Any) -> dict[str, Any]:
    made = await who.post(_messages(record), {"text": text, **more})
    assert made.status_code == 201, made.text
    return dict(made.json())


async def _texts(who: Caller, record: dict[str, Any], query: str = "") -> list[str]:
    response = await who.get(f"{_messages(record)}{query}")
    assert response.status_code == 200, response.text
    return [item["text"] for item in response.json()["items"]]


async def test_the_applicant_and_the_office_converse(member: Member, caller: At) -> None:
    who, record = await member()
    asked = await _posted(caller("officer"), record, "Which field?", attachments=[DOCUMENT])
    answered = await _posted(who, record, "Soil science.")
    assert (asked["audience"], asked["status"], asked["expert_id"]) == ("file", "sent", record["id"])
    assert asked["attachments"][0]["title"] == DOCUMENT["title"]
    for reader in (who, caller("officer"), caller("admin"), caller("auditor")):
        assert await _texts(reader, record) == ["Which field?", "Soil science."]
        read = await reader.get(answered["links"]["self"])
        assert (read.status_code, read.json()["text"]) == (200, "Soil science.")
    assert (await who.get(f"{_messages(record)}/{asked['ref']}")).json() == (
        await who.get(asked["links"]["self"])
    ).json()


async def test_an_internal_message_is_unknown_to_the_applicant(member: Member, caller: At) -> None:
    who, record = await member()
    await _posted(caller("officer"), record, "Which field?")
    note = await _posted(caller("officer"), record, "Doubtful.", audience="internal")
    path = _messages(record)
    for reader in (caller("officer"), caller("admin"), caller("auditor")):
        assert await _texts(reader, record) == ["Which field?", "Doubtful."]
        assert await _texts(reader, record, "?audience=internal") == ["Doubtful."]
        assert (await reader.get(note["links"]["self"])).json()["text"] == "Doubtful."
        assert "Doubtful." in (await reader.get(f"{path}?format=csv")).text
    assert await _texts(who, record) == ["Which field?"]
    assert await _texts(who, record, "?audience=internal") == []
    assert (await who.get(f"{path}?include=total_estimate")).json()["total_estimate"] == 1
    for key in (note["id"], note["ref"]):
        assert (await who.get(f"{path}/{key}")).status_code == 404
    for address in (f"{path}?format=csv", f"{path}?format=ndjson", f"{EXPERTS}/{record['id']}/history"):
        assert "Doubtful." not in (await who.get(address)).text
    refused = await who.post(path, {"text": "Mine.", "audience": "internal"})
    assert (refused.status_code, refused.json()["reason"]) == (403, "not_permitted")


async def test_an_officer_is_no_office_on_their_own_file(
    member: Member, caller: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, record = await member()
    note = await _posted(caller("admin"), record, "Doubtful.", audience="internal")
    own = CALLERS[who.name]
    held = own.holding(grant("secretariat_officer", "country", "XA"))
    monkeypatch.setitem(CALLERS, own.name, held)  # type: ignore[arg-type]
    assert await _texts(who, record) == []
    assert (await who.get(note["links"]["self"])).status_code == 404
    assert (await who.post(_messages(record), {"text": "x", "audience": "internal"})).status_code == 403


async def test_row_level_security_hides_internal_messages_from_the_applicant(
    member: Member, caller: At, database: Database
) -> None:
    who, record = await member()
    await _posted(caller("officer"), record, "Which field?")
    await _posted(caller("officer"), record, "Doubtful.", audience="internal")
    texts = "SELECT text FROM escm.member_message WHERE expert_id = $1 ORDER BY id"

    async def seen(name: str, *, internal: bool) -> list[str]:
        access = access_scope_for(CALLERS[name], ROLES, MESSAGES.resource)
        context = access.including_internal().context if internal else access.context
        async with unit_of_work(database, context) as uow:
            return [row["text"] for row in await uow.connection.fetch(texts, record["id"])]

    assert await seen(who.name, internal=False) == await seen("officer", internal=False) == ["Which field?"]
    assert await seen("officer", internal=True) == ["Which field?", "Doubtful."]
    assert await seen("author_xa", internal=True) == await seen("author_xb", internal=True) == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with unit_of_work(database, access_scope_for(CALLERS[who.name], ROLES, KIND.resource).context) as uow:
            await uow.connection.execute(
                "INSERT INTO escm.member_message SELECT uuidv7(), 'MSG-X', 1, 'sent', 'XA', 'restricted', now(), '',"
                " now(), '', $1, 'Mine.', 'internal', '[]'",
                record["id"],
            )


async def test_nobody_else_reads_or_writes_on_the_file(member: Member, anonymous: Caller, caller: At) -> None:
    who, record = await member(visibility="restricted")
    other, _ = await member()
    posted = await _posted(who, record, "Hello.")
    for name in ("author_xa", "focal_xa", "government_xa"):
        for response in (
            await caller(name).get(_messages(record)),
            await caller(name).get(posted["links"]["self"]),
            await caller(name).post(_messages(record), {"text": "x"}),
        ):
            assert response.status_code == 403, name
    for stranger in (other, caller("author_xb"), caller("applicant")):
        assert (await stranger.get(_messages(record))).status_code == 404
        assert (await stranger.post(_messages(record), {"text": "x"})).status_code == 404
    assert (await anonymous.get(_messages(record))).status_code == 401
    assert (await caller("auditor").post(_messages(record), {"text": "x"})).status_code == 403


async def test_a_message_belongs_to_one_file_and_is_never_changed(member: Member, caller: At) -> None:
    who, record = await member()
    _, other = await member()
    posted = await _posted(who, record, "Hello.")
    assert (await caller("admin").get(f"{_messages(other)}/{posted['id']}")).status_code == 404
    for method in ("PATCH", "DELETE", "PUT"):
        assert (await caller("admin").request(method, posted["links"]["self"])).status_code == 405


async def test_messages_come_in_pages(member: Member) -> None:
    who, record = await member()
    for number in range(5):
        await _posted(who, record, str(number))
    found = await who.everything(f"{_messages(record)}?limit=2&sort=-id")
    assert [item["text"] for item in found] == ["4", "3", "2", "1", "0"]
    unknown = await who.get(f"{_messages(record)}?of_file={record['id']}")
    assert (unknown.status_code, unknown.json()["code"]) == (400, "unknown_parameter")


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"text": "x" * 5_001}, "/text", "too_long"),
        ({"text": " "}, "/text", "too_short"),
        ({"audience": "public"}, "/audience", "not_one_of"),
        ({"attachments": [DOCUMENT] * 6}, "/attachments", "too_long"),
        ({"attachments": [{"title": "x"}]}, "/attachments/0/date", "required"),
        ({"expert_id": "x"}, "/expert_id", "unknown_field"),
    ],
)
async def test_a_message_has_bounds(member: Member, change: dict[str, Any], pointer: str, code: str) -> None:
    who, record = await member()
    whole = await who.post(_messages(record), {"text": "x" * 5_000, "attachments": [DOCUMENT] * 5})
    assert whole.status_code == 201
    refused = await who.post(_messages(record), {"text": "x", **change})
    assert refused.status_code == 422, refused.text
    assert [(fault["pointer"], fault["code"]) for fault in refused.json()["errors"]] == [(pointer, code)]


async def test_the_reasons_of_request_info_and_resubmit_are_messages(
    newcomer: Caller, admin: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = {"value": f"{uuid4().hex}@example.org", "visibility": "restricted"}
    record = (await newcomer.post(EXPERTS, expert(emails=[address]))).json()
    principal = person(newcomer.name, grant("expert", "self", record["id"], of_applicant=True))
    monkeypatch.setitem(CALLERS, newcomer.name, principal)  # type: ignore[arg-type]
    path = f"{EXPERTS}/{record['id']}"
    assert (await admin.step(path, "request_info", reason="Which field?")).status_code == 200
    assert await _texts(newcomer, record) == ["Which field?"]
    assert (await newcomer.step(path, "resubmit", reason="Soil science.")).status_code == 200
    assert (await admin.step(path, "request_info", reason="Since when?")).status_code == 200
    assert (await newcomer.step(path, "resubmit")).status_code == 200
    assert await _texts(admin, record) == ["Which field?", "Soil science.", "Since when?"]


async def test_messages_follow_their_expert_to_another_country(member: Member, admin: Caller, caller: At) -> None:
    _, record = await member()
    await _posted(admin, record, "Hello.")
    await _posted(admin, record, "Doubtful.", audience="internal")
    expert_path = f"{EXPERTS}/{record['id']}"
    moved = await admin.patch(expert_path, {"country": "XB"}, etag=(await admin.get(expert_path)).headers["etag"])
    assert moved.status_code == 200
    items = (await admin.get(_messages(record))).json()["items"]
    assert [item["country"] for item in items] == ["XB", "XB"]


_WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"


async def test_no_message_is_lost_on_a_file_that_is_merged_at_the_same_time(
    member: Member, admin: Caller, superuser: asyncpg.Connection
) -> None:
    _, winner = await member()
    _, loser = await member()
    async with superuser.transaction():
        merged = "UPDATE member_expert SET merged_into = $2 WHERE id = $1"
        await superuser.execute(merged, loser["id"], winner["id"])
        late = asyncio.create_task(admin.post(_messages(loser), {"text": "Late."}))
        async with asyncio.timeout(30):
            while await superuser.fetchval(_WAITING) == 0:  # noqa: ASYNC110 - a lock announces to nobody who waits
                await asyncio.sleep(0.01)
    assert (await late).status_code == 404


async def test_messages_follow_a_merge_and_its_undo(member: Member, admin: Caller, database: Database) -> None:
    _, winner = await member()
    _, loser = await member()
    await _posted(admin, winner, "To the winner.")
    await _posted(admin, loser, "To the loser.")
    await _posted(admin, loser, "Doubtful.", audience="internal")
    pair = {"resource": "experts", "winner_id": winner["id"], "loser_id": loser["id"]}
    merge = await admin.post("/membership/v1/merges", pair)
    assert merge.status_code == 201, merge.text
    assert (await admin.post(_messages(loser), {"text": "Late."})).status_code == 308
    await deliver(database, EXPERT_MERGED, loser["id"])
    assert await _texts(admin, winner) == ["To the winner.", "To the loser.", "Doubtful."]
    assert (await admin.step(merge.json()["links"]["self"], "undo")).status_code == 200
    await deliver(database, EXPERT_MERGED, loser["id"])
    assert await _texts(admin, winner) == ["To the winner."]
    assert await _texts(admin, loser) == ["To the loser.", "Doubtful."]
