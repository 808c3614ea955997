"""An erratum publishes a new version of a published text, and never loses the one before."""

from typing import Any

import asyncpg
import pytest

from tests.actions.global_report.test_builds import built, contents, said
from tests.actions.global_report.test_versions import ended
from tests.support.callers import Caller
from tests.support.centres import stepped
from tests.support.editions import CONTRIBUTIONS
from tests.support.review import TEXT, UnderReview, official, send_version
from tests.support.waiting import eventually

_COSTS = "final builds are made by processes of pandoc and typst"
_NEW = TEXT.replace("stores carbon", "stores 600 Gt of carbon")
_ERRATUM = {"version": 2, "severity": "major", "texts": {"en": "The number was missing."}}


async def completed(by: Caller, of: UnderReview, number: int) -> dict[str, Any]:
    """The build of this number, once it is complete."""

    async def found() -> dict[str, Any] | None:
        items = (await by.get(f"{of.edition_path}/builds")).json()["items"]
        return next((one for one in items if one["number"] == number and one["status"] == "complete"), None)

    return dict(await eventually(found))


async def numbers(by: Caller, of: UnderReview) -> list[int]:
    """The versions that the caller reads."""
    return [one["number"] for one in (await by.get(f"{of.path}/versions")).json()["items"]]


@pytest.mark.long(_COSTS)
async def test_an_erratum_never_loses_the_earlier_version(
    frozen: tuple[Caller, UnderReview], anonymous: Caller
) -> None:
    chief, text = frozen
    first = await built(chief, text.edition_path, "final")
    early = await chief.post(f"{text.path}/errata", _ERRATUM)
    assert (early.status_code, early.json()["current_state"]) == (409, "cleared")
    await stepped(chief, text.edition, "publish")
    old = (await anonymous.get(f"{text.path}/versions/1")).json()
    files = await contents(anonymous, first)

    assert await send_version(text.author, text.path, _NEW) == 2
    assert (await numbers(anonymous, text), await numbers(text.author, text)) == ([1], [2, 1])
    assert (await anonymous.get(f"{text.path}/versions/2")).status_code == 404
    shown = (await anonymous.get(text.path)).json()
    assert (shown["current"]["number"], (await chief.get(text.path)).json()["current"]["number"]) == (1, 2)
    late = {"body": "# Turba", "language": "es", "of": 1}
    assert (await text.author.post(f"{text.path}/versions", late)).status_code == 409
    job = await ended(text.author, await text.author.post(f"{text.path}/versions", {**late, "of": 2}))
    assert job["result"]["number"] == 3
    (before,) = (await anonymous.get(f"{text.edition_path}/builds")).json()["items"]
    assert (before["stale"], before["issue"]) == (False, 0)

    assert (await anonymous.get(f"{text.edition_path}/errata")).json()["items"] == []
    for caller, status in ((anonymous, 401), (text.author, 403)):
        assert (await caller.post(f"{text.path}/errata", _ERRATUM)).status_code == status
    for change in ({"version": 1}, {"version": 3}, {"version": 9}, {"severity": "vast"}, {"texts": {}}):
        assert (await text.editor.post(f"{text.path}/errata", {**_ERRATUM, **change})).status_code == 422, change
    made = await text.editor.post(f"{text.path}/errata", _ERRATUM)
    assert made.status_code == 201, made.text
    erratum = made.json()
    assert (erratum["issue"], erratum["version"], erratum["replaces"]) == (1, 2, 1)
    assert (await text.editor.post(f"{text.path}/errata", _ERRATUM)).status_code == 422, "it is published"
    again = await completed(anonymous, text, erratum["build"])

    assert await numbers(anonymous, text) == [3, 2, 1]
    assert (await anonymous.get(f"{text.path}/versions/1")).json() == old
    assert "600 Gt" in (await anonymous.get(f"{text.path}/versions/2")).text
    shown = (await anonymous.get(text.path)).json()
    assert (shown["published_version"], shown["current"]["number"]) == (2, 2)
    edition = (await anonymous.get(text.edition_path)).json()
    assert (edition["status"], edition["issue"]) == ("published", 1)
    listed = (await anonymous.get(f"{text.path}/errata")).json()["items"]
    assert [(one["issue"], one["texts"], one["build"]) for one in listed] == [(1, _ERRATUM["texts"], None)]
    assert (await anonymous.get(made.headers["location"])).json() == listed[0]
    assert (await anonymous.get(f"{text.edition_path}/errata")).json() == {"items": listed, "next": None}
    assert (await anonymous.get(f"{text.path}/errata/{erratum['id']}")).json() == listed[0]
    for other in ("2", "x", text.contribution["id"]):
        assert (await anonymous.get(f"{text.path}/errata/{other}")).status_code == 404

    assert (again["issue"], again["stale"], again["languages"]) == (1, False, ["ar", "en"])
    new = await contents(anonymous, again)
    number = f"{text.edition['year']}.{text.edition['number']}.1"
    for ending in ("en.html", "en.md", "en.jats.xml"):
        assert b"600 Gt" in new[ending], ending
        assert b"The number was missing." in new[ending], ending
    assert f"{number}, " in said(new["en.pdf"])
    assert "The number was missing." in said(new["en.pdf"])
    items = (await anonymous.get(f"{text.edition_path}/builds")).json()["items"]
    assert [(one["issue"], one["stale"]) for one in items] == [(1, False), (0, True)]
    assert await contents(anonymous, items[1]) == files, "the files of the issue before stand"
    assert await contents(anonymous, await built(chief, text.edition_path, "final", issue=0)) == files
    wrong = await chief.post(f"{text.edition_path}/builds", {"kind": "final", "issue": 2})
    assert wrong.json()["errors"][0]["pointer"] == "/issue"
    await _stands_in_metadata(anonymous, text, number)


