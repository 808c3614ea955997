"""Exports of programmes, their actions and milestones, and of endorsements: what the list shows its caller."""

import csv
import io
from collections.abc import Callable

from tests.actions.programme import action, made, milestone, programme
from tests.support.assessments import assessment, subjects
from tests.support.callers import Caller
from tests.support.imports import Importer
from tests.support.results import indicator
from tests.support.tasks import task

V1 = "/actions/v1"
_COUNTRY = "XA"
_DOCUMENT = {"title": "Letter", "date": "2026-03-02", "url": "https://example.org/letter.pdf"}


async def _exported(by: Importer, resource: str) -> dict[str, dict[str, str]]:
    """The lines of an export, by id."""
    filters = {} if resource == "indicators" else {"country": _COUNTRY}
    wish = {"resource": resource, "format": "csv", "filters": filters}
    response = await by.caller.post(f"{V1}/exports", wish)
    assert response.status_code == 202, response.text
    job = await by.end_of(response.headers["location"])
    assert job["status"] == "succeeded", job
    content = (await by.caller.get(job["result_url"])).content
    return {line["id"]: line for line in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))}


async def test_lists_of_actions_are_exported(importer: Callable[[str], Importer], admin: Caller) -> None:
    paths = {"programmes": await programme(admin)}
    paths["actions"] = await action(admin, paths["programmes"], "action-1", titles={"en": "Plant reeds"})
    paths["milestones"] = await milestone(admin, paths["actions"], titles={"en": "Reeds planted"})
    claim = {"country": _COUNTRY, "body": {"name": "Ministry", "kind": "ministry"}, "level": 2, "document": _DOCUMENT}
    paths["endorsements"] = made(await admin.post(f"{V1}/endorsements", claim))
    paths["tasks"], paths["indicators"] = await task(admin), await indicator(admin)
    of_office, of_others = importer("admin"), importer("author_xb")
    for resource, path in paths.items():
        key = path.rpartition("/")[2]
        line, shown = (await _exported(of_office, resource))[key], (await admin.get(path)).json()
        for name in ("ref", "status", "country"):
            assert line[name] == (shown[name] or "")
        seen = await of_others.caller.get(path)
        assert (key in await _exported(of_others, resource)) == (seen.status_code == 200)
    assert (
        "Reeds planted" in (await _exported(of_office, "milestones"))[paths["milestones"].rpartition("/")[2]]["titles"]
    )


async def test_drafts_of_assessments_are_in_no_export_of_the_country(
    importer: Callable[[str], Importer], admin: Caller
) -> None:
    found, of_period = await subjects(admin.known_as("author_xa"))
    path = await assessment(admin, "action", found["action"], of_period)
    of_office, of_country = importer("admin"), importer("author_xa")
    for is_known in (False, True):
        assert path[-36:] in await _exported(of_office, "assessments")
        assert (path[-36:] in await _exported(of_country, "assessments")) is is_known
        await admin.known_as("officer").step(path, "submit")
