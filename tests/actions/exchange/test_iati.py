"""Activities of the IATI Standard: what is made of programmes and actions, and what is left out."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest
from lxml import etree

from services.actions.app import create_app
from services.actions.settings import ActionsSettings
from tests.actions.neighbours import enter
from tests.actions.programme import action, approved, steps
from tests.support.callers import Caller, serving
from tests.support.evidence import evidence
from tests.support.results import TARGETS, active_indicator, id_of, open_period, parts, published, result

PATH = "/actions/v1/open_data/iati"
REPORTER = "XI-TEST-1"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
SCHEMA = Path(__file__).parents[3] / "services/actions/exchange/iati/data/iati-activities-schema.xsd"
COUNTRY = "XB"


@pytest.fixture
async def anybody(settings: ActionsSettings) -> AsyncIterator[Caller]:
    """Calls an app that reports, without a token."""
    reporting = settings.model_copy(update={"iati_ref": REPORTER, "issuer": "https://plan.example"})
    async with serving(create_app(reporting)) as client:
        yield Caller(client, None)


async def _document(by: Caller, path: str) -> etree._Element:
    """The root of a document that fits the schema."""
    response = await by.get(f"{PATH}/{path}")
    assert response.status_code == 200, response.text
    root = etree.fromstring(response.content)
    etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(root)
    return root


async def _activity(by: Caller, record: dict[str, Any]) -> etree._Element:
    (found,) = await _document(by, f"activities/{record['ref']}.xml")
    return found


async def _institution(superuser: asyncpg.Connection, ror: str | None = None, **more: Any) -> UUID:
    values = {"country": COUNTRY, "status": "verified", "display_name": "University of the Delta", **more}
    return await enter(superuser, "member_institution", ref=f"INS-{uuid4().hex[:12]}", ror=ror, **values)


async def _published(by: Caller, superuser: asyncpg.Connection, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A public programme with an approved plan, and one more action that is planned."""
    plan = await approved(by, superuser, COUNTRY, visibility="public")
    path = await action(by, plan, "core", **more)
    await steps(by, path, "approve")
    return (await by.get(plan)).json(), (await by.get(path)).json()


def _taking_part(*institutions: UUID) -> dict[str, Any]:
    return {"participants": [{"institution_id": str(one), "role": 4} for one in institutions]}


async def test_an_action_is_an_activity(
    secretariat: Caller, admin: Caller, anybody: Caller, superuser: asyncpg.Connection
) -> None:
    ror = f"https://ror.org/0{uuid4().hex[:6]}98"
    host, hidden = await _institution(superuser, ror), await _institution(superuser, visibility="restricted")
    file = await evidence(admin, country=COUNTRY, visibility="public", title="Inventory", category="A09", language="fr")
    plan, made = await _published(
        secretariat,
        superuser,
        kind="research_project",
        titles={"en": "Wetlands", "ar": "الأراضي الرطبة"},
        descriptions={"en": "Restores\u0007 wetlands."},
        planned_start="2026-02-01",
        planned_end="2027-03-31",
        locations=[{"name": "Upper Alpha", "subdivision": None, "lat": 12.5, "lon": -30.25}],
        tags=[{"scheme": "sdg", "code": "15"}, {"scheme": "sdg", "code": "15.3"}, {"scheme": "own", "code": "x"}],
        baseline={
            "value": 1,
            "unit": "ha",
            "date": "2025",
            "source": {"title": "Inventory", "date": "2026-01-01", "evidence_id": id_of(file)},
        },
        budget={"amount": 12345, "currency": "EUR"},
        **_taking_part(host, hidden),
    )
    found = await _activity(anybody, made)
    assert (found.findtext("iati-identifier"), found.get("hierarchy")) == (f"{REPORTER}-{made['ref']}", "2")
    assert {one.get(LANG): one.text for one in found.find("title")} == made["titles"]
    assert found.findtext("description/narrative") == "Restores wetlands."
    (organisation,) = found.findall("participating-org")
    assert (organisation.get("ref"), organisation.get("role")) == (f"XI-ROR-{ror.rpartition('/')[2]}", "4")
    dates = {one.get("type"): one.get("iso-date") for one in found.findall("activity-date")}
    assert dates == {"1": "2026-02-01", "3": "2027-03-31"}
    assert [one.get("code") for one in found.findall("sector")] == ["41082"]
    tags = [(one.get("vocabulary"), one.get("code")) for one in found.findall("tag")]
    assert tags == [("2", "15"), ("3", "15.3"), ("99", "x")]
    assert found.findtext("location/point/pos") == "12.5 -30.25"
    (link,) = found.findall("document-link")
    assert link.get("url") == f"https://plan.example/actions/v1/open_data/documents/{id_of(file)}"
    assert link.find("category").get("code") == "A09"
    (parent,) = found.findall("related-activity")
    assert (parent.get("ref"), parent.get("type")) == (f"{REPORTER}-{plan['ref']}", "1")
    assert b"12345" not in etree.tostring(found), "budgets are not public"

    whole = await _activity(anybody, plan)
    assert (whole.get("hierarchy"), whole.find("activity-status").get("code")) == ("1", "1")
    assert [one.get("iso-date") for one in whole.findall("activity-date")] == ["2026-02-01", "2027-03-31"]
    assert [one.get("ref") for one in whole.findall("related-activity")] == [f"{REPORTER}-{made['ref']}"]


