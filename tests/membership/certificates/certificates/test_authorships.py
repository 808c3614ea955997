"""The experts who contributed to a published report have a certificate of authorship each, while it stays published; so
do the authors of a published contribution to the Global Report."""

import random
from itertools import count
from json import dumps
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.membership.certificates.certificates.operations import CERTIFICATES as KIND
from services.membership.issuing.subjects.queries import subject_of
from services.membership.references import EXPERTS as FOLLOWING
from shared.contracts import membership, reporting
from shared.contracts.report import CONTRIBUTION_PUBLISHED
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from tests.actions.neighbours import change, enter
from tests.membership.certificates.certificates.test_certificates import CERTIFICATES, issued
from tests.membership.certificates.certificates.test_following import react
from tests.support.callers import Caller
from tests.support.membership import EXPERTS, entered
from tests.support.merges import merged, undone

_numbers = count(1)
_FACTS = (reporting.REPORT_PUBLISHED, reporting.REPORT_SUPERSEDED, reporting.REPORT_RETRACTED)


async def written_report(superuser: asyncpg.Connection, *experts: dict[str, Any], status: str = "published") -> UUID:
    """A report about 2026 to which these experts contributed."""
    framework = f"{uuid4().hex}/2026"
    of_framework = {"framework": framework, "country": None}
    await enter(superuser, "action_framework", code=framework, status="current", country=None)
    programme = await enter(superuser, "action_programme", framework=framework, status="implementing")
    period = await enter(superuser, "action_period", code="2026", status="open", **of_framework)
    template = await enter(superuser, "action_report_template", status="active", **of_framework)
    of = {"programme_id": programme, "period_id": period, "template_id": template}
    authors = [UUID(one["id"]) for one in experts]
    return await enter(superuser, "action_report", status=status, prefill="none", expert_ids=authors, **of)


async def _about(admin: Caller, report: UUID) -> list[dict[str, Any]]:
    items = (await admin.get(CERTIFICATES, params={"subject_id": str(report)})).json()["items"]
    return sorted(items, key=lambda one: one["id"])


async def _states(admin: Caller, report: UUID) -> dict[str, str]:
    """The state of the certificate of each holder."""
    return {one["holder"]["expert_id"]: one["status"] for one in await _about(admin, report)}


