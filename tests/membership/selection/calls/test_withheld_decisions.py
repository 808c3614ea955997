"""Until the results are published, a nominee reads what stood before the panel recused, scored and decided, on every
way, and so does the nominator the state."""

import io
import json
from typing import Any
from uuid import UUID

import pytest

from services.membership.protection.privacy.operations import write
from services.membership.selection.nominations.domain import LIFECYCLE
from shared.database.context import SYSTEM_CONTEXT
from shared.database.snapshot import snapshot
from shared.kernel.principal import Grant
from tests.membership.selection.calls.conftest import CONFIRMATION, CV, NOMINATIONS, Round, done
from tests.support.callers import Caller, grant

ACTIONS = pytest.mark.parametrize("action", ["select", "pass_over"])
WORDS = ("selected", "pass_over", '"select"', "recuse")
_FIELDS: dict[str, dict[str, Any]] = {
    "extend": {"until": "2099-01-01T00:00:00Z"},
    "change_nominator": {"nominator": {"name": "Bea", "email": "bea@example.org"}},
    "answer_appeal": {"outcome": "upheld"},
}
_STATES = {"select": "selected", "pass_over": "not_selected"}


class Decided:
    """A nomination of which one member of the panel recused, two scored and the chair decided, and what its nominee has
    read before. The nominee has `offices` in addition."""

    def __init__(self, round_: Round, who: Caller, nomination: dict[str, Any], token: str) -> None:
        self.round_, self.who, self.nomination, self.token = round_, who, nomination, token
        self.path = str(nomination["links"]["self"])
        self.before: dict[str, str] = {}
        self.refused: dict[str, Any] = {}

    @classmethod
    async def of(cls, round_: Round, action: str, *offices: Grant) -> "Decided":
        await round_.open(members=4, seats=2)
        (chair, _), (recused, _), *members = round_.panel
        who, draft = await round_.nominee()
        submitted = await done(who, draft, "submit")
        made = cls(round_, who, draft, await round_.token(submitted))
        assert (await made.confirm()).status_code == 200
        await round_.assess()
        round_.give(who, *offices)
        made.before, made.refused = await made.read(), await made.refusals()
        await done(recused, draft, "recuse", reason="A friend")
        for member, _ in members:
            await round_.score(member, draft, 4, 4)
        decided = await done(chair, draft, action)
        assert decided["status"] == _STATES[action]
        return made

    async def confirm(self) -> Any:
        body = {"token": self.token, "decision": "confirm"}
        return await Caller(self.who._client, None).post(CONFIRMATION, body)

    async def read(self) -> dict[str, str]:
        """The item with its ETag, its transitions, its history, and the lists and streams, byte for byte."""
        views = {
            "item": self.path,
            "transitions": f"{self.path}/transitions",
            "history": f"{self.path}/history",
            "changed": f"{NOMINATIONS}?sort=-updated_at&updated_after=2020-01-01T00:00:00Z",
            "csv": f"{NOMINATIONS}?format=csv",
            "ndjson": f"{NOMINATIONS}?format=ndjson",
        }
        found = {name: await self.who.get(address) for name, address in views.items()}
        etag = {"etag": found["item"].headers["etag"]}
        return etag | {name: response.text for name, response in found.items()}

    async def refusals(self) -> dict[str, Any]:
        """The refusal of each verb."""
        return {verb: await self._refusal(verb) for verb in LIFECYCLE.verbs}

    async def _refusal(self, verb: str) -> dict[str, Any]:
        etag = (await self.who.get(self.path)).headers["etag"]
        body = {"action": verb, "reason": "Why", "fields": _FIELDS.get(verb, {})}
        response = await self.who.post(f"{self.path}/transitions", body, etag=etag)
        assert response.status_code in (403, 409), (verb, response.text)
        return {name: value for name, value in response.json().items() if name != "request_id"}

    async def publish(self) -> None:
        await done(self.round_.admin, self.round_.call, "decide", fields={"document": CV})
        await done(self.round_.admin, self.round_.call, "publish")


@ACTIONS
async def test_item_transitions_and_history_are_those_before_the_decision(round_: Round, action: str) -> None:
    decided = await Decided.of(round_, action)
    assert json.loads(decided.before["item"])["status"] == "nominated"
    assert await decided.read() == decided.before
    await done(round_.admin, round_.call, "decide", fields={"document": CV})
    assert await decided.read() == decided.before
    await done(round_.admin, round_.call, "publish")
    after = {name: json.loads(text) for name, text in (await decided.read()).items() if name[0] in "ith"}
    assert (after["item"]["status"], after["transitions"]["status"]) == (_STATES[action],) * 2
    lines = after["history"]["items"]
    assert (lines[0]["action"], lines[0]["from"], lines[0]["to"]) == (action, "nominated", _STATES[action])
    assert "recuse" not in [line["action"] for line in lines], "nobody learns who recused"