async def test_targets_and_results_have_their_parts(
    secretariat: Caller, admin: Caller, anybody: Caller, superuser: asyncpg.Connection
) -> None:
    host = await _institution(superuser)
    plan, made = await _published(secretariat, superuser, planned_start="2026-02-01", **_taking_part(host))
    period = await open_period(admin, framework=plan["framework"])
    dimension = {"key": "cover", "titles": {"en": "Cover"}, "required": False, "exhaustive": False}
    of_area = {
        "framework": plan["framework"],
        "codes": [{"scheme": "sdg", "code": "15.3"}, {"scheme": "sdg", "code": "15.3.1"}],
        "disaggregations": [{**dimension, "codes": parts("forest", "lake")}],
    }
    of_work = {"framework": plan["framework"], "reported_by": "action"}
    text = {"measure": "qualitative", "unit": None, "across": "none", "over_time": "none"}
    area, sites, report = [await active_indicator(admin, **one) for one in (of_area, of_work, {**of_work, **text})]
    author = secretariat.known_as("author_xb")
    about = {"indicator_id": area, "period_id": period["id"], "country": COUNTRY}
    share = [{"dimensions": {"cover": "forest"}, "value": "4.25"}]
    goal = {**about, "value": "20.50", "breakdown": share, "visibility": "public"}
    assert (await author.post(TARGETS, goal)).json()["reason"] == "publish_not_permitted"
    assert (await author.known_as("government_xb").post(TARGETS, goal)).status_code == 201
    of_action = {**about, "country": None, "action_id": made["id"], "method": "measured"}
    for body in (
        {**about, "method": "measured", "value": "12.50", "breakdown": share},
        {**of_action, "indicator_id": sites, "value": None, "missing": "not_collected"},
        {**of_action, "indicator_id": report, "value": None, "text": {"en": "Slowly"}},
    ):
        path = await result(author, body)
        assert (await admin.change(path, visibility="public")).status_code == 200
        await published(author, path, "xb")

    country, own = await _activity(anybody, plan), await _activity(anybody, made)
    indicator = country.find("result/indicator")
    assert (indicator.get("measure"), indicator.get("ascending")) == ("1", "true")
    references = [(one.get("vocabulary"), one.get("code")) for one in indicator.findall("reference")]
    assert references == [("99", "15.3"), ("9", "15.3.1")]
    days = [indicator.find(f"period/period-{end}").get("iso-date") for end in ("start", "end")]
    assert days == [period["starts"], period["ends"]]
    for kind, value in (("target", "20.50"), ("actual", "12.50")):
        wholes = indicator.findall(f"period/{kind}")
        assert [one.get("value") for one in wholes] == [value, "4.25"]
        assert [one.attrib for one in wholes[1]] == [{"name": "cover", "value": "forest"}]
    actuals = own.findall("result/indicator/period/actual")
    assert [one.get("value") for one in actuals] == [None, None]
    assert {one.findtext("comment/narrative") for one in actuals} == {"not_collected", "Slowly"}


async def test_what_is_published_is_an_activity_or_left_out_with_the_reason(
    secretariat: Caller, anybody: Caller, superuser: asyncpg.Connection
) -> None:
    host = await _institution(superuser)
    plan, whole = await _published(secretariat, superuser, planned_start="2026-02-01", **_taking_part(host))
    plan_path = plan["links"]["self"]
    lacking = {}
    for code, more in (("no_organisation", {"planned_start": "2026-02-01"}), ("no_start", _taking_part(host))):
        path = await action(secretariat, plan_path, "core", **more)
        lacking[code] = (await steps(secretariat, path, "approve"))["ref"]
    bare, hidden = [await approved(secretariat, superuser, COUNTRY, visibility=one) for one in ("public", "restricted")]
    refs = {path: (await secretariat.get(path)).json()["ref"] for path in (bare, hidden)}

    omissions = (await anybody.get(f"{PATH}/omissions?country={COUNTRY}")).json()
    reasons = {one["ref"]: one["code"] for one in omissions["items"]}
    assert {reasons[ref] for ref in lacking.values()} == set(lacking)
    assert reasons[refs[bare]] == "no_organisation", "its actions name nobody"
    shown = {
        one.findtext("iati-identifier").removeprefix(f"{REPORTER}-")
        for one in await _document(anybody, f"activities.xml?country={COUNTRY}")
    }
    assert {plan["ref"], whole["ref"]} <= shown
    assert not shown & reasons.keys()
    assert refs[hidden] not in shown | reasons.keys()
    assert (len(shown), len(shown) + len(reasons)) == (omissions["activities"], omissions["published"])
    for ref in (lacking["no_start"], refs[hidden], "ACT-0"):
        assert (await anybody.get(f"{PATH}/activities/{ref}.xml")).status_code == 404