async def test_each_expert_who_contributed_has_one_certificate(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    first, second = await entered(admin, languages=["fr"]), await entered(admin, country="XB")
    report = await written_report(superuser, first, second)
    for _ in range(3):
        await react(database, reporting.REPORT_PUBLISHED, subject=str(report))
    found = {one["holder"]["expert_id"]: one for one in await _about(admin, report)}
    assert {key: (one["kind"], one["status"], one["country"], one["language"]) for key, one in found.items()} == {
        first["id"]: ("authorship", "issued", "XA", "fr"), second["id"]: ("authorship", "issued", "XB", "en"),
    }  # fmt: skip
    assert found[first["id"]]["subject"] == {"resource": "actions.reports", "id": str(report)}


@pytest.mark.parametrize("status", ["retracted", "superseded"])
async def test_a_report_that_is_not_published_any_more_revokes_them_in_any_order_of_facts(
    admin: Caller, database: Database, superuser: asyncpg.Connection, status: str
) -> None:
    expert = await entered(admin)
    report = await written_report(superuser, expert, status="cleared")
    await react(database, *_FACTS, subject=str(report))
    assert await _about(admin, report) == []
    await change(superuser, "action_report", report, status="published")
    await react(database, *random.sample(_FACTS, 3), subject=str(report))
    assert await _states(admin, report) == {expert["id"]: "issued"}
    await change(superuser, "action_report", report, status=status)
    await react(database, *random.sample(_FACTS, 3), subject=str(report))
    (made,) = await _about(admin, report)
    assert (made["status"], made["revoked_for"]) == ("revoked", "withdrawn")
    await react(database, reporting.REPORT_PUBLISHED, subject=str(uuid4()))


async def test_a_merged_expert_has_one_whichever_service_hears_of_the_merge_first(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    winner, loser = await entered(admin), await entered(admin)
    early, late = [await written_report(superuser, loser) for _ in range(2)]
    await react(database, reporting.REPORT_PUBLISHED, subject=str(early))
    merge = await merged(admin, winner, loser)
    await react(database, reporting.REPORT_PUBLISHED, subject=str(early))
    assert await _states(admin, early) == {loser["id"]: "issued"}
    await react(database, membership.EXPERT_MERGED, subject=loser["id"])
    for report in (early, late):
        await react(database, reporting.REPORT_PUBLISHED, subject=str(report))
        assert await _states(admin, report) == {winner["id"]: "issued"}
        await change(superuser, "action_report", report, expert_ids=[UUID(winner["id"])])
        await react(database, reporting.REPORT_PUBLISHED, subject=str(report))
        assert await _states(admin, report) == {winner["id"]: "issued"}
    await undone(admin, merge)
    await react(database, membership.EXPERT_UNMERGED, subject=loser["id"])
    assert await _states(admin, early) == {loser["id"]: "issued"}


async def test_a_restricted_expert_has_one_once_the_restriction_is_lifted(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    expert = await entered(admin)
    report, draft = [await written_report(superuser, expert, status=status) for status in ("published", "draft")]
    path = f"{EXPERTS}/{expert['id']}"
    assert (await admin.step(path, "restrict_processing", reason="A question is open")).status_code == 200
    await react(database, reporting.REPORT_PUBLISHED, subject=str(report))
    assert await _about(admin, report) == []
    assert (await admin.step(path, "lift_restriction")).status_code == 200
    await react(database, membership.EXPERT_RESTRICTION_LIFTED, subject=expert["id"])
    assert await _states(admin, report) == {expert["id"]: "issued"}
    assert await _about(admin, draft) == []


async def test_an_officer_names_a_report_to_which_the_holder_contributed(
    admin: Caller, superuser: asyncpg.Connection
) -> None:
    expert, other = await entered(admin), await entered(admin)
    report = await written_report(superuser, expert)
    body = {"kind": "authorship", "subject": {"resource": "actions.reports", "id": str(report)}}
    refused = await admin.post(CERTIFICATES, {**body, "holder": {"expert_id": other["id"]}})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/subject/id")
    assert (await admin.post(CERTIFICATES, {**body, "holder": {"expert_id": expert["id"]}})).status_code == 201
    wrong = await admin.post(CERTIFICATES, {**body, "kind": "review", "holder": {"expert_id": expert["id"]}})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/subject")


async def test_the_certificate_names_the_report_in_six_languages(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    expert = await entered(admin)
    report = await written_report(superuser, expert)
    await react(database, reporting.REPORT_PUBLISHED, subject=str(report))
    (made,) = await _about(admin, report)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        titles = await subject_of(uow.connection, await KIND.lock(uow, UUID(made["id"])))
    assert (titles["en"], titles["zh"][:9], len(titles)) == ("Progress report 2026 – Alphaland", "进展报告 2026", 6)


async def _contribution(superuser: asyncpg.Connection, *experts: dict[str, Any], status: str = "published") -> UUID:
    """A contribution to the Global Report that these experts wrote."""
    nowhere = {"country": None, "visibility": "public"}
    edition = await enter(superuser, "action_edition", status="published", year=2100, number=next(_numbers), **nowhere)
    authors = [UUID(one["id"]) for one in experts]
    titles = dumps({"en": "Peat and carbon", "fr": "Tourbe et carbone"})
    of = {"edition_id": edition, "expert_ids": authors, "titles": titles}
    of |= {"published_version": 1} if status == "published" else {}
    return await enter(superuser, "action_contribution", status=status, **of, **nowhere)


async def test_the_authors_of_a_published_contribution_have_one(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    first, second = await entered(admin, languages=["fr"]), await entered(admin, country="XB")
    text = await _contribution(superuser, first, second, status="cleared")
    await react(database, CONTRIBUTION_PUBLISHED, subject=str(text))
    assert await _about(admin, text) == []
    await change(superuser, "action_contribution", text, status="published", published_version=1)
    for _ in range(2):
        await react(database, CONTRIBUTION_PUBLISHED, subject=str(text))
    found = {one["holder"]["expert_id"]: one for one in await _about(admin, text)}
    assert {key: (one["kind"], one["status"], one["language"]) for key, one in found.items()} == {
        first["id"]: ("authorship", "issued", "fr"), second["id"]: ("authorship", "issued", "en"),
    }  # fmt: skip
    assert found[first["id"]]["subject"] == {"resource": "actions.contributions", "id": str(text)}
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        titles = await subject_of(uow.connection, await KIND.lock(uow, UUID(found[first["id"]]["id"])))
    assert titles == {"en": "Peat and carbon", "fr": "Tourbe et carbone"}


async def test_a_restricted_author_of_a_contribution_has_one_once_the_restriction_is_lifted(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    expert = await entered(admin)
    text, path = await _contribution(superuser, expert), f"{EXPERTS}/{expert['id']}"
    assert (await admin.step(path, "restrict_processing", reason="A question is open")).status_code == 200
    await react(database, CONTRIBUTION_PUBLISHED, subject=str(text))
    assert await _about(admin, text) == []
    assert (await admin.step(path, "lift_restriction")).status_code == 200
    await react(database, membership.EXPERT_RESTRICTION_LIFTED, subject=expert["id"])
    assert await _states(admin, text) == {expert["id"]: "issued"}


async def test_an_officer_certifies_the_authors_of_a_published_contribution_alone(
    admin: Caller, superuser: asyncpg.Connection
) -> None:
    expert, other = await entered(admin), await entered(admin)
    text, draft = [await _contribution(superuser, expert, status=status) for status in ("published", "draft")]
    for holder, about, status in ((other, text, 422), (expert, draft, 422), (expert, text, 201)):
        subject = {"resource": "actions.contributions", "id": str(about)}
        body = {"kind": "authorship", "subject": subject, "holder": {"expert_id": holder["id"]}}
        assert (await admin.post(CERTIFICATES, body)).status_code == status


async def test_only_grants_over_its_country_show_membership_a_report(
    database: Database, superuser: asyncpg.Connection, admin: Caller
) -> None:
    report = await written_report(superuser, await entered(admin))
    await change(superuser, "action_report", report, visibility="restricted")
    found = []
    for settings in ("", "SET LOCAL escm.countries = 'XB'", "SET LOCAL escm.countries = 'XA'"):
        async with database.acquire() as connection, connection.transaction():
            await connection.execute(settings or "SELECT 1")
            found.append(await connection.fetchval("SELECT 1 FROM action_published_report WHERE id = $1", report))
    assert found == [None, None, 1]


async def test_of_two_equal_certificates_the_one_of_the_merged_expert_stays_there(
    admin: Caller, database: Database, superuser: asyncpg.Connection
) -> None:
    winner, loser = await entered(admin), await entered(admin)
    subject = {"resource": "actions.reports", "id": str(await written_report(superuser, winner, loser))}
    about = {"kind": "authorship", "subject": subject}
    made = [await issued(admin, {"holder": {"expert_id": one["id"]}, **about}) for one in (winner, loser)]
    pair = {"winner_id": winner["id"], "loser_id": loser["id"]}
    assert (await admin.post("/membership/v1/merges", {"resource": "experts", **pair})).status_code == 201
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await FOLLOWING.rewrite(uow, UUID(loser["id"]))
    holders = [(await admin.get(one["links"]["self"])).json()["holder"]["expert_id"] for one in made]
    assert holders == [winner["id"], loser["id"]]
