"""The profile of a country: what a public page shows, as JSON and as PDF in six languages."""

import asyncio
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from pypdf import PdfReader

from services.actions.exchange.printed_documents import operations, responses
from services.actions.settings import ActionsSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from shared.kernel.text import LANGUAGES
from shared.messaging.outbox import defer
from shared.ratelimit.limiter import Limit
from tests.actions.neighbours import change, enter
from tests.actions.programme import action, approved, framework, milestone, steps
from tests.support.assessments import assessment, pass_reply_time
from tests.support.callers import Caller
from tests.support.inside import from_address
from tests.support.progress import Reporting, publish, question, section, template
from tests.support.results import TARGETS, active_indicator, id_of, open_period, published, result
from tests.support.waiting import eventually

PATH = "/actions/v1/open_data/countries"
COUNTRY = "XB"
TITLES = {
    "en": "Restored wetlands", "fr": "Zones humides restaurées", "es": "Humedales restaurados",
    "ar": "الأراضي الرطبة", "zh": "恢复的湿地", "ru": "Восстановленные болота",
}  # fmt: skip
_STATES = {
    "en": "planned", "fr": "prévue", "es": "planificada", "ar": "مخطط", "zh": "已规划", "ru": "запланировано"
}  # fmt: skip

_AWAITED = {
    "en": "awaited", "fr": "attendu", "es": "pendiente", "ar": "منتظر", "zh": "待提交", "ru": "ожидается"
}  # fmt: skip
_COMPLETIONS = {
    "en": "limited", "fr": "limité", "es": "limitado", "ar": "محدود", "zh": "有限", "ru": "частично"
}  # fmt: skip
_PENDING = {
    "en": "to be started", "fr": "à commencer", "es": "por comenzar", "ar": "لم يبدأ بعد", "zh": "待启动",
    "ru": "предстоит",
}  # fmt: skip


@pytest.fixture
async def plan(secretariat: Caller, admin: Caller, superuser: asyncpg.Connection) -> dict[str, Any]:
    """The latest programme of Betaland with an action and values of the country: the paths, and the framework."""
    pillars = [{"key": f"action-{n}", "titles": {**TITLES, "en": f"Pillar {n}"}, "order": n} for n in (1, 2, 3)]
    code = await framework(secretariat, pillars=pillars)
    path = await approved(secretariat, superuser, COUNTRY, visibility="public", framework=code)
    host = await enter(
        superuser,
        "member_institution",
        country=COUNTRY,
        status="verified",
        display_name="University of the Delta",
        ref=f"INS-{uuid4().hex[:12]}",
    )
    part = {"participants": [{"institution_id": str(host), "role": 4}]}
    await change(superuser, "action_programme", UUID(id_of(path)), started_on=date(2026, 2, 1))
    work = await action(secretariat, path, "action-1", titles=TITLES, planned_start="2026-02-01", **part)
    await steps(secretariat, work, "approve")
    measured = await active_indicator(admin, framework=code, titles=TITLES)
    period = await open_period(admin, framework=code)
    author = secretariat.known_as("author_xb")
    about = {"indicator_id": measured, "country": COUNTRY}
    goal = {**about, "period_id": period["id"], "value": "20.50", "visibility": "public"}
    assert (await author.known_as("government_xb").post(TARGETS, goal)).status_code == 201
    values = {}
    for kind, body in (
        ("actual", {"period_id": period["id"], "value": "12.50"}),
        ("baseline", {"kind": "baseline", "year": 2025, "value": "4"}),
    ):
        values[kind] = await result(author, {**about, "method": "measured", **body})
        assert (await admin.change(values[kind], visibility="public")).status_code == 200
        await published(author, values[kind], "xb")
    return {
        "path": path,
        "action": work,
        "indicator": measured,
        "host": host,
        "framework": code,
        "period": period["id"],
        **values,
    }


async def _printed(by: Caller, language: str, country: str = COUNTRY) -> httpx.Response:
    """The response, as soon as the document is no longer being printed."""
    address = f"{PATH}/{country}/profile.pdf?language={language}"
    response = await by.get(address)
    async with asyncio.timeout(120):
        while response.status_code == 202:
            assert int(response.headers["retry-after"]) > 0
            await asyncio.sleep(0.05)
            response = await by.get(address)
    return response


async def _pdf(by: Caller, language: str, country: str = COUNTRY) -> httpx.Response:
    """The printed document."""
    response = await _printed(by, language, country)
    assert response.status_code == 200, response.text
    return response


def _text(response: httpx.Response) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages).split())


def _compared(profile: dict[str, Any], plan: dict[str, Any]) -> list[dict[str, Any]]:
    """What a profile compares about the action of the plan: its country has others of other tests."""
    return [one for one in profile["comparison"] if one["subject"]["id"] == id_of(plan["action"])]


