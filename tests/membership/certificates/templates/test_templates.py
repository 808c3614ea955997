"""Administrators write the wording of certificates; one template of each kind is in force."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from services.membership.certificates.templates.domain import KINDS, around_holder
from services.membership.certificates.templates.queries import in_force
from shared.database.pool import Database
from shared.kernel.text import LANGUAGES
from tests.support.callers import Caller

TEMPLATES = "/membership/v1/certificate_templates"
WORDING = {"kind": "authorship", "titles": {"en": "Certificate"}, "bodies": {"en": "{holder} wrote “{subject}”."}}


async def _drafted(admin: Caller, **more: Any) -> dict[str, Any]:
    made = await admin.post(TEMPLATES, {**WORDING, **more})
    assert made.status_code == 201, made.text
    return dict(made.json())


async def test_shipped_wording_is_in_force_in_six_languages(admin: Caller, database: Database) -> None:
    found = (await admin.get(f"{TEMPLATES}?sort=created_at&limit=200")).json()["items"]
    shipped = {one["kind"]: one for one in found if one["created_by"] == "system"}
    assert set(shipped) == set(KINDS)
    replaced = {kind for kind, one in shipped.items() if one["status"] != "active"}
    assert replaced <= {WORDING["kind"]}, "other tests write the wording of this kind"
    for one in shipped.values():
        assert set(one["titles"]) == set(one["bodies"]) == set(one["signatory"]["offices"]) == set(LANGUAGES)
    async with database.acquire() as connection:
        assert (await in_force(connection, "support")).ref == shipped["support"]["ref"]


async def test_another_template_takes_over(admin: Caller) -> None:
    first, second = [(await _drafted(admin))["links"]["self"] for _ in range(2)]
    assert (await admin.step(first, "activate")).json()["status"] == "active"
    changed = await admin.patch(first, {"titles": {"en": "Another"}}, etag=(await admin.get(first)).headers["etag"])
    assert (changed.status_code, changed.json()["code"]) == (409, "conflict")
    assert (await admin.step(second, "activate")).json()["status"] == "active"
    assert (await admin.get(first)).json()["status"] == "retired"
    actions = [line["action"] for line in (await admin.get(f"{first}/history")).json()["items"]]
    assert actions == ["supersede", "activate", "create"]
    assert (await admin.step(second, "retire")).status_code == 422
    assert (await admin.step(second, "retire", reason="The report is over")).json()["status"] == "retired"


async def test_of_templates_activated_at_once_one_is_active(admin: Caller) -> None:
    drafts = [(await _drafted(admin))["links"]["self"] for _ in range(4)]
    taken = await asyncio.gather(*(admin.step(draft, "activate") for draft in drafts))
    assert [response.status_code for response in taken] == [200] * 4
    found = (await admin.get(f"{TEMPLATES}?status=active&kind=authorship")).json()["items"]
    assert len(found) == 1


async def test_a_draft_changes(admin: Caller) -> None:
    draft = (await _drafted(admin))["links"]["self"]
    bodies = {"en": "{holder} wrote.", "fr": "{holder} a écrit."}
    etag = (await admin.get(draft)).headers["etag"]
    changed = await admin.patch(draft, {"titles": {"fr": "Attestation"}, "bodies": bodies}, etag=etag)
    assert (changed.status_code, changed.json()["bodies"]) == (200, bodies)
    assert (await admin.step(draft, "retire", reason="Not needed")).json()["status"] == "retired"


@pytest.mark.parametrize(
    ("fault", "pointer"),
    [
        ({"bodies": {"en": "Nobody wrote."}}, "/bodies/en"),
        ({"bodies": {"en": "{holder} and {holder}"}}, "/bodies/en"),
        ({"bodies": {"en": "{holder} {valid_to}"}}, "/bodies/en"),
        ({"bodies": {"en": "{holder} {"}}, "/bodies/en"),
        ({"bodies": {"en": "{holder} {{subject}}"}}, "/bodies/en"),
        ({"bodies": {"en": "{holder}", "fr": "{holder}"}}, "/bodies"),
        ({"titles": {"fr": "Attestation"}, "bodies": {"fr": "{holder}"}}, "/titles/en"),
        ({"titles": {"de": "Urkunde"}}, "/titles/de"),
        ({"titles": {"en": "x" * 201}}, "/titles/en"),
        ({"bodies": {"en": "{holder}" + "x" * 2_000}}, "/bodies/en"),
        ({"kind": "election"}, "/kind"),
        ({"signatory": {"offices": {"fr": "Secrétariat"}}}, "/signatory/offices/en"),
    ],
)
async def test_wording_within_bounds(admin: Caller, fault: dict[str, Any], pointer: str) -> None:
    refused = await admin.post(TEMPLATES, {**WORDING, **fault})
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert "x" * 20 not in refused.text


@pytest.mark.parametrize("name", ["officer", "author_xa", "applicant"])
async def test_only_administrators_write_and_read(caller: Callable[[str | None], Caller], name: str) -> None:
    assert (await caller(name).post(TEMPLATES, WORDING)).status_code == 403
    assert (await caller(name).get(TEMPLATES)).json()["items"] == []
    assert (await caller(None).get(TEMPLATES)).status_code == 401
    assert (await caller("auditor").get(TEMPLATES)).json()["items"] != []


def test_values_are_not_searched_for_placeholders() -> None:
    before, after = around_holder("In {subject}, {holder} took part.", {"subject": "{holder} {year}"})
    assert (before, after) == ("In {holder} {year},", "took part.")
