"""Statistics of actions: the counts are those of the rows, and each number is that of its list."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest

from services.actions.overview.countries.domain import NO_FACTS
from services.actions.overview.countries.operations import recompute_stage
from services.actions.overview.statistics.domain import HEADLINES
from services.centres.app import create_app as create_centres
from services.centres.settings import CentresSettings
from services.membership.app import create_app as create_membership
from services.membership.settings import MembershipSettings
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now, today
from shared.kernel.text import LANGUAGES
from shared.records.counts import drift
from tests.actions.neighbours import change, enter
from tests.actions.programme import ACTIONS, action, framework, milestone, programme, steps
from tests.support.callers import Caller, serving
from tests.support.results import result, subject

PATH = "/actions/v1/statistics"
HEADLINES_PATH = f"{PATH}/headlines"
KINDS = ["programme", "action", "milestone", "endorsement", "country", "result"]
LIVE = """
SELECT 'programme' AS kind, visibility, status, country, framework AS category, '' AS tag, count(*) AS n
FROM action_programme GROUP BY 2, 3, 4, 5
UNION ALL
SELECT 'action', a.visibility, a.status, a.country, concat_ws(' ', pillar, kind, framework), '', count(*)
FROM action_action a JOIN action_programme p ON p.id = programme_id GROUP BY 2, 3, 4, 5
UNION ALL
SELECT 'milestone', visibility, status, country, '', '', count(*) FROM action_milestone GROUP BY 2, 3, 4
UNION ALL
SELECT 'endorsement', visibility, status, country, '', '', count(*) FROM action_endorsement GROUP BY 2, 3, 4
UNION ALL
SELECT 'country', visibility, stage::text, country, '', '', count(*) FROM action_country_stage
WHERE stage > 0 GROUP BY 2, 3, 4
UNION ALL
SELECT 'result', r.visibility, r.status, r.country,
    coalesce(i.framework, '') || ' ' || kind || ' ' || coalesce(p.code, ''), '', count(*)
