"""The stages of files: who had them, for how long, and what follows when a target has passed."""

from asyncio import gather
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.centres import worker
from services.centres.designation.centres import operations, schedules, schemas, stages
from services.centres.designation.centres.schedules import announce_overdue
from services.centres.designation.stages import schemas as shown_stages
from services.centres.reactions import REACTIONS
from services.centres.settings import CentresSettings
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now, to_text
from tests.support.callers import CALLERS, Caller
from tests.support.centres import (
    AGREEMENTS,
    CENTRES,
    DOCUMENT,
    Members,
    agreed,
    applied,
    centre_body,
    endorsed,
    entered,
    host_agreement,
    recommended,
    refused,
    reviewed,
    stepped,
    unused_country,
    waived,
)
from tests.support.principals import enter_callers, enter_principal

STATISTICS = "/centres/v1/statistics"
Enter = Callable[[str, str, str], Caller]
_Record = dict[str, Any]
_years = count(1950)


async def _now(who: Caller, centre: _Record) -> _Record:
    return dict((await who.get(centre["links"]["self"])).json())


async def _stages(who: Caller, centre: _Record) -> list[_Record]:
    response = await who.get(f"{centre['links']['self']}/stages")
    assert response.status_code == 200, response.text
    return list(response.json())


def _on(monkeypatch: pytest.MonkeyPatch, days: int) -> datetime:
    """So many days later."""
    at = now() + timedelta(days=days)
    for module in (operations, schedules, schemas, stages, shown_stages):
        monkeypatch.setattr(module, "now", lambda: at)
    return at


async def _announce(database: Database, kind: str, subject: str, country: str) -> None:
    """The worker's reaction to a fact about an endorsement, twice."""
    fact = Fact(type=kind, time=now(), subject=UUID(subject), ref="X", version=9, country=country, link="/x")
    for _ in range(2):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await REACTIONS[kind](uow, [fact])


async def test_a_file_passes_from_host_to_government_to_secretariat(
    admin: Caller, members: Members, database: Database, superuser: asyncpg.Connection
) -> None:
    country = unused_country()
    centre = await recommended(admin, members, country)
    assert (centre["clock"]["stage"], centre["clock"]["holder"]) == ("awaiting_agreement", "host")
    assert centre["clock"]["target"] is None
    agreement = await agreed(admin, centre)
    assert (await _now(admin, centre))["clock"]["holder"] == "government"
    endorsement = await endorsed(superuser, country, level=2)
    await _announce(database, "escm.actions.endorsement.verified.v1", endorsement, country)
    clock = (await _now(admin, centre))["clock"]
    assert (clock["holder"], clock["overdue"]) == ("secretariat", False)
    waited = datetime.fromisoformat(clock["target"]) - datetime.fromisoformat(clock["since"])
    assert waited == timedelta(days=30)
    await superuser.execute("UPDATE action_endorsement SET status = 'withdrawn' WHERE id = $1", endorsement)
    await _announce(database, "escm.actions.endorsement.withdrawn.v1", endorsement, country)
    assert (await _now(admin, centre))["clock"]["holder"] == "government"
    await stepped(admin, agreement, "terminate", reason="Breach")
    assert (await _now(admin, centre))["clock"]["holder"] == "host"
    passed = [(stage["stage"], stage["holder"]) for stage in await _stages(admin, centre)]
    assert passed == [
        ("draft", "applicant"),
        ("submitted", "secretariat"),
        ("under_review", "reviewers"),
        ("under_review", "secretariat"),
        ("awaiting_agreement", "host"),
        ("awaiting_agreement", "government"),
        ("awaiting_agreement", "secretariat"),
        ("awaiting_agreement", "government"),
        ("awaiting_agreement", "host"),
    ]
    assert (await _now(admin, centre))["version"] == centre["version"], "who has the file is no change of the centre"


async def test_parallel_agreements_hand_the_file_over_once(admin: Caller, members: Members) -> None:
    centre = await recommended(admin, members, unused_country())
    await gather(*(agreed(admin, centre) for _ in range(8)))
    assert [stage["holder"] for stage in await _stages(admin, centre)][-2:] == ["host", "government"]
    assert len(await _stages(admin, centre)) == 6


async def test_an_agreement_that_was_signed_before_is_not_waited_for(
    admin: Caller, members: Members, database: Database
) -> None:
    country = unused_country()
    centre = await stepped(admin, await applied(admin, members, country), "accept_complete")
    body = {**host_agreement(centre), "effective": "2020-01-01", "expires": to_text(now())[:10]}
    await entered(admin, AGREEMENTS, body)
    await reviewed(admin, members, centre, conflict_of_interest=True)
    await reviewed(admin, members, centre)
    assert (await _now(admin, centre))["clock"]["holder"] == "reviewers"
    review = await reviewed(admin, members, centre)
    assert (await _now(admin, centre))["clock"]["holder"] == "secretariat"
    own = review["links"]["self"]
    assert (await admin.change(own, conflict_of_interest=True)).status_code == 200
    assert (await _now(admin, centre))["clock"]["holder"] == "reviewers"
    await admin.change(own, conflict_of_interest=False)
    centre = await stepped(admin, centre, "recommend")
    assert centre["clock"]["holder"] == "government"