async def _assessed(by: Caller, superuser: asyncpg.Connection, kind: str, key: str, period: str, **more: str) -> str:
    """The path of a published assessment."""
    path = await assessment(by, kind, key, period, **{"completion": "limited", "visibility": "public", **more})
    await steps(by, path, "submit")
    await pass_reply_time(superuser, path)
    await steps(by, path, "publish")
    return path


async def test_a_profile_has_the_programme_its_actions_and_values(
    secretariat: Caller, anonymous: Caller, plan: dict[str, Any]
) -> None:
    response = await anonymous.get(f"{PATH}/{COUNTRY}")
    found = response.json()
    assert response.headers["cache-control"] == "public, max-age=300"
    assert (found["code"], found["programme"]["id"], found["programme"]["status"]) == (
        COUNTRY,
        id_of(plan["path"]),
        "approved",
    )
    (shown,) = [one for one in found["actions"] if one["id"] == id_of(plan["action"])]
    assert (shown["titles"], shown["pillar_titles"]["en"]) == (TITLES, "Pillar 1")
    assert [one["name"] for one in shown["participants"]] == ["University of the Delta"]
    (measured,) = found["indicators"]
    assert (measured["id"], measured["baseline"]["value"], measured["baseline"]["year"]) == (
        plan["indicator"],
        "4",
        2025,
    )
    (period,) = measured["periods"]
    assert (period["target"]["value"], period["actual"]["value"]) == ("20.50", "12.50")
    assert _compared(found, plan) == []
    (owed,) = [one for one in found["reports"] if one["programme"] == id_of(plan["path"])]
    assert (owed["period"], owed["light"], owed["on_time"]) == ("2026", "green", None)
    assert set(found["links"]) == set(LANGUAGES)
    known = await anonymous.get(f"{PATH}/{COUNTRY}", headers={"If-None-Match": response.headers["etag"]})
    assert known.status_code == 304
    assert (await secretariat.get(f"{PATH}/{COUNTRY}")).content == response.content, "a token shows nothing more"


async def test_a_profile_compares_public_assessments_with_what_the_country_says(
    admin: Caller, anonymous: Caller, superuser: asyncpg.Connection, plan: dict[str, Any]
) -> None:
    about = "action", id_of(plan["action"]), plan["period"]
    await _assessed(admin, superuser, *about)
    hidden = await _assessed(admin, superuser, *about, completion="complete")
    await change(superuser, "action_assessment", UUID(id_of(hidden)), visibility="network")
    (shown,) = _compared((await anonymous.get(f"{PATH}/{COUNTRY}")).json(), plan)
    assert shown == {
        "subject": {"kind": "action", "id": about[1], "titles": TITLES},
        "period_id": about[2],
        "period": "2026",
        "self": None,
        "independent": "limited",
        "difference": None,
    }


async def test_an_assessment_of_what_is_not_public_is_in_no_profile(
    admin: Caller, secretariat: Caller, anonymous: Caller, superuser: asyncpg.Connection, plan: dict[str, Any]
) -> None:
    work = await milestone(secretariat, plan["action"], titles={"en": "Six stations measure"})
    await _assessed(admin, superuser, "milestone", id_of(work), plan["period"])

    async def shown() -> list[dict[str, Any]]:
        found = (await anonymous.get(f"{PATH}/{COUNTRY}")).json()["comparison"]
        return [one["subject"]["titles"] for one in found if one["subject"]["id"] == id_of(work)]

    assert await shown() == [{"en": "Six stations measure"}]
    await change(superuser, "action_milestone", UUID(id_of(work)), visibility="network")
    assert await shown() == []


async def test_an_assessment_and_a_report_change_a_profile(
    admin: Caller, anonymous: Caller, superuser: asyncpg.Connection, plan: dict[str, Any]
) -> None:
    async def changed_at() -> tuple[str, str]:
        response = await anonymous.get(f"{PATH}/{COUNTRY}")
        return response.json()["changed_at"], response.headers["etag"]

    before = await changed_at()
    path = await _assessed(admin, superuser, "programme", id_of(plan["path"]), plan["period"])
    assessed = await changed_at()
    assert assessed[0] == (await admin.get(path)).json()["updated_at"] > before[0]
    await template(admin, plan["framework"], (section("summary", question("achieved", public=True)),))
    author = admin.known_as("author_xb")
    report = await Reporting(author, plan["framework"], id_of(plan["path"]), plan["period"]).submitted()
    await publish(author, report, visibility="network")
    assert (await changed_at())[0] == assessed[0], "the report is of the network"
    assert (await admin.change(report, visibility="public")).status_code == 200
    reported = await changed_at()
    assert reported[0] == (await admin.get(report)).json()["updated_at"] > assessed[0]
    assert len({before[1], assessed[1], reported[1]}) == 3


