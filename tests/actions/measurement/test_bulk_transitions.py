"""One transition of many results: the job's result has an outcome for each, and a rule is applied by a job."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.actions.app import create_app
from services.actions.settings import ActionsSettings
from services.actions.worker import create_worker
from shared.messaging.relay import Relay
from tests.support.callers import CALLERS, Caller, grant, person, serving
from tests.support.databases import as_superuser
from tests.support.principals import enter_callers, enter_principal
from tests.support.results import RESULTS, active_indicator, active_rule, id_of, indicator_body, result, side, subject
from tests.support.waiting import eventually
from tests.support.workers import at_work

BULK = f"{RESULTS}/bulk_transitions"


@pytest.fixture(scope="module")
def bulk_settings(
    database_named: Callable[[str], str], redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> ActionsSettings:
    """Those of a database on which a worker and a relay run."""
    storage: Path = tmp_path_factory.mktemp("files")
    return ActionsSettings(database_url=database_named("actions_bulk"), redis_url=redis_url, storage_path=storage)


@pytest.fixture(scope="module")
async def service(bulk_settings: ActionsSettings) -> AsyncIterator[httpx.AsyncClient]:
    await enter_callers(bulk_settings.database_url)
    async with (
        at_work(create_worker(bulk_settings), Relay(bulk_settings)),
        serving(create_app(bulk_settings)) as client,
    ):
        yield client


async def _outcomes(by: Caller, action: str, items: list[dict[str, Any]], **more: Any) -> list[dict[str, Any]]:
    response = await by.post(BULK, {"action": action, "items": items, **more})
    assert response.status_code == 202, response.text

    async def finished() -> dict[str, Any] | None:
        found: dict[str, Any] = (await by.get(response.headers["location"])).json()
        return found if found["finished_at"] else None

    job = await eventually(finished)
    assert (job["status"], len(job["result"]["items"])) == ("succeeded", len(items)), job
    return list(job["result"]["items"])


async def _item(by: Caller, path: str, behind: int = 0) -> dict[str, Any]:
    return {"id": id_of(path), "version": (await by.get(path)).json()["version"] - behind}


async def test_each_result_has_an_outcome(service: httpx.AsyncClient) -> None:
    admin, author = Caller(service, "admin"), Caller(service, "author_xa")
    of = await subject(admin)
    framework = (await admin.get(f"/actions/v1/periods/{of['period_id']}")).json()["framework"]
    paths = []
    for value in ("10", "11", "12", None):
        made = await admin.post("/actions/v1/indicators", indicator_body(framework=framework))
        await admin.step(made.json()["links"]["self"], "publish")
        paths.append(await result(author, {**of, "indicator_id": made.json()["id"]}, value=value))
    hidden = await result(Caller(service, "author_xb"), {**of, "country": "XB"})
    unknown = {"id": str(uuid4()), "version": 1}
    await author.change(paths[1], value="11.5")
    items = [await _item(author, path, behind) for path, behind in zip(paths, (0, 1, 0, 0), strict=True)]
    items += [{"id": id_of(hidden), "version": 1}, unknown]
    outcomes = await _outcomes(author, "submit", items)
    assert [one["id"] for one in outcomes] == [item["id"] for item in items]
    assert [one["status"] for one in outcomes] == ["submitted", "draft", "submitted", "draft", None, None]
    problems = [one["problem"] for one in outcomes]
    assert [problem and problem.get("reason", problem["code"]) for problem in problems] == [
        None, "version_conflict", None, "value_missing", "not_found", "not_found",
    ]  # fmt: skip
    line = (await author.get(f"{paths[0]}/history?limit=1")).json()["items"][0]
    assert (line["action"], line["by"]["id"]) == ("submit", str(CALLERS["author_xa"].id))


@pytest.fixture
async def publisher(
    service: httpx.AsyncClient, bulk_settings: ActionsSettings, monkeypatch: pytest.MonkeyPatch
) -> Caller:
    """A publisher of the country."""
    made = person(f"publisher {uuid4().hex}", grant("national_publisher", "country", "XA"))
    monkeypatch.setitem(CALLERS, made.name, made)
    async with as_superuser(bulk_settings.database_url) as connection:
        await enter_principal(connection, made)
    return Caller(service, made.name)


async def test_three_results_are_published_in_one_request(service: httpx.AsyncClient, publisher: Caller) -> None:
    admin, author = Caller(service, "admin"), Caller(service, "author_xa")
    of = await subject(admin)
    framework = (await admin.get(f"/actions/v1/periods/{of['period_id']}")).json()["framework"]
    indicators = [of["indicator_id"], *[await active_indicator(admin, framework=framework) for _ in range(2)]]
    paths = [await result(author, {**of, "indicator_id": one}) for one in indicators]
    for name, verb in (("author_xa", "submit"), ("focal_xa", "approve"), ("officer", "accept")):
        by = Caller(service, name)
        outcomes = await _outcomes(by, verb, [await _item(by, path) for path in paths])
        assert [one["problem"] for one in outcomes] == [None, None, None]
    anybody = Caller(service, "applicant")
    assert [(await anybody.get(path)).status_code for path in paths] == [404, 404, 404]
    outcomes = await _outcomes(publisher, "publish", [await _item(publisher, path) for path in paths])
    assert [(one["status"], one["problem"]) for one in outcomes] == [("published", None)] * 3
    assert [(await anybody.get(path)).json()["status"] for path in paths] == ["published"] * 3


async def test_warnings_are_acknowledged_for_many(service: httpx.AsyncClient) -> None:
    admin, author, focal = (Caller(service, name) for name in ("admin", "author_xa", "focal_xa"))
    of = await subject(admin)
    path = await result(author, of)
    framework = (await admin.get(f"/actions/v1/periods/{of['period_id']}")).json()["framework"]
    rule = await active_rule(
        admin, side(of["indicator_id"]), "less_than", side(constant="5"), framework=framework, severity="warning"
    )

    async def found() -> bool:
        listed = await author.get(f"{RESULTS}?validation=warning&indicator_id={of['indicator_id']}")
        return bool(listed.json()["items"])

    assert await eventually(found), "the job has validated the result by the new rule"
    await author.step(path, "submit")
    items = [await _item(author, path)]
    (refused,) = await _outcomes(focal, "approve", items)
    assert (refused["status"], refused["problem"]["reason"]) == ("submitted", "warnings_open")
    acknowledged = {"reason": "So it is", "fields": {"acknowledge": [rule["code"]]}}
    (approved,) = await _outcomes(focal, "approve", items, **acknowledged)
    assert (approved["status"], approved["problem"]) == ("approved", None)


async def test_what_no_result_could_take_is_refused_at_once(service: httpx.AsyncClient) -> None:
    government, one = Caller(service, "government_xa"), {"id": str(uuid4()), "version": 1}
    for body, pointer in (
        ({"action": "fly", "items": [one]}, "/action"),
        ({"action": "supersede", "items": [one]}, "/action"),
        ({"action": "return", "items": [one]}, "/reason"),
        ({"action": "approve", "fields": {"colour": "red"}, "items": [one]}, "/fields/colour"),
        ({"action": "submit", "items": [one, one]}, "/items/1/id"),
        ({"action": "submit", "items": []}, "/items"),
    ):
        response = await government.post(BULK, body)
        assert (response.status_code, [fault["pointer"] for fault in response.json()["errors"]]) == (422, [pointer])
    refused = await Caller(service, "author_xa").post(BULK, {"action": "publish", "items": [one]})
    assert (refused.status_code, refused.json()["reason"]) == (403, "not_permitted")
    assert (await Caller(service, None).post(BULK, {"action": "submit", "items": [one]})).status_code == 401