FROM action_result r JOIN action_indicator i ON i.id = indicator_id LEFT JOIN action_period p ON p.id = period_id
GROUP BY 2, 3, 4, 5
"""
_ERASED = """
SELECT count(*) FROM member_expert
WHERE erased_at IS NOT NULL AND status IN ('active', 'grace') AND (visibility = ANY($1::text[]) OR country = $2)
"""
"""The erased experts of these visibilities or of a country, whom the headline counts and the list omits."""
READERS = ("admin", "author_xa", "applicant", None)
_SEEN = {"admin": ["public", "network", "restricted"], "author_xa": ["public", "network"]}
Apps = Mapping[str, httpx.AsyncClient]


@pytest.fixture(scope="session")
async def apps(database_url: str, redis_url: str, actions: httpx.AsyncClient) -> AsyncIterator[Apps]:
    """The services that the numbers come from, over one database."""
    members = MembershipSettings(database_url=database_url, redis_url=redis_url)
    settings = CentresSettings(database_url=database_url, redis_url=redis_url)
    async with serving(create_membership(members)) as membership, serving(create_centres(settings)) as centres:
        yield {"membership": membership, "centres": centres, "actions": actions}


async def asked(by: Caller, query: str = "") -> dict[str, Any]:
    response = await by.get(f"{PATH}?{query}")
    assert response.status_code == 200, response.text
    content: dict[str, Any] = response.json()
    return content


async def listed(by: Caller, address: str) -> int:
    """The number of records of a list, over all its pages."""
    count, following = 0, address + ("&" if "?" in address else "?") + "limit=200"
    while following:
        page = await by.get(following)
        assert page.status_code == 200, page.text
        count += len(page.json()["items"])
        following = page.json()["next"]
    return count


async def planned(by: Caller, country: str, code: str, **more: Any) -> list[str]:
    """A programme with two actions and a milestone of each. Returns all addresses."""
    plan = await programme(by, country, framework=code, **more)
    works = [await action(by, plan, "action-1"), await action(by, plan, "core", kind="research_project")]
    return [plan, *works, *[await milestone(by, work) for work in works]]


async def test_after_any_changes_the_counts_are_those_of_the_rows(admin: Caller, superuser: asyncpg.Connection) -> None:
    dice = random.Random(5)
    code = await framework(admin)
    records = await planned(admin, "VU", code, visibility="restricted")
    await enter(superuser, "action_endorsement", country="VU", status="claimed", level=3, body="{}")
    for _ in range(12):
        plan, work = records[0], records[dice.choice((1, 2))]
        key = plan.rsplit("/", 1)[1]
        await change(superuser, "action_action", UUID(work.rsplit("/", 1)[1]), pillar=dice.choice(("core", "action-2")))
        await superuser.execute(
            "UPDATE action_action SET status = $2, actual_start = current_date WHERE programme_id = $1",
            *(key, dice.choice(("proposed", "planned", "in_progress", "suspended"))),
        )
        visible = {"visibility": dice.choice(("public", "network", "restricted"))}
        version = (await admin.get(plan)).headers["etag"]
        assert (await admin.request("PATCH", plan, json=visible, headers={"If-Match": version})).status_code == 200
        await superuser.execute(
            "INSERT INTO action_country_stage (country, id, version, visibility, stage, facts, updated_at)"
            " VALUES ('VU', uuidv7(), 1, 'public', $1, $2, now())"
            " ON CONFLICT (country) DO UPDATE SET stage = $1",
            *(dice.randint(0, 7), orjson.dumps(NO_FACTS).decode()),
        )
        await superuser.execute("DELETE FROM action_milestone WHERE id = $1", records.pop().rsplit("/", 1)[1])
        records.append(await milestone(admin, work))
        assert await drift(superuser, KINDS, LIVE) == []
    await superuser.execute("DELETE FROM action_country_stage WHERE country = 'VU'")
    assert await drift(superuser, KINDS, LIVE) == []
    assert (await asked(admin, f"of=actions&by=pillar,kind&framework={code}"))["total"] == 2


async def test_parallel_writers_are_counted_exactly(admin: Caller, superuser: asyncpg.Connection) -> None:
    code = await framework(admin)
    plans = [await programme(admin, "WS", framework=await framework(admin)) for _ in range(2)]
    plans.append(await programme(admin, "WS", framework=code))
    await asyncio.gather(*(action(admin, plan, f"action-{n}") for plan in plans for n in (1, 2, 3)))
    assert await drift(superuser, KINDS, LIVE) == []
    assert (await asked(admin, f"of=actions&by=pillar&framework={code}"))["total"] == 3


@pytest.mark.parametrize("name", READERS)
async def test_each_number_is_that_of_its_list(
    apps: Apps, admin: Caller, superuser: asyncpg.Connection, name: str | None
) -> None:
    code = await framework(admin)
    for country, visibility in (("XA", "public"), ("XB", "network"), ("XC", "restricted")):
        records = await planned(admin, country, code, visibility=visibility)
        await superuser.execute(
            "UPDATE action_programme SET status = 'approved' WHERE id = $1", records[0].rsplit("/", 1)[1]
        )
        await steps(admin, records[1], "approve")
        await enter(superuser, "action_endorsement", country=country, level=1, body="{}", visibility=visibility,
                    status="superseded", document="{}", verified_on=today())  # fmt: skip
        await enter(superuser, "centre_centre", country=country, visibility=visibility, status="suspended")
    here = {service: Caller(app, name) for service, app in apps.items()}
    for query in (
        "country,status",
        "region",
        "framework",
        "of=actions&by=pillar,kind",
        f"of=actions&by=framework,country&framework={code}",
        "of=milestones",
        "of=endorsements&country=XA,XB,XC",
        "of=centres&by=country,status",
        "of=countries&by=stage",
    ):
        parameters = query if "=" in query else f"by={query}"
        found = await asked(here["actions"], parameters)
        assert found["total"] == sum(item["count"] for item in found["items"]), query
        is_public = dict(parse_qsl(parameters)).get("of", "programmes") in ("programmes", "centres", "countries")
        for item in found["items"]:
            address = item["links"]["records"]
            assert (address is None) == (item.get("region", "") is None or (name is None and not is_public)), query
            if address is not None and "of=countries" not in query:
                service = address.split("/")[1]
                assert await listed(here[service], address) == item["count"], (query, address)


async def test_a_caller_counts_what_is_published_and_what_grants_cover(
    admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    code = await framework(admin)
    await planned(admin, "XB", code, visibility="restricted")
    for name, count in (("admin", 1), ("author_xb", 1), ("author_xa", 0), (None, 0)):
        found = await asked(caller(name), f"framework={code}")
        assert (found["total"], len(found["items"])) == (count, count), name
    assert (await asked(caller(None)))["definition"] == (
        "Programmes of visibility public in state approved or completed or implementing."
    )


async def test_the_counts_of_a_day_stay(admin: Caller, superuser: asyncpg.Connection) -> None:
    yesterday = today() - timedelta(days=1)
    records = await planned(admin, "TV", await framework(admin))
    await superuser.execute("UPDATE core_count_delta SET day = $1 WHERE country = 'TV'", yesterday)
    query = f"of=milestones&country=TV&as_of={yesterday}"
    before = await asked(admin, query)
    assert (before["total"], before["as_of"], before["items"][0]["links"]) == (2, str(yesterday), {"records": None})
    await steps(admin, records[-1], "drop", reason="No longer needed")
    await milestone(admin, records[1])
    assert await asked(admin, query) == before
    statuses = {item["status"]: item["count"] for item in (await asked(admin, "of=milestones&country=TV"))["items"]}
    assert statuses == {"dropped": 1, "pending": 2}
    series = await asked(admin, f"of=milestones&country=TV&by=status&from={yesterday}&step=month")
    assert (series["series"][-1]["total"], series["total"]) == (3, 3)


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("of=experts", "of"),
        ("by=pillar", "by"),
        ("of=actions&by=pillar,pillar", "by"),
        ("of=milestones&by=framework", "by"),
        ("of=milestones&framework=3%2B1/2026", "framework"),
        ("of=countries&stage=8", "stage"),
        ("of=actions&pillar=action-4", "pillar"),
        ("framework=%00", "framework"),
        ("as_of=2099-01-01", "as_of"),
        ("to=2026-01-01", "to"),
    ],
)
async def test_what_is_not_counted_is_refused(anonymous: Caller, query: str, parameter: str) -> None:
    response = await anonymous.get(f"{PATH}?{query}")
    assert (response.status_code, response.json()["code"]) == (400, "invalid_parameter"), response.text
    assert [fault["parameter"] for fault in response.json()["errors"]] == [parameter]


async def test_budgets_of_two_currencies_are_two_exact_numbers(
    admin: Caller, caller: Callable[[str | None], Caller]
) -> None:
    plan = await programme(admin, "XB", visibility="public")
    before = {name: await _sums(caller(name), "country=XB&by=country") for name in ("admin", "author_xb")}
    for amount, currency in ((0.1, "SEK"), (0.2, "SEK"), (10**15, "NOK"), (1, "NOK")):
        await action(admin, plan, "action-1", budget={"amount": amount, "currency": currency})
    await action(admin, plan, "action-1")
    for name in ("admin", "author_xb"):
        found = await _sums(caller(name), "country=XB&by=country")
        new = {("XB", "SEK"): ("0.3", 2), ("XB", "NOK"): ("1000000000000001", 2)}
        assert found == {**before[name], **new}
    assert await _sums(caller("author_xb"), "by=country") == found
    for stranger in ("author_xa", "applicant", None):
        assert await _sums(caller(stranger), "country=XB&by=country") == {}, stranger
    assert (await admin.get(f"{PATH}/budgets?by=currency")).json()["errors"][0]["parameter"] == "by"
    first = await admin.get(f"{PATH}/budgets?country=XB")
    assert {item["pillar"] for item in first.json()["items"] if item["currency"] in ("SEK", "NOK")} == {"action-1"}
    assert (await admin.get(f"{ACTIONS}?country=XB")).status_code == 200


async def _sums(by: Caller, query: str) -> dict[tuple[str, str], tuple[str, int]]:
    response = await by.get(f"{PATH}/budgets?{query}")
    assert response.status_code == 200, response.text
    found = response.json()["items"]
    return {(item["country"], item["currency"]): (item["amount"], item["count"]) for item in found}


@pytest.mark.parametrize("name", READERS)
async def test_each_headline_is_that_of_its_query_and_its_list(
    apps: Apps, admin: Caller, superuser: asyncpg.Connection, name: str | None
) -> None:
    for country, visibility in (("XA", "public"), ("XB", "network"), ("XC", "restricted")):
        place = {"country": country, "visibility": visibility}
        await enter(superuser, "member_expert", status="active", category="expert", **place)
        await enter(superuser, "member_expert", status="applied", category="expert", **place)
        await enter(superuser, "member_expert", status="active", category="expert", erased_at=now(), **place)
        await enter(superuser, "member_institution", status="verified", **place)
        await enter(superuser, "centre_centre", status="draft", **place)
        await enter(superuser, "action_endorsement", status="verified", level=1, body="{}", document="{}",
                    verified_on=today(), **place)  # fmt: skip
    own = "XA" if name == "author_xa" else None
    erased = await superuser.fetchval(_ERASED, _SEEN.get(str(name), ["public"]), own)
    here = {service: Caller(app, name) for service, app in apps.items()}
    shown = (await here["actions"].get(HEADLINES_PATH)).json()["items"]
    assert [item["key"] for item in shown] == [one.key for one in HEADLINES]
    for item in shown:
        assert set(item["titles"]) == set(LANGUAGES)
        assert all(item["titles"].values())
        counted = await here[item["links"]["query"].split("/")[1]].get(item["links"]["query"])
        assert counted.json()["total"] == item["value"], item
        assert item["definition"].startswith(counted.json()["definition"].partition(",")[0].rstrip(".")), item
        if (address := item["links"]["records"]) is not None:
            omitted = erased if item["key"] == "experts" else 0
            assert await listed(here[address.split("/")[1]], address) == item["value"] - omitted, item
    with_lists = {item["key"] for item in shown if item["links"]["records"]}
    unlisted = {"actions", "milestones", "endorsements", "results"} if name is None else set()
    private = {"supports", "organisations", *unlisted}
    assert with_lists == {item["key"] for item in shown} - (set() if name == "admin" else private)


async def test_headlines_have_a_series_that_ends_with_their_number(
    admin: Caller, superuser: asyncpg.Connection
) -> None:
    await enter(superuser, "member_expert", country="XA", status="active", category="expert")
    days = [str(today() - timedelta(days=ago)) for ago in (400, 0)]
    shown = (await admin.get(f"{HEADLINES_PATH}?from={days[0]}&step=year")).json()["items"]
    for item in shown:
        assert item["series"][-1] == {"as_of": days[1], "value": item["value"]}, item
        assert len(item["series"]) == today().year - int(days[0][:4]) + 1
    assert shown[0]["value"] > 0
    assert "series" not in (await admin.get(HEADLINES_PATH)).json()["items"][0]
    for query in ("from=2090-01-01", "step=year", f"from={days[0]}&as_of={days[1]}"):
        assert (await admin.get(f"{HEADLINES_PATH}?{query}")).status_code == 400, query


async def test_some_headlines_are_read_by_their_keys(admin: Caller) -> None:
    found = (await admin.get(f"{HEADLINES_PATH}?key=organisations,countries,experts")).json()["items"]
    assert [item["key"] for item in found] == ["experts", "countries", "organisations"]
    stages = (await admin.get(HEADLINES_PATH)).json()["items"]
    in_stages = sum(item["value"] for item in stages if item["key"].startswith("countries_stage"))
    assert found[1]["value"] == in_stages
    refused = await admin.get(f"{HEADLINES_PATH}?key=experts,people")
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "key")


async def test_results_are_counted_by_framework_kind_and_period(admin: Caller) -> None:
    of = await subject(admin)
    await result(admin, of)
    await result(admin, {**of, "period_id": None}, kind="baseline", year=2020)
    framework = (await admin.get(f"/actions/v1/periods/{of['period_id']}")).json()["framework"]
    found = await asked(admin, f"of=results&by=kind,period,status&framework={framework}")
    assert [(item["kind"], item["period"], item["status"], item["count"]) for item in found["items"]] == [
        ("actual", "2026", "draft", 1),
        ("baseline", None, "draft", 1),
    ]
    assert await listed(admin, found["items"][0]["links"]["records"]) == 1
    assert found["items"][1]["links"]["records"] is None
    assert (await asked(admin, f"of=results&period=2026&framework={framework}"))["total"] == 1


async def test_headlines_of_yesterday_are_not_moved_by_writes_of_today(
    admin: Caller, superuser: asyncpg.Connection, database: Database
) -> None:
    yesterday = today() - timedelta(days=1)
    address = f"{HEADLINES_PATH}?as_of={yesterday}"
    before = await admin.get(address)
    await enter(superuser, "member_expert", country="KI", status="active", category="expert")
    await enter(superuser, "member_institution", country="KI", status="verified")
    await enter(superuser, "centre_centre", country="KI", status="active", registration_number="ESNRC-KI-09",
                registration_serial=9, designated_on=yesterday)  # fmt: skip
    await enter(superuser, "action_endorsement", country="KI", status="verified", level=4, body="{}", document="{}",
                verified_on=today(), issued=yesterday)  # fmt: skip
    letter = {"country": "NU", "direction": "in", "date": str(yesterday), "subject": "First letter"}
    assert (await admin.post("/actions/v1/correspondence", letter)).status_code == 201
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await recompute_stage(uow, "NU")
    await planned(admin, "KI", await framework(admin))
    after = await admin.get(address, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 304
    item = before.json()["items"][0]
    assert (item["as_of"], item["links"]["records"]) == (str(yesterday), None)
    assert item["links"]["query"].endswith(f"&as_of={yesterday}")
    now = {item["key"]: item["value"] for item in (await admin.get(HEADLINES_PATH)).json()["items"]}
    assert now["countries_stage_1"] > before.json()["items"][4]["value"]