async def test_what_is_not_public_is_in_no_profile(
    admin: Caller, anonymous: Caller, superuser: asyncpg.Connection, plan: dict[str, Any]
) -> None:
    await change(superuser, "member_institution", plan["host"], visibility="restricted")
    await change(superuser, "action_result", UUID(id_of(plan["actual"])), visibility="network")
    found = (await anonymous.get(f"{PATH}/{COUNTRY}")).json()
    (shown,) = [one for one in found["actions"] if one["id"] == id_of(plan["action"])]
    assert shown["participants"] == []
    assert found["indicators"][0]["periods"][0]["actual"] is None
    assert (await admin.change(plan["path"], visibility="network")).status_code == 200
    later = (await anonymous.get(f"{PATH}/{COUNTRY}")).json()
    assert later["programme"] is None or later["programme"]["id"] != id_of(plan["path"])


async def test_a_profile_has_the_public_milestones_by_day(
    admin: Caller, secretariat: Caller, anonymous: Caller, superuser: asyncpg.Connection, plan: dict[str, Any]
) -> None:
    made = [await milestone(secretariat, plan["action"], due=day) for day in ("2027-06-30", "2027-01-31", "2027-03-31")]
    await change(superuser, "action_milestone", UUID(id_of(made[2])), visibility="network")
    response = await anonymous.get(f"{PATH}/{COUNTRY}")
    found = response.json()["milestones"]
    assert [(one["id"], one["due"], one["status"]) for one in found] == [
        (id_of(made[1]), "2027-01-31", "pending"),
        (id_of(made[0]), "2027-06-30", "pending"),
    ]
    assert found[0]["action_id"] == id_of(plan["action"])
    assert response.json()["changed_at"] == (await admin.get(made[1])).json()["updated_at"]


async def test_unknown_countries_and_languages_are_refused(anonymous: Caller) -> None:
    for path in ("QQ", "QQ/profile.pdf", "xb"):
        assert (await anonymous.get(f"{PATH}/{path}")).status_code == 404
    refused = await anonymous.get(f"{PATH}/{COUNTRY}/profile.pdf?language=de")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter")


@pytest.mark.long("prints in six languages")
async def test_a_profile_is_printed_once_in_each_language(
    admin: Caller, anonymous: Caller, superuser: asyncpg.Connection, plan: dict[str, Any], worker: None
) -> None:
    await _assessed(admin, superuser, "action", id_of(plan["action"]), plan["period"])
    await milestone(admin, plan["action"])
    for language in LANGUAGES:
        printed = await _pdf(anonymous, language)
        assert printed.headers["content-type"] == "application/pdf"
        assert printed.headers["cache-control"] == "public, max-age=300"
        assert printed.headers["repr-digest"].startswith("sha-256=:")
        assert printed.headers["content-disposition"] == f'inline; filename="{COUNTRY}.{language}.pdf"'
        shown = _text(printed)
        words = [
            *TITLES[language].split(),
            *_STATES[language].split(),
            "12.50",
            "20.50",
            "hectares",
            _AWAITED[language],
            _COMPLETIONS[language],
            *_PENDING[language].split(),
        ]
        assert [word for word in words if word not in shown] == [], shown
        again = await anonymous.get(f"{PATH}/{COUNTRY}/profile.pdf?language={language}")
        assert (again.status_code, again.content) == (200, printed.content)
        known = {"If-None-Match": printed.headers["etag"]}
        assert (
            await anonymous.get(f"{PATH}/{COUNTRY}/profile.pdf?language={language}", headers=known)
        ).status_code == 304


@pytest.mark.long("prints twice")
async def test_another_state_is_printed_again(
    admin: Caller, anonymous: Caller, superuser: asyncpg.Connection, plan: dict[str, Any], worker: None
) -> None:
    first = await _pdf(anonymous, "en")
    assert (await admin.change(plan["action"], titles={"en": "Fewer floods"})).status_code == 200
    assert (await anonymous.get(f"{PATH}/{COUNTRY}/profile.pdf")).status_code == 202
    second = await _pdf(anonymous, "en")
    assert ("Fewer" in _text(first), "Fewer" in _text(second)) == (False, True)
    about = "action", id_of(plan["action"]), plan["period"]
    await _assessed(admin, superuser, *about, completion="substantial")
    assert (await anonymous.get(f"{PATH}/{COUNTRY}/profile.pdf")).status_code == 202
    third = await _pdf(anonymous, "en")
    assert ("substantial" in _text(second), "substantial" in _text(third)) == (False, True)
    assert third.headers["etag"] != second.headers["etag"]


