"""An accepted support and an attended participation have one certificate, which ends with them."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.membership.access import ROLES
from services.membership.certificates.certificates.operations import CERTIFICATES as CERTIFICATE_KIND
from services.membership.issuing.bulk_issues.operations import Order, issue_once
from services.membership.issuing.bulk_issues.queries import SOURCES
from shared.contracts import signing
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.errors import Invalid
from shared.kernel.principal import Principal, PrincipalKind
from shared.records.access_scope import access_scope_for
from tests.membership.certificates.certificates.test_certificates import CERTIFICATES
from tests.membership.certificates.certificates.test_following import react
from tests.membership.initiatives.supports.conftest import SUPPORTS, Campaign
from tests.support.callers import Caller, grant
from tests.support.membership import entered, planned, registered

VERIFY = f"{CERTIFICATES}/verify"
_ADMIN = Principal(PrincipalKind.ACCOUNT, uuid4(), "admin", (grant("secretariat_admin", "global"),))


async def _about(admin: Caller, record: str, kind: str) -> list[dict[str, Any]]:
    items = (await admin.get(CERTIFICATES, params={"subject_id": record, "kind": kind})).json()["items"]
    return sorted(items, key=lambda one: one["id"])


@pytest.mark.parametrize(("agrees", "name"), [(True, "Amina Khan"), (False, None)])
async def test_a_listed_supporter_is_named_to_whoever_verifies(
    campaign: Campaign, database: Database, *, agrees: bool, name: str | None
) -> None:
    initiative = await campaign.initiative()
    tokens = await campaign.signed(initiative, name="Amina Khan", consent_to_list=agrees)
    found = await campaign.support((await campaign.confirm(tokens["support"])).json()["ref"])
    await react(database, signing.SUPPORT_ACCEPTED, subject=found["id"])
    (made,) = await _about(campaign.admin, found["id"], "support")
    address = f"{VERIFY}/{made['code']}"
    assert (await campaign.public.get(address)).json()["holder_name"] == name
    assert (await campaign.withdraw(tokens["withdrawal"])).status_code == 200
    assert (await campaign.public.get(address)).json()["holder_name"] is None


async def test_a_supporter_gets_one_certificate_with_the_mailed_token(campaign: Campaign, database: Database) -> None:
    initiative = await campaign.initiative()
    tokens = await campaign.signed(initiative, name="Amina Khan", language="fr")
    confirmed = (await campaign.confirm(tokens["support"])).json()
    found = await campaign.support(confirmed["ref"])
    for _ in range(2):
        await react(database, signing.SUPPORT_ACCEPTED, signing.SUPPORT_REINSTATED, subject=found["id"])
    (made,) = await _about(campaign.admin, found["id"], "support")
    assert (made["status"], made["language"], made["holder_name"]) == ("issued", "fr", "Amina Khan")
    assert (made["holder"], made["valid_to"]) == ({"expert_id": found["expert_id"]}, None)
    assert (await campaign.support(found["id"]))["certificate_id"] == made["id"]
    again = (await campaign.confirm(tokens["support"])).json()
    assert (again["certificate"]["code"], again["certificate"]["status"]) == (made["code"], "issued")
    assert (await campaign.public.get(again["certificate"]["pdf_url"])).status_code in (200, 202)
    suspended = await campaign.admin.step(f"{CERTIFICATES}/{made['id']}", "suspend", reason="A question is open.")
    assert suspended.status_code == 200, suspended.text
    held = (await campaign.confirm(tokens["support"])).json()["certificate"]
    assert held == {"code": made["code"], "status": "suspended", "pdf_url": None}
    withdrawn = await campaign.withdraw(tokens["withdrawal"])
    over = {"code": made["code"], "status": "revoked", "pdf_url": None}
    assert (withdrawn.status_code, withdrawn.json()["certificate"]) == (200, over), withdrawn.text
    await react(database, signing.SUPPORT_ACCEPTED, signing.SUPPORT_WITHDRAWN, subject=found["id"])
    verified = (await campaign.public.get(f"{VERIFY}/{made['code']}")).json()
    assert (verified["status"], verified["revoked_for"]) == ("revoked", "withdrawn")
    for response in (await campaign.confirm(tokens["support"]), await campaign.withdraw(tokens["withdrawal"])):
        assert (response.status_code, response.json()["certificate"]) == (200, over)


async def test_an_initiative_may_give_no_certificates(campaign: Campaign, database: Database) -> None:
    found = await campaign.supported(await campaign.initiative(certificate=False))
    await react(database, signing.SUPPORT_ACCEPTED, subject=found["id"])
    assert await _about(campaign.admin, found["id"], "support") == []


async def test_an_annulled_support_and_a_deleted_one_have_none(
    campaign: Campaign, database: Database, superuser: asyncpg.Connection
) -> None:
    initiative = await campaign.initiative()
    for end in (
        "UPDATE member_support SET status = 'annulled' WHERE ref = $1",
        "DELETE FROM member_support WHERE ref = $1",
    ):
        found = await campaign.supported(initiative)
        await react(database, signing.SUPPORT_ACCEPTED, subject=found["id"])
        await superuser.execute(end, found["ref"])
        await react(database, signing.SUPPORT_ANNULLED, signing.SUPPORT_DELETED, subject=found["id"])
        assert [one["status"] for one in await _about(campaign.admin, found["id"], "support")] == ["revoked"]


async def test_who_attended_gets_a_certificate_and_who_was_absent_none(admin: Caller, database: Database) -> None:
    congress = await planned(admin)
    for verb, expected in (("attend", ["issued"]), ("absent", [])):
        made = await registered(admin, congress["id"], (await entered(admin))["id"])
        assert (await admin.step(made["links"]["self"], verb)).status_code == 200
        await react(database, signing.PARTICIPATION_ATTENDED, signing.PARTICIPATION_UPDATED, subject=made["id"])
        assert [one["status"] for one in await _about(admin, made["id"], "participation")] == expected


async def test_supports_and_participations_are_found_for_a_bulk_issue(campaign: Campaign, database: Database) -> None:
    initiative, congress = await campaign.initiative(), await planned(campaign.admin)
    support = await campaign.supported(initiative)
    participation = await registered(campaign.admin, congress["id"], (await entered(campaign.admin))["id"])
    await campaign.admin.step(participation["links"]["self"], "attend")
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        for kind, filters, expected in (
            ("support", {"initiative_id": initiative["id"]}, support),
            ("participation", {"congress_id": congress["id"], "country": ["XA"]}, participation),
        ):
            found = await SOURCES[kind].page(uow.connection, _ADMIN, filters, None, 10)
            assert [str(one) for one in found] == [expected["id"]]
            assert await SOURCES[kind].page(uow.connection, _ADMIN, filters, found[0], 10) == []
    assert (await campaign.admin.get(f"{SUPPORTS}/{support['id']}")).json()["certificate_id"] is None


async def test_a_bulk_issue_shows_nothing_to_an_officer_of_another_country(
    campaign: Campaign, database: Database
) -> None:
    initiative = await campaign.initiative()
    support = UUID((await campaign.supported(initiative))["id"])
    officer = Principal(PrincipalKind.ACCOUNT, uuid4(), "officer", (grant("secretariat_officer", "country", "XC"),))
    access = access_scope_for(officer, ROLES, CERTIFICATE_KIND.resource)
    problems = []
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        for countries in ({}, {"country": ["XA"]}):
            assert await SOURCES["support"].page(uow.connection, officer, countries, None, 10) == []
        for one in (support, uuid4()):
            with pytest.raises(Invalid) as refused:
                await issue_once(uow, access, Order("support", {}, None, None, None), one)
            problems.append(refused.value.errors)
    assert problems[0] == problems[1]
