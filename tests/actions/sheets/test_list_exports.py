"""Exports of programmes, their actions and milestones, and of endorsements: what the list shows its caller."""

import csv
import io
from collections.abc import Callable

from tests.actions.programme import action, made, milestone, programme
from tests.support.callers import Caller
from tests.support.imports import Importer

V1 = "/actions/v1"
_COUNTRY = "XA"
_DOCUMENT = {"title": "Letter", "date": "2026-03-02", "url": "https://example.org/letter.pdf"}


async def _exported(by: Importer, resource: str) -> dict[str, dict[str, str]]:
    """The lines of an export, by id."""
    wish = {"resource": resource, "format": "csv", "filters": {"country": _COUNTRY}}
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
    of_office, of_others = importer("admin"), importer("author_xb")
    for resource, path in paths.items():
        key = path.rpartition("/")[2]
        line, shown = (await _exported(of_office, resource))[key], (await admin.get(path)).json()
        for name in ("ref", "status", "country"):
            assert line[name] == shown[name]
        seen = await of_others.caller.get(path)
        assert (key in await _exported(of_others, resource)) == (seen.status_code == 200)
    assert (
        "Reeds planted" in (await _exported(of_office, "milestones"))[paths["milestones"].rpartition("/")[2]]["titles"]
    )