async def _stands_in_metadata(anonymous: Caller, text: UnderReview, number: str) -> None:
    datacite = (await anonymous.get(f"{text.path}/citation?format=datacite_json")).json()
    earlier = [one for one in datacite["relatedIdentifiers"] if one["relationType"] == "IsNewVersionOf"]
    page = f"/reports/{text.edition['id']}/{text.contribution['id']}/versions/1"
    assert [one["relatedIdentifier"].endswith(page) for one in earlier] == [True]
    assert datacite["version"] == number
    (item,) = (await anonymous.get(f"{text.path}/citation")).json()
    assert item["note"] == f"Erratum in issue {number}: The number was missing."
    assert "The number was missing." in (await anonymous.get(f"{text.path}/citation?format=jats")).text
    (replaced,) = (await anonymous.get(f"{text.path}/citation?version=1")).json()
    assert (replaced["id"], replaced["URL"].endswith(page)) == (f"{item['id']}-v1", True)
    assert (replaced["note"], "version" in replaced) == (f"Superseded by version 2 in issue {number}.", False)
    (same,) = (await anonymous.get(f"{text.path}/citation?version=2")).json()
    assert same == item
    for other, status in (("3", 404), ("9", 404), ("x", 400), ("-1", 400)):
        assert (await anonymous.get(f"{text.path}/citation?version={other}")).status_code == status
    (whole,) = (await anonymous.get(f"{text.edition_path}/citation")).json()
    assert (whole["number"], whole["note"]) == (number, f"Corrected in issue {number}.")


@pytest.mark.long(_COSTS)
async def test_a_chapter_is_corrected_with_the_consent_of_its_country(
    frozen: tuple[Caller, UnderReview],
    admin: Caller,
    anonymous: Caller,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chief, text = frozen
    key = text.contribution["id"]
    consent = '{"version": 1, "at": "2026-01-01T00:00:00Z"}'
    await superuser.execute(
        "UPDATE action_contribution SET country = 'XA', outline_key = 'alphaland', consent = $2::jsonb WHERE id = $1",
        key,
        consent,
    )
    await built(chief, text.edition_path, "final")
    await stepped(chief, text.edition, "publish")
    publisher = official(admin, monkeypatch, "XA", "national_publisher")
    assert (await publisher.step(text.path, "consent")).json()["reason"] == "consent_given"
    assert await _waits_for(publisher) == []
    await send_version(chief, text.path, _NEW)
    refused = await chief.post(f"{text.path}/errata", _ERRATUM)
    assert (refused.status_code, refused.json()["reason"]) == (409, "national_consent_missing")
    assert await _waits_for(publisher) == [key]
    assert (await publisher.get(f"{text.path}/versions/2")).status_code == 200
    await stepped(publisher, text.contribution, "consent")
    assert await _waits_for(publisher) == []
    made = await chief.post(f"{text.path}/errata", _ERRATUM)
    assert made.status_code == 201, made.text
    await completed(anonymous, text, made.json()["build"])
    assert (await anonymous.get(f"{CONTRIBUTIONS}/{key}")).json()["consent"] is None


async def _waits_for(caller: Caller) -> list[str]:
    """The published chapters that wait for the caller."""
    found = await caller.get(f"{CONTRIBUTIONS}?holder=me&status=published")
    assert found.status_code == 200, found.text
    return [one["id"] for one in found.json()["items"]]
