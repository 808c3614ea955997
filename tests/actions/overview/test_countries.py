"""Countries: every known one has a response; the stage follows from records, and the public sees dates only."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import asyncpg
from geojson_pydantic import Feature, FeatureCollection, Point

from services.actions.overview.countries.domain import FactPeriod, counts_from, facts_on
from services.actions.reactions import REACTIONS
from shared.contracts.envelope import Fact
from shared.database.context import SYSTEM_CONTEXT
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now, today
from shared.kernel.countries import COUNTRIES, FICTIONAL_CODES
from shared.messaging.inbox import Inbox
from tests.actions.neighbours import change, enter
from tests.actions.programme import DOCUMENT, action, approved, milestone, programme, steps
from tests.support.callers import Caller
from tests.support.results import subject

PATH = "/actions/v1/countries"
INBOX = Inbox("actions", REACTIONS)
_OF_STAGE = ("stage", "facts", "programme", "reports", "counts", "as_of")
KEYS = (
    "contact",
    "preparatory_committee",
    "scientific_committee",
    "centre",
    "endorsement",
    "programme",
    "results",
)


async def deliver(database: Database, country: str, kind: str, *, times: int = 1) -> None:
    """Applies the reaction of the service to a fact about the country."""
    fact = Fact(type=f"escm.{kind}.v1", subject=uuid7(), ref="X-1", version=1, country=country, link="/x")
    for _ in range(times):
        async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
            await INBOX.react(uow, [fact])


def designated(country: str, day: date) -> dict[str, Any]:
    """An active centre's columns."""
    number = f"ESNRC-{country}-01"
    return {"status": "active", "registration_number": number, "registration_serial": 1, "designated_on": day}


async def stage_of(by: Caller, country: str) -> tuple[int, dict[str, Any]]:
    """The stage, and the dates of the met facts."""
    record = (await by.get(f"{PATH}/{country}")).json()
    assert [fact["key"] for fact in record["facts"]] == list(KEYS)
    return record["stage"], {fact["key"]: fact["date"] for fact in record["facts"] if fact["met"]}


async def test_every_known_country_starts_with_stage_nought(anonymous: Caller) -> None:
    for code, region in (("AQ", None), ("PK", "Asia"), ("XC", None)):
        record = (await anonymous.get(f"{PATH}/{code}")).json()
        assert record["region"] == region
        assert record["names"]["en"]
        assert set(record) == {"code", "names", "region", "groups", *_OF_STAGE}
    assert await stage_of(anonymous, "PK") == (0, {})
    for unknown in ("ZZ", "pk", "PAK", "XK"):
        assert (await anonymous.get(f"{PATH}/{unknown}")).status_code == 404

    codes, address = [], f"{PATH}?limit=100"
    while address:
        page = (await anonymous.get(address)).json()
        codes += [item["code"] for item in page["items"]]
        address = page["next"]
    assert codes == sorted(set(codes))
    assert len(codes) == 261
    assert "programme" not in page["items"][0]


async def test_countries_are_listed_by_the_groups_of_the_united_nations(anonymous: Caller) -> None:
    for group, size, least, other in (("ldc", 44, "NP", "ST"), ("lldc", 32, "NP", "KE"), ("sids", 53, "ST", "NP")):
        items = (await anonymous.get(PATH, params={"group": group, "limit": "200"})).json()["items"]
        assert len(items) == size
        assert all(group in item["groups"] for item in items)
        codes = {item["code"] for item in items}
        assert (least in codes, other in codes) == (True, False)
    pacific = (await anonymous.get(PATH, params={"group": "sids", "region": "Oceania", "q": "tuvalu"})).json()["items"]
    assert [(item["code"], item["groups"]) for item in pacific] == [("TV", ["ldc", "sids"])]
    for unknown in ("oecd", "", "ldc,sids"):
        refused = await anonymous.get(PATH, params={"group": unknown})
        assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (400, "group")