async def test_a_pause_moves_the_target_by_its_length(
    admin: Caller, members: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = await stepped(admin, await applied(admin, members, unused_country()), "accept_complete")
    target = datetime.fromisoformat(centre["clock"]["target"])
    assert target - datetime.fromisoformat(centre["clock"]["since"]) == timedelta(days=60)
    asked_at = _on(monkeypatch, 10)
    asked = (await stepped(admin, centre, "request_info", reason="Budget"))["clock"]
    assert (asked["holder"], asked["target"], asked["paused_since"]) == ("applicant", None, to_text(asked_at))
    back_at = _on(monkeypatch, 27)
    assert (await _now(admin, centre))["clock"]["overdue"] is False
    back = (await stepped(admin, centre, "resubmit"))["clock"]
    assert datetime.fromisoformat(back["target"]) == target + (back_at - asked_at)
    assert (back["paused_since"], back["holder"]) == (None, "reviewers")
    _on(monkeypatch, 60)
    assert (await _now(admin, centre))["clock"]["overdue"] is False
    _on(monkeypatch, 78)
    assert (await _now(admin, centre))["clock"]["overdue"] is True


async def test_an_incomplete_application_pauses_its_screening(
    admin: Caller, members: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = await applied(admin, members, unused_country())
    target = datetime.fromisoformat(centre["clock"]["target"])
    left = _on(monkeypatch, 5)
    returned = await stepped(admin, centre, "return_incomplete", reason="The letter is unsigned")
    assert (returned["clock"]["target"], returned["clock"]["paused_since"]) == (None, to_text(left))
    back = _on(monkeypatch, 12)
    again = await stepped(admin, centre, "submit")
    assert datetime.fromisoformat(again["clock"]["target"]) == target + (back - left)
    reasons = [stage["reason"] for stage in await _stages(admin, centre)]
    assert reasons == [None, None, "The letter is unsigned", None]


async def test_the_stages_add_up_to_what_each_holder_has_spent(
    admin: Caller, members: Members, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = await entered(admin, CENTRES, await centre_body(members, unused_country()))
    for days, action in (
        (3, "submit"),
        (8, "return_incomplete"),
        (15, "submit"),
        (17, "accept_complete"),
        (40, "request_info"),
        (45, "resubmit"),
    ):
        _on(monkeypatch, days)
        centre = await stepped(admin, centre, action, reason="For the test")
    for days in (50, 61):
        _on(monkeypatch, days)
        await reviewed(admin, members, centre)
    _on(monkeypatch, 70)
    clock, passed = (await _now(admin, centre))["clock"], await _stages(admin, centre)
    sums: Counter[str] = Counter()
    for stage in passed:
        sums[stage["holder"]] += stage["days"]
    assert clock["spent"] == dict(sums) == {"applicant": 15, "secretariat": 16, "reviewers": 39}
    assert [stage["left"] for stage in passed[:-1]] == [stage["entered"] for stage in passed[1:]]
    assert (passed[-1]["left"], passed[-1]["target"]) == (None, clock["target"])
    listed = (await admin.get(CENTRES, params={"country": centre["country"]})).json()["items"]
    assert listed[0]["clock"] == clock


async def test_a_designated_centre_waits_for_nobody(
    admin: Caller, members: Members, superuser: asyncpg.Connection, database: Database
) -> None:
    country = unused_country()
    centre = await recommended(admin, members, country, visibility="restricted")
    await agreed(admin, centre)
    await endorsed(superuser, country, level=2)
    today = now().date()
    term = {"starts": (today - timedelta(days=1300)).isoformat(), "ends": (today + timedelta(days=90)).isoformat()}
    centre = await stepped(admin, centre, "designate", fields=term)
    assert centre["clock"] is None
    while (await _now(admin, centre))["status"] == "active":
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await worker.SCHEDULES["end_terms"].run(uow)
    assert (await _now(admin, centre))["clock"]["holder"] == "applicant"
    await waived(admin, centre)
    centre = await stepped(admin, centre, "submit_renewal", fields={"final_report": DOCUMENT, "evaluation": DOCUMENT})
    assert centre["clock"]["holder"] == "secretariat"
    last = [(stage["stage"], stage["holder"]) for stage in await _stages(admin, centre)][-3:]
    assert last == [("active", None), ("renewal_due", "applicant"), ("renewal_review", "secretariat")]
    etag = (await admin.get(centre["links"]["self"])).headers["etag"]
    await admin.patch(centre["links"]["self"], {"visibility": "network"}, etag=etag)
    shown = await superuser.fetch("SELECT DISTINCT visibility FROM centre_stage WHERE centre_id = $1", centre["id"])
    assert [row["visibility"] for row in shown] == ["network"]


async def test_a_passed_target_is_announced_once(
    admin: Caller, members: Members, database: Database, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre = await applied(admin, members, unused_country())

    async def announced(days: int) -> int:
        _on(monkeypatch, days)
        for _ in range(2):
            async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
                await announce_overdue(uow)
        facts = "SELECT count(*) FROM core_outbox WHERE subject = $1 AND type LIKE '%.stage_overdue.v1'"
        return int(await superuser.fetchval(facts, centre["id"]))

    assert [await announced(days) for days in (29, 31, 60)] == [0, 1, 1]
    lines = (await admin.get(f"{centre['links']['self']}/history")).json()["items"]
    assert (lines[0]["action"], lines[0]["by"]["kind"]) == ("become_overdue", "system")
    assert (await _now(admin, centre))["clock"]["overdue"] is True
    await stepped(admin, centre, "return_incomplete", reason="The letter is unsigned")
    assert await announced(200) == 1, "with the applicant nothing is overdue"
    await stepped(admin, centre, "submit")
    assert await announced(400) == 1, "the same stage is announced once"
    await stepped(admin, centre, "accept_complete")
    assert [await announced(days) for days in (459, 461)] == [1, 2]
    assert worker.SCHEDULES["announce_overdue_stages"].run is announce_overdue


def test_targets_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ESCM_CENTRES_TARGETS", '{"submitted": 20}')
    assert CentresSettings().targets.model_dump() == {
        "submitted": 20, "under_review": 60, "awaiting_agreement": 30, "renewal_review": 60,
    }  # fmt: skip
    for wrong in ('{"draft": 5}', '{"submitted": 0}', "20"):
        monkeypatch.setenv("ESCM_CENTRES_TARGETS", wrong)
        with pytest.raises(ValueError):
            CentresSettings()


async def test_a_file_is_assigned_to_an_officer_by_a_step_that_leaves_the_state(
    admin: Caller, members: Members, entering: Enter, superuser: asyncpg.Connection, database_url: str
) -> None:
    await enter_callers(database_url)
    country = unused_country()
    centre = await applied(admin, members, country)
    path = centre["links"]["self"]
    officer, other = (entering("secretariat_officer", "country", country) for _ in range(2))
    for one in (officer, other):
        await enter_principal(superuser, CALLERS[one.name])

    async def waits_for(who: Caller) -> bool:
        listed = (await who.get(CENTRES, params={"holder": "me", "limit": "200", "country": country})).json()["items"]
        return centre["id"] in [item["id"] for item in listed]

    assert await waits_for(officer)
    assert await waits_for(other)
    mine = {"officer": str(CALLERS[officer.name].id)}
    given = await stepped(officer, centre, "assign", fields=mine)
    assert (given["status"], given["assignee"], given["clock"]) == ("submitted", mine["officer"], centre["clock"])
    assert (await waits_for(officer), await waits_for(other)) == (True, False)
    lines = (await admin.get(f"{path}/history")).json()["items"]
    assert (lines[0]["action"], [one["pointer"] for one in lines[0]["changes"]]) == ("assign", ["/assignee"])
    assert len(await _stages(admin, centre)) == 2, "an assignment is no stage"
    nobody = {"officer": str(uuid4())}
    assert await refused(officer, centre, "assign", fields=nobody) == "officer_not_entitled"
    absent = await officer.step(path, "assign")
    assert (absent.status_code, absent.json()["errors"][0]["pointer"]) == (422, "/fields/officer")
    secretary = entering("committee_secretary", "country", country)
    assert (await secretary.step(path, "assign", fields=mine)).status_code == 403
    centre = await stepped(admin, centre, "accept_complete")
    assert centre["assignee"] == mine["officer"]
    assert (await stepped(officer, centre, "assign", fields={"officer": None}))["assignee"] is None
    assert await waits_for(other)
    await stepped(officer, centre, "assign", fields=mine)
    assert (await stepped(admin, centre, "decline", reason="No capacity"))["assignee"] is None


async def test_applicants_and_the_office_read_the_stages(
    admin: Caller, members: Members, entering: Enter, caller: Callable[[str | None], Caller]
) -> None:
    country = unused_country()
    centre = await applied(admin, members, country, visibility="restricted")
    path = f"{centre['links']['self']}/stages"
    for role, kind in (
        ("centre_director", "centre"),
        ("institution_representative", "centre"),
        ("committee_president", "country"),
        ("secretariat_officer", "country"),
    ):
        who = entering(role, kind, centre["id"] if kind == "centre" else country)
        assert [stage["stage"] for stage in await _stages(who, centre)] == ["draft", "submitted"]
    for role in ("government_focal_point", "national_author"):
        assert (await entering(role, "country", country).get(path)).status_code == 403
    assert (await entering("centre_director", "centre", str(uuid4())).get(path)).status_code == 404
    assert (await entering("committee_secretary", "country", "XC").get(path)).status_code == 404
    assert (await caller("auditor").get(path)).status_code == 200
    assert (await caller(None).get(path)).status_code == 401


@pytest.fixture
async def files(admin: Caller, members: Members, superuser: asyncpg.Connection) -> Callable[[int], Any]:
    """Enters files that were screened in a year of their own, for 1, 2, 3 … days. Returns the year."""
    year, country, number = next(_years), unused_country(), count(1)

    async def enter(wanted: int) -> tuple[int, str]:
        for days in (next(number) for _ in range(wanted)):
            centre = await applied(admin, members, country, visibility="restricted")
            await stepped(admin, centre, "accept_complete")
            left = datetime(year, 6, 30, 12, tzinfo=UTC)
            await superuser.execute(
                "UPDATE centre_stage SET entered_at = $2, left_at = $3 WHERE centre_id = $1 AND stage = 'submitted'",
                centre["id"], left - timedelta(days=days), left,
            )  # fmt: skip
        return year, country

    return enter


async def _screening(who: Caller, year: int, query: str = "") -> list[_Record]:
    response = await who.get(f"{STATISTICS}?of=stages{query}")
    assert response.status_code == 200, response.text
    return [item for item in response.json()["items"] if item.get("year") == year]


async def test_durations_are_shown_of_five_files_and_not_of_four(
    admin: Caller, anonymous: Caller, entering: Enter, files: Any
) -> None:
    year, country = await files(4)
    assert await _screening(admin, year) == [
        {"stage": "submitted", "year": year, "files": 4, "median": None, "p90": None}
    ]
    await files(1)
    assert await _screening(admin, year) == [
        {"stage": "submitted", "year": year, "files": 5, "median": 3.0, "p90": 4.6}
    ]
    assert await _screening(admin, year, "&by=year") == [{"year": year, "files": 5, "median": 3.0, "p90": 4.6}]
    assert len(await _screening(entering("secretariat_officer", "country", country), year)) == 1
    assert await _screening(entering("secretariat_officer", "country", "XC"), year) == []
    assert await _screening(anonymous, year) == [], "no file of these is published"


async def test_a_file_that_changed_hands_has_not_left_its_stage(
    admin: Caller, members: Members, superuser: asyncpg.Connection
) -> None:
    year = next(_years)
    centre = await stepped(admin, await applied(admin, members, unused_country()), "accept_complete")
    for _ in range(2):
        await reviewed(admin, members, centre)
    began = "UPDATE centre_stage SET entered_at = $2, left_at = $2 WHERE centre_id = $1 AND holder = 'reviewers'"
    await superuser.execute(began, centre["id"], datetime(year, 6, 30, tzinfo=UTC))
    assert await _screening(admin, year) == []
    await stepped(admin, centre, "recommend")
    (found,) = await _screening(admin, year)
    assert (found["stage"], found["files"]) == ("under_review", 1)


async def test_the_durations_of_published_centres_are_public(
    anonymous: Caller, files: Any, superuser: asyncpg.Connection
) -> None:
    year, country = await files(5)
    published = "SET visibility = 'public'"
    await superuser.execute(f"UPDATE centre_centre {published}, status = 'active' WHERE country = $1", country)
    assert await _screening(anonymous, year) == [], "row-level security asks the stages, too"
    await superuser.execute(f"UPDATE centre_stage {published} WHERE country = $1", country)
    (found,) = await _screening(anonymous, year, "&by=year,stage")
    assert (found["files"], found["median"]) == (5, 3.0)
    by_stage = (await anonymous.get(f"{STATISTICS}?of=stages&by=stage")).json()
    assert {"submitted"} <= {item["stage"] for item in by_stage["items"]}
    assert "public" in by_stage["definition"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("of=weather", "invalid_parameter"),
        ("of=stages&by=country", "invalid_parameter"),
        ("of=stages&by=stage,stage", "invalid_parameter"),
        ("of=stages&by=", "invalid_parameter"),
        ("holder=host", "unknown_parameter"),
    ],
)
async def test_the_parameters_of_durations_are_checked(anonymous: Caller, query: str, code: str) -> None:
    response = await anonymous.get(f"{STATISTICS}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, code)