async def test_a_country_without_a_programme_has_a_profile(anonymous: Caller, worker: None) -> None:
    found = (await anonymous.get(f"{PATH}/AQ")).json()
    assert (found["programme"], found["actions"], found["indicators"], found["stage"]) == (None, [], [], 0)
    assert "No programme is published." in _text(await _pdf(anonymous, "en", "AQ"))


async def test_symbols_that_no_font_has_are_left_out(
    admin: Caller, anonymous: Caller, plan: dict[str, Any], worker: None
) -> None:
    assert (await admin.change(plan["action"], titles={"en": "Plant \N{SEEDLING} trees"})).status_code == 200
    assert "Plant trees" in _text(await _pdf(anonymous, "en"))


@pytest.mark.long("prints several times")
async def test_a_text_that_no_font_has_is_a_problem(
    admin: Caller, anonymous: Caller, plan: dict[str, Any], worker: None
) -> None:
    assert (await admin.change(plan["action"], titles={"en": "\N{OLD PERSIAN SIGN A}"})).status_code == 200
    response = await _printed(anonymous, "en")
    assert (response.status_code, response.json()["code"]) == (409, "not_printable")
    assert (await admin.change(plan["action"], titles={"en": "Trees"})).status_code == 200
    assert "Trees" in _text(await _pdf(anonymous, "en"))


@pytest.mark.long("prints twice")
async def test_a_lost_file_is_printed_again_and_an_unused_one_is_removed(
    admin: Caller,
    anonymous: Caller,
    plan: dict[str, Any],
    worker: None,
    settings: ActionsSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def path_of(response: httpx.Response) -> Path:
        digest = response.headers["etag"].strip('"')
        return settings.storage_path / "documents" / digest[:2] / digest

    first = await _pdf(anonymous, "es")
    path_of(first).unlink()
    assert (await anonymous.get(f"{PATH}/{COUNTRY}/profile.pdf?language=es")).status_code == 202
    assert (await _pdf(anonymous, "es")).content == first.content
    assert (await admin.change(plan["action"], titles={"es": "Humedales"})).status_code == 200
    second = await _pdf(anonymous, "es")
    store = operations.document_files(settings)
    monkeypatch.setattr(operations, "now", lambda: now() + timedelta(hours=2))
    database = await Database.open(settings.database_dsn(), size=1)
    try:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await operations.removing(store).run(uow)
    finally:
        await database.close()
    assert (path_of(first).exists(), path_of(second).exists()) == (False, True)


async def test_a_document_is_ordered_once(anonymous: Caller, superuser: asyncpg.Connection) -> None:
    address = f"{PATH}/XC/profile.pdf?language=fr"
    await asyncio.gather(*(anonymous.get(address) for _ in range(10)))
    ordered = "SELECT count(*) FROM core_job WHERE job_type = 'print_document' AND payload @> $1"
    assert await superuser.fetchval(ordered, '{"subject": "XC", "language": "fr"}') == 1


async def test_a_stranger_orders_few_documents_and_reads_all_that_are_printed(
    actions: httpx.AsyncClient, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, worker: None
) -> None:
    monkeypatch.setattr(responses, "_ORDERS", Limit("few_prints", 2, 3600))
    stranger = Caller(from_address(actions, "203.0.113.9"), None)
    for language in ("en", "fr"):
        await _pdf(stranger, language, "XA")
    refused = await stranger.get(f"{PATH}/XA/profile.pdf?language=es")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["retry-after"]) > 60
    ordered = "SELECT count(*) FROM core_job WHERE job_type = 'print_document' AND payload @> $1"
    assert await superuser.fetchval(ordered, '{"subject": "XA", "language": "es"}') == 0
    for _ in range(3):
        assert (await stranger.get(f"{PATH}/XA/profile.pdf?language=fr")).status_code == 200
    assert (await _pdf(Caller(from_address(actions, "198.51.100.7"), None), "es", "XA")).status_code == 200


async def test_a_document_that_was_ordered_again_while_it_waited_is_printed_once(
    anonymous: Caller, superuser: asyncpg.Connection, settings: ActionsSettings, worker: None
) -> None:
    await _pdf(anonymous, "ru", "XA")
    printed = await superuser.fetchrow("SELECT * FROM action_printed_document WHERE language = 'ru' AND subject = 'XA'")
    database = await Database.open(settings.database_dsn(), size=1)
    try:
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            job = defer(uow, "actions", operations.PRINT_JOB, _key(printed), created_by="system")
    finally:
        await database.close()
    store = operations.document_files(settings)
    await store.remove(printed["sha256"])
    await eventually(lambda: superuser.fetchval("SELECT finished_at FROM core_job WHERE id = $1", job))
    assert await store.size(printed["sha256"]) is None
    assert (await _pdf(anonymous, "ru", "XA")).status_code == 200


def _key(row: asyncpg.Record) -> dict[str, str]:
    return {name: row[name] for name in ("kind", "subject", "language")}