async def test_countries_are_a_map(anonymous: Caller) -> None:
    found = await anonymous.get(PATH, params={"format": "geojson", "country": "KE,XA"})
    assert found.headers["content-type"] == "application/geo+json"
    parsed = FeatureCollection[Feature[Point, dict[str, Any]]].model_validate_json(found.text)
    kenya, fictional = parsed.features
    assert (kenya.id, fictional.id, fictional.geometry) == ("KE", "XA", None)
    assert kenya.geometry is not None
    longitude, latitude = kenya.geometry.coordinates[:2]
    assert (33 < longitude < 42, -5 < latitude < 5) == (True, True)
    assert kenya.properties == (await anonymous.get(PATH, params={"country": "KE"})).json()["items"][0]
    whole = (await anonymous.get(PATH, params={"format": "geojson", "fields": "stage"})).json()
    assert {one["id"]: set(one["properties"]) for one in whole["features"]} == {code: {"stage"} for code in COUNTRIES}
    assert {one["id"] for one in whole["features"] if one["geometry"] is None} == FICTIONAL_CODES
    for query in ({"format": "csv"}, {"format": "geojson", "limit": "5"}, {"format": "geojson", "cursor": "x"}):
        refused = await anonymous.get(PATH, params=query)
        assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter")


async def test_the_stage_climbs_by_records(
    secretariat: Caller, admin: Caller, anonymous: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    letter = {"country": "NZ", "direction": "in", "date": "2026-01-05", "subject": "First letter"}
    assert (await secretariat.post("/actions/v1/correspondence", letter)).status_code == 201
    await deliver(database, "NZ", "actions.correspondence.created")
    assert await stage_of(anonymous, "NZ") == (1, {"contact": "2026-01-05"})

    place = {"country": "NZ", "visibility": "network"}
    committee = await enter(superuser, "centre_committee", status="preparatory", formed_on=date(2026, 2, 1), **place)
    await deliver(database, "NZ", "centres.committee.formed")
    assert (await stage_of(anonymous, "NZ"))[0] == 2
    await change(superuser, "centre_committee", committee, status="recognised", recognised_on=date(2026, 3, 1))
    await deliver(database, "NZ", "centres.committee.recognised")
    stage, dates = await stage_of(anonymous, "NZ")
    assert (stage, dates["preparatory_committee"], dates["scientific_committee"]) == (3, "2026-02-01", "2026-03-01")

    claimed = {"country": "NZ", "body": {"name": "Ministry"}, "level": 3, "document": DOCUMENT, "issued": "2026-04-02"}
    endorsement = (await secretariat.post("/actions/v1/endorsements", claimed)).json()["links"]["self"]
    await steps(admin, endorsement, "verify")
    await deliver(database, "NZ", "actions.endorsement.verified")
    stage, dates = await stage_of(anonymous, "NZ")
    assert (stage, dates["endorsement"]) == (3, "2026-04-02"), "the rung below is not met yet"

    centre = await enter(superuser, "centre_centre", **designated("NZ", date(2026, 5, 1)), **place)
    await deliver(database, "NZ", "centres.centre.designated")
    stage, dates = await stage_of(anonymous, "NZ")
    assert (stage, dates["centre"]) == (5, "2026-05-01")

    plan = await approved(secretariat, superuser, "NZ", centre_id=str(centre))
    listed = (await secretariat.get(f"/actions/v1/actions?programme_id={plan.rsplit('/', 1)[1]}")).json()["items"]
    made = [item["links"]["self"] for item in listed]
    for each in made:
        await steps(secretariat, each, "approve", "start")
        await deliver(database, "NZ", "actions.action.in_progress")
        assert (await stage_of(anonymous, "NZ"))[0] == (6 if each == made[-1] else 5)
    assert (await stage_of(anonymous, "NZ"))[1]["programme"] == today().isoformat()

    task = await milestone(secretariat, made[0])
    await steps(secretariat, task, "start")
    await steps(secretariat, task, "claim", fields={"evidence": DOCUMENT})
    await steps(admin, task, "verify")
    await deliver(database, "NZ", "actions.milestone.done")
    assert (await stage_of(anonymous, "NZ"))[0] == 7

    await change(superuser, "centre_centre", centre, status="suspended")
    await deliver(database, "NZ", "centres.centre.suspended")
    stage, dates = await stage_of(anonymous, "NZ")
    assert (stage, set(KEYS) - set(dates)) == (3, {"centre", "programme"})
    await change(superuser, "centre_centre", centre, status="active")
    await deliver(database, "NZ", "centres.centre.reinstated")
    await steps(secretariat, endorsement, "withdraw")
    await deliver(database, "NZ", "actions.endorsement.withdrawn")
    assert (await stage_of(anonymous, "NZ"))[0] == 4
    await change(superuser, "centre_committee", committee, status="dissolved")
    await deliver(database, "NZ", "centres.committee.dissolved")
    assert (await stage_of(anonymous, "NZ"))[0] == 1


async def test_another_stage_is_announced_once(
    secretariat: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    announced = "SELECT version FROM core_outbox WHERE type = $1 AND country = 'FJ' ORDER BY id"
    kind = "escm.actions.programme.stage_changed.v1"
    await enter(superuser, "centre_committee", country="FJ", status="proposed")
    await deliver(database, "FJ", "centres.committee.created", times=2)
    await deliver(database, "FJ", "centres.committee.created")
    assert [row["version"] for row in await superuser.fetch(announced, kind)] == [1]
    assert (await stage_of(secretariat, "FJ"))[0] == 1


async def test_the_public_sees_dates_and_whoever_is_granted_the_country_sees_links(
    caller: Callable[[str | None], Caller], secretariat: Caller, database: Database
) -> None:
    letter = {"country": "XA", "direction": "in", "date": "2026-01-05", "subject": "First letter"}
    await secretariat.post("/actions/v1/correspondence", letter)
    await deliver(database, "XA", "actions.correspondence.created")

    async def link(name: str | None) -> str | None:
        contact = (await caller(name).get(f"{PATH}/XA")).json()["facts"][0]
        assert contact["met"] is True
        found: str | None = contact["link"]
        return found

    address = await link("government_xa")
    assert address is not None
    assert (await secretariat.get(address)).status_code == 200
    assert await link("auditor") == address
    assert await link("government_xb") is None
    assert await link("applicant") is None
    assert await link(None) is None


async def test_counts_are_of_published_rows_unless_the_country_is_granted(
    caller: Callable[[str | None], Caller], superuser: asyncpg.Connection
) -> None:
    before = {name: await _counts(caller(name)) for name in (None, "government_xb", "government_xa", "auditor")}
    for status, visibility in (("active", "public"), ("active", "network"), ("applied", "public")):
        await enter(superuser, "member_expert", status=status, visibility=visibility, category="expert")
    await enter(superuser, "member_institution", status="verified")
    await enter(superuser, "centre_centre", visibility="restricted", **designated("XA", today()))
    for name, gained in (
        (None, (1, 1, 0)),
        ("government_xb", (2, 1, 0)),
        ("government_xa", (3, 1, 1)),
        ("auditor", (3, 1, 1)),
    ):
        after = await _counts(caller(name))
        assert tuple(a - b for a, b in zip(after, before[name], strict=True)) == gained, name


async def test_experts_are_counted_as_they_stood_on_the_day(anonymous: Caller, superuser: asyncpg.Connection) -> None:
    expert = await enter(superuser, "member_expert", country="TO", status="active", category="expert")
    day = today() - timedelta(days=3)
    await superuser.execute("UPDATE core_count_delta SET day = $1 WHERE country = 'TO'", day)
    await change(superuser, "member_expert", expert, status="lapsed")
    for asked, experts in ((day - timedelta(days=1), 0), (day, 1), (today() - timedelta(days=1), 1), (today(), 0)):
        found = (await anonymous.get(f"{PATH}/TO?as_of={asked}")).json()["counts"]["experts"]
        assert found == experts, asked
    assert (await anonymous.get(f"{PATH}/TO")).json()["counts"]["experts"] == 0


async def test_centres_are_counted_as_they_stood_on_the_day(
    anonymous: Caller, secretariat: Caller, superuser: asyncpg.Connection
) -> None:
    centre = await enter(superuser, "centre_centre", **designated("BZ", date(2026, 5, 1)), country="BZ")
    day = today() - timedelta(days=3)
    for column, table in (("day", "core_count_delta"), ("recorded_on", "centre_register_entry")):
        await superuser.execute(f"UPDATE {table} SET {column} = $1 WHERE country = 'BZ'", day)
    await change(superuser, "centre_centre", centre, status="closed")
    for asked, centres in ((day - timedelta(days=1), 0), (day, 1), (today() - timedelta(days=1), 1), (today(), 0)):
        for by in (anonymous, secretariat):
            found = (await by.get(f"{PATH}/BZ?as_of={asked}")).json()["counts"]["centres"]
            assert found == (centres if by is anonymous or asked < today() else 1), (asked, by.name)
    listed = (await anonymous.get(f"{PATH}?country=BZ,TO&as_of={day}")).json()["items"]
    assert [one["counts"]["centres"] for one in listed] == [1, 0]


async def _counts(by: Caller) -> tuple[int, int, int]:
    listed = (await by.get(f"{PATH}?country=XA")).json()["items"][0]["counts"]
    single = (await by.get(f"{PATH}/XA")).json()["counts"]
    assert listed == single
    return single["experts"], single["institutions"], single["centres"]


async def test_a_programme_shows_its_three_actions(
    secretariat: Caller, anonymous: Caller, superuser: asyncpg.Connection
) -> None:
    centre = await enter(superuser, "centre_centre", country="TV", status="draft", visibility="network")
    plan = await programme(secretariat, "TV", framework="3+1/2026", centre_id=str(centre), visibility="public")
    first = await action(secretariat, plan, "action-1")
    await steps(secretariat, first, "approve")
    await action(secretariat, plan, "action-1")
    shown = (await secretariat.get(f"{PATH}/TV")).json()["programme"]
    assert shown["core"] == {"centre_id": str(centre)}
    assert [(each["pillar"], each["count"], each["status"]) for each in shown["actions"]] == [
        ("action-1", 2, "planned"),
        ("action-2", 0, None),
        ("action-3", 0, None),
    ]
    assert shown["actions"][0]["titles"]["fr"] == "Action proactive 1"
    assert (await anonymous.get(f"{PATH}/TV")).json()["programme"] is None
    key = plan.rsplit("/", 1)[1]
    await superuser.execute("UPDATE action_programme SET status = 'implementing' WHERE id = $1", key)
    public = (await anonymous.get(f"{PATH}/TV")).json()["programme"]
    assert (public["id"], public["core"]) == (key, {"centre_id": None})


async def test_a_day_of_the_past_knows_what_was_decided_by_then(
    anonymous: Caller, secretariat: Caller, database: Database
) -> None:
    for day in ("2025-06-01", "2025-03-01"):
        letter = {"country": "WS", "direction": "out", "date": day, "subject": "Letter"}
        await secretariat.post("/actions/v1/correspondence", letter)
    await deliver(database, "WS", "actions.correspondence.created")
    for day, stage in (("2025-02-28", 0), ("2025-03-01", 1)):
        record = (await anonymous.get(f"{PATH}/WS?as_of={day}")).json()
        assert (record["stage"], record["as_of"]) == (stage, day)
        listed = (await anonymous.get(f"{PATH}?country=WS&as_of={day}&stage={stage}")).json()["items"]
        assert [item["code"] for item in listed] == ["WS"]
    tomorrow = (today() + timedelta(days=1)).isoformat()
    for bad in (tomorrow, "2025", "yesterday"):
        assert (await anonymous.get(f"{PATH}?as_of={bad}")).json()["code"] == "invalid_parameter"


async def test_the_list_is_filtered_paged_and_reduced_to_fields(anonymous: Caller) -> None:
    found = (await anonymous.get(f"{PATH}?q=pakis&fields=code,stage")).json()["items"]
    assert found == [{"code": "PK", "stage": 0}]
    region = (await anonymous.get(f"{PATH}?region=061&sort=-code&limit=3")).json()
    assert [item["code"] for item in region["items"]] == ["WS", "WF", "TV"]
    following = (await anonymous.get(region["next"])).json()
    assert following["items"][0]["code"] < "TV"
    moved = region["next"].replace("region=061", "region=142")
    assert (await anonymous.get(moved)).json()["code"] == "invalid_cursor"
    for bad in ("stage=8", "region=999", "country=ZZ", "sort=stage", "fields=secret"):
        assert (await anonymous.get(f"{PATH}?{bad}")).json()["code"] == "invalid_parameter", bad
    assert (await anonymous.get(f"{PATH}?status=active")).json()["code"] == "unknown_parameter"


async def test_a_country_is_not_sent_twice(anonymous: Caller) -> None:
    first = await anonymous.get(f"{PATH}/PK")
    again = await anonymous.get(f"{PATH}/PK", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_past_day_returns_the_same_for_ever(
    secretariat: Caller, admin: Caller, anonymous: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    place = {"country": "NR", "visibility": "network"}
    committee = await enter(superuser, "centre_committee", status="preparatory", formed_on=date(2026, 2, 1), **place)
    centre = await enter(superuser, "centre_centre", **designated("NR", date(2026, 5, 1)), **place)
    claimed = {"country": "NR", "body": {"name": "Ministry"}, "level": 3, "document": DOCUMENT, "issued": "2026-04-02"}
    endorsement = (await secretariat.post("/actions/v1/endorsements", claimed)).json()["links"]["self"]
    await steps(admin, endorsement, "verify")
    await deliver(database, "NR", "actions.endorsement.verified")
    days = ("2026-01-31", "2026-02-01", "2026-04-01", "2026-04-02", "2026-05-01")

    async def fetch_facts() -> list[Any]:
        return [(await anonymous.get(f"{PATH}/NR?as_of={day}")).json()["facts"] for day in days]

    before = await fetch_facts()
    assert [[fact["key"] for fact in facts if fact["met"]] for facts in before] == [
        [],
        ["preparatory_committee"],
        ["preparatory_committee"],
        ["contact", "preparatory_committee", "endorsement"],
        ["contact", "preparatory_committee", "centre", "endorsement"],
    ]
    await steps(secretariat, endorsement, "withdraw", reason="The minister resigned")
    await change(superuser, "centre_centre", centre, status="suspended")
    await change(superuser, "centre_committee", committee, status="dissolved", ended_on=today())
    await deliver(database, "NR", "centres.centre.suspended")
    assert await fetch_facts() == before
    assert [fact["met"] for fact in (await anonymous.get(f"{PATH}/NR")).json()["facts"]] == [True, *[False] * 6]
    await change(superuser, "centre_centre", centre, status="active")
    await deliver(database, "NR", "centres.centre.reinstated")
    assert await fetch_facts() == before
    listed = (await anonymous.get(f"{PATH}?country=NR&as_of={days[-1]}&stage=2")).json()["items"]
    assert [item["facts"] for item in listed] == before[-1:]


async def test_an_accepted_result_is_the_last_fact(
    admin: Caller, anonymous: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    of = await subject(admin, "NU")
    framework = (await admin.get(f"/actions/v1/periods/{of['period_id']}")).json()["framework"]
    plan = await enter(superuser, "action_programme", country="NU", framework=framework, status="designing")
    accepted = datetime.combine(today() - timedelta(days=9), time(), UTC)
    about = {"indicator_id": of["indicator_id"], "period_id": of["period_id"], "country": "NU", "kind": "actual"}
    content = {**about, "breakdown": "[]", "evidence": "[]"}
    first = await enter(superuser, "action_result", status="accepted", accepted_at=accepted, **content)

    async def fact(day: str = "") -> tuple[bool, str | None]:
        shown = (await admin.get(f"{PATH}/NU?as_of={day or today()}")).json()["facts"][-1]
        return shown["met"], shown["date"]

    await deliver(database, "NU", "actions.result.accepted")
    assert await fact() == (False, None), "the programme is not approved"
    await change(superuser, "action_programme", plan, status="implementing")
    await deliver(database, "NU", "actions.programme.implementing")
    day = accepted.date().isoformat()
    assert await fact() == (True, day)
    ended = {"published_at": accepted, "ended_at": now()}
    await change(superuser, "action_result", first, status="superseded", **ended)
    second = await enter(
        superuser, "action_result", status="published", accepted_at=accepted, revision_of=first, published_at=now(),
        **content,
    )  # fmt: skip
    await deliver(database, "NU", "actions.result.published")
    assert await fact() == (True, day), "a revision has the first acceptance"
    await change(superuser, "action_result", second, status="retracted", ended_at=now())
    await deliver(database, "NU", "actions.result.retracted")
    assert await fact() == (False, None)
    assert await fact((today() - timedelta(days=5)).isoformat()) == (True, day), "the past stays"
    assert await fact((today() - timedelta(days=10)).isoformat()) == (False, None)


async def test_what_ended_before_its_fact_arrived_counts_for_its_days(
    anonymous: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    days = {"formed_on": date(2026, 2, 1), "recognised_on": date(2026, 3, 1), "ended_on": date(2026, 4, 1)}
    await enter(superuser, "centre_committee", country="MH", status="dissolved", **days)
    await deliver(database, "MH", "centres.committee.dissolved", times=2)
    for day, met in (("2026-02-28", 1), ("2026-03-31", 2), ("2026-04-01", 0)):
        facts = (await anonymous.get(f"{PATH}/MH?as_of={day}")).json()["facts"]
        assert len([fact for fact in facts if fact["met"]]) == met, day


def test_a_fact_that_is_met_again_does_not_count_for_the_days_without_it() -> None:
    lost, later = date(2026, 5, 1), date(2026, 6, 1)
    past = [FactPeriod("centre", date(2026, 1, 1), "/a", date(2026, 1, 1), lost)]
    starts = counts_from("centre", date(2026, 1, 1), "/a", past, later)
    held = [*past, FactPeriod("centre", date(2026, 1, 1), "/a", starts)]
    met = {day: facts_on(held, day)[3]["met"] for day in (date(2026, 4, 30), lost, date(2026, 5, 31), later)}
    assert list(met.values()) == [True, False, False, True]