@ACTIONS
async def test_lists_filters_and_streams_have_the_state_before_the_decision(round_: Round, action: str) -> None:
    decided = await Decided.of(round_, action)
    who, key = decided.who, decided.nomination["id"]

    async def found(query: str) -> tuple[list[str], int]:
        page = (await who.get(f"{NOMINATIONS}?include=total_estimate&{query}")).json()
        return [one["status"] for one in page["items"]], page["total_estimate"]

    assert await found("status=selected,not_selected") == await found(f"status={_STATES[action]}") == ([], 0)
    assert await found("status=nominated") == await found(f"call_id={round_.call['id']}") == (["nominated"], 1)
    assert await found("sort=-updated_at") == (["nominated"], 1)
    assert (await who.get(f"{NOMINATIONS}?holder=me")).json()["items"] == []
    for name in ("csv", "ndjson"):
        stream = (await who.get(f"{NOMINATIONS}?format={name}")).text
        assert key in stream
        assert not any(word in stream for word in WORDS)
    await decided.publish()
    assert await found(f"status={_STATES[action]}") == ([_STATES[action]], 1)
    assert await found("status=nominated") == ([], 0)


@ACTIONS
async def test_refusals_and_changes_do_not_show_the_decision(round_: Round, action: str) -> None:
    decided = await Decided.of(round_, action, grant("secretariat_admin", "global"))
    who, path = decided.who, decided.path
    assert await decided.refusals() == decided.refused
    etag = decided.before["etag"]
    refused = await who.patch(path, {"motivation": "More."}, etag=etag)
    assert (refused.status_code, refused.json()["current_state"]) == (409, "nominated")
    changed = await who.patch(path, {"consents": {"results": True}}, etag=etag)
    assert (changed.status_code, changed.json()["status"]) == (200, "nominated")
    line = (await who.get(f"{path}/history")).json()["items"][0]
    assert (line["action"], line["from"], line["to"]) == ("update", "nominated", "nominated")
    stored = await round_.rows.fetchval("SELECT status FROM member_nomination WHERE id = $1", decided.nomination["id"])
    assert stored == _STATES[action]


@pytest.mark.parametrize("office", [("secretariat_admin", "global"), ("secretariat_officer", "country", "XA")])
async def test_an_office_does_not_show_the_own_decision_scores_and_rank(round_: Round, office: tuple[str, ...]) -> None:
    decided = await Decided.of(round_, "select", grant(*office))
    assert await decided.read() == decided.before
    assert (await decided.who.get(f"{decided.path}/scores")).json().get("items", []) == []
    ranking = (await decided.who.get(f"{round_.path}/ranking")).json()
    assert ranking.get("items", []) == []
    assert len((await round_.admin.get(f"{decided.path}/scores")).json()["items"]) == 2


@ACTIONS
async def test_an_export_of_everything_about_the_nominee_has_the_state_before(round_: Round, action: str) -> None:
    decided = await Decided.of(round_, action)

    async def export() -> str:
        file = io.BytesIO()
        async with snapshot(round_.database, SYSTEM_CONTEXT) as connection:
            expert = await connection.fetchrow(
                "SELECT * FROM escm.member_expert WHERE id = $1", UUID(decided.nomination["expert_id"])
            )
            await write(connection, expert, file)
        return file.getvalue().decode()

    before = await export()
    assert decided.nomination["ref"] in before
    assert not any(word in before for word in WORDS)
    await decided.publish()
    after = await export()
    assert _STATES[action] in after
    assert "recuse" not in after


@ACTIONS
async def test_the_nominator_repeats_the_confirmation_and_no_mail_is_sent(round_: Round, action: str) -> None:
    decided = await Decided.of(round_, action)
    jobs = "SELECT count(*) FROM core_job WHERE job_type = 'send_nomination'"
    asked = await round_.rows.fetchval(jobs)
    again = await decided.confirm()
    assert (again.status_code, again.json()["status"]) == (200, "nominated")
    preview = await Caller(decided.who._client, None).post(f"{CONFIRMATION}/preview", {"token": decided.token})
    assert (preview.status_code, preview.json()["status"]) == (200, "nominated")
    assert await round_.rows.fetchval(jobs) == asked