async def test_a_control_character_is_refused_in_a_tag_and_cleaned_where_it_was_stored_before(
    secretariat: Caller, anybody: Caller, superuser: asyncpg.Connection
) -> None:
    host = await _institution(superuser)
    free = {"scheme": "keywords", "code": "soil\u0007carbon"}
    plan, made = await _published(secretariat, superuser, planned_start="2026-02-01", **_taking_part(host))
    refused = await secretariat.change(made["links"]["self"], tags=[free])
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_text")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/tags/0/code"]

    stored = orjson.dumps([{**free, "code": "soil\u0001"}]).decode()
    await superuser.execute("UPDATE action_action SET tags = $2 WHERE id = $1", UUID(made["id"]), stored)
    activity = await _activity(anybody, made)
    assert [one.get("code") for one in activity.iterfind("tag")] == ["soil"]
    shown = await _document(anybody, f"activities.xml?country={COUNTRY}")
    assert {f"{REPORTER}-{one['ref']}" for one in (plan, made)} <= {one.findtext("iati-identifier") for one in shown}


async def test_one_activity_that_cannot_be_written_leaves_the_others(
    settings: ActionsSettings, secretariat: Caller, superuser: asyncpg.Connection
) -> None:
    host = await _institution(superuser)
    _, made = await _published(secretariat, superuser, planned_start="2026-02-01", **_taking_part(host))
    reporting = settings.model_copy(update={"iati_ref": "XI-\u0001", "issuer": "https://plan.example"})
    async with serving(create_app(reporting)) as client:
        omissions = (await client.get(f"{PATH}/omissions?country={COUNTRY}")).json()
    assert {one["ref"]: one["code"] for one in omissions["items"]}[made["ref"]] == "not_valid"


async def test_a_document_without_an_activity_is_not_found(anybody: Caller) -> None:
    assert (await anybody.get(f"{PATH}/activities.xml?country=AQ")).status_code == 404
    nothing = (await anybody.get(f"{PATH}/omissions?country=AQ")).json()
    assert (nothing["items"], nothing["published"]) == ([], 0)
    refused = await anybody.get(f"{PATH}/activities.xml?country=QQ")
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_parameter")


@pytest.mark.parametrize("path", ["activities.xml", "activities/ACT-1.xml", "omissions"])
async def test_without_a_reporting_organisation_there_are_no_activities(anonymous: Caller, path: str) -> None:
    refused = await anonymous.get(f"{PATH}/{path}")
    assert (refused.status_code, refused.json()["code"]) == (409, "iati_not_configured")


async def test_a_draft_becomes_an_activity_of_the_same_snapshot_as_its_programme(
    secretariat: Caller, anybody: Caller, superuser: asyncpg.Connection
) -> None:
    """Every action of the document is named by its programme, and the other way round."""
    host = await _institution(superuser)
    await _published(secretariat, superuser, planned_start="2026-02-01", **_taking_part(host))
    root = await _document(anybody, f"activities.xml?country={COUNTRY}")
    related = {
        (one.findtext("iati-identifier"), other.get("ref"), other.get("type"))
        for one in root
        for other in one.findall("related-activity")
    }
    down = {(one, other) for one, other, kind in related if kind == "2"}
    assert down
    assert down == {(other, one) for one, other, kind in related if kind == "1"}


async def test_the_tags_of_documents_change_with_what_they_show(
    secretariat: Caller, anybody: Caller, superuser: asyncpg.Connection
) -> None:
    host = await _institution(superuser)
    _, made = await _published(secretariat, superuser, planned_start="2026-02-01", **_taking_part(host))
    paths = [f"{PATH}/{name}" for name in (f"activities.xml?country={COUNTRY}", f"activities/{made['ref']}.xml")]

    async def tags() -> list[str]:
        found = [await anybody.get(path) for path in paths]
        assert {one.headers["cache-control"] for one in found} == {"public, max-age=300"}
        known = [one.headers["etag"] for one in found]
        for path, tag in zip(paths, known, strict=True):
            unchanged = await anybody.get(path, headers={"If-None-Match": tag})
            assert (unchanged.status_code, unchanged.headers["etag"], unchanged.content) == (304, tag, b"")
        return known

    first = await tags()
    assert first == await tags()
    assert (await secretariat.change(made["links"]["self"], titles={"en": "Peatlands"})).status_code == 200
    retitled = await tags()
    await superuser.execute("UPDATE member_institution SET display_name = 'Delta University' WHERE id = $1", host)
    renamed = await tags()
    for before, between, after in zip(first, retitled, renamed, strict=True):
        assert len({before, between, after}) == 3
    omissions = await anybody.get(f"{PATH}/omissions")
    assert omissions.headers["cache-control"] == "public, max-age=300"
    assert omissions.headers["etag"]
