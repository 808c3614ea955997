"""Whoever signed without an account gets the decision of the office by mail, in the language of the signature."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.membership.issuing.support_mails.operations import TEMPLATES, prepare
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.mail.sealing import Mail
from tests.membership.initiatives.supports.conftest import SUPPORTS, Body, Campaign, form, tokens_in
from tests.support.callers import Caller
from tests.support.mailbox import text_of
from tests.support.membership import EXPERTS, entered
from tests.support.waiting import eventually

_RESULT = """
SELECT result FROM core_job WHERE job_type = 'send_support_decision' AND payload ->> 'support' = $1
    AND status = 'succeeded'
"""


async def _held(campaign: Campaign, **more: Any) -> tuple[Body, dict[str, str]]:
    """A confirmed signature that waits for the office, and the tokens of its mail."""
    initiative = await campaign.initiative()
    tokens = await campaign.signed(initiative, **more)
    assert (await campaign.confirm(tokens["support"])).json()["status"] == "pending"
    (held,) = await campaign.supports(initiative)
    return held, tokens


def _throwaway(**more: Any) -> Body:
    body = form(**more)
    return {**body, "email": body["email"].replace("example.org", "mailinator.com")}


async def _is_sent(campaign: Campaign, superuser: asyncpg.Connection, support: Body) -> bool:
    async def result() -> Any:
        return await superuser.fetchval(_RESULT, support["id"])

    return '"sent": true' in await eventually(result)


async def test_an_acceptance_has_the_certificate_and_the_withdrawal(campaign: Campaign) -> None:
    body = _throwaway(language="fr", name="Amina Khan")
    held, tokens = await _held(campaign, **body)
    accepted = await campaign.admin.step(f"{SUPPORTS}/{held['id']}", "verify")
    assert accepted.status_code == 200, accepted.text
    mail = await campaign.mailbox.next_to(body["email"], 2)
    assert (mail["Subject"], mail["Content-Language"]) == ("Votre signature compte : Soils for all", "fr")
    text = text_of(mail)
    assert "Amina Khan" in text
    (page,) = [line for line in text.splitlines() if line.startswith("https://escm.test/v/")]
    verified = (await campaign.public.get(f"/membership/v1/certificates/verify/{page.rpartition('/')[2]}")).json()
    assert (verified["status"], verified["kind"]) == ("valid", "support")
    assert set(tokens_in(mail)) == {"withdrawal"}
    assert tokens_in(mail)["withdrawal"] != tokens["withdrawal"]
    assert (await campaign.withdraw(tokens["withdrawal"])).json()["status"] == "withdrawn"
    assert (await campaign.withdraw(tokens_in(mail)["withdrawal"])).json()["status"] == "withdrawn"


async def test_an_initiative_without_certificates_names_none(campaign: Campaign) -> None:
    initiative = await campaign.initiative(certificate=False)
    body = _throwaway()
    await campaign.confirm((await campaign.signed(initiative, **body))["support"])
    (held,) = await campaign.supports(initiative)
    await campaign.admin.step(f"{SUPPORTS}/{held['id']}", "verify")
    text = text_of(await campaign.mailbox.next_to(body["email"], 2))
    assert "/v/" not in text
    assert "\n\n\n" not in text
    assert "#withdrawal=" in text


@pytest.mark.parametrize(
    ("fields", "category", "said"),
    [
        ({"category": "duplicate"}, "duplicate", "ya había firmado."),
        ({}, "other", "otro."),
    ],
)
async def test_a_rejection_has_its_category_and_no_more(
    campaign: Campaign, fields: dict[str, str], category: str, said: str
) -> None:
    body = _throwaway(language="es")
    held, tokens = await _held(campaign, **body)
    path = f"{SUPPORTS}/{held['id']}"
    rejected = await campaign.admin.step(path, "reject", reason="Seen on another sheet.", fields=fields)
    assert (rejected.status_code, rejected.json()["rejected_for"]) == (200, category), rejected.text
    mail = await campaign.mailbox.next_to(body["email"], 2)
    assert mail["Subject"] == "Su firma no fue aceptada: Soils for all"
    text = text_of(mail)
    assert said in text
    assert "#" not in text
    assert "another sheet" not in text
    assert (await campaign.confirm(tokens["support"])).json()["status"] == "rejected"


async def test_an_unknown_category_is_refused(campaign: Campaign) -> None:
    held, _ = await _held(campaign, **_throwaway())
    refused = await campaign.admin.step(
        f"{SUPPORTS}/{held['id']}", "reject", reason="Odd.", fields={"category": "dislike"}
    )
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/fields/category")


async def test_an_unconfirmed_address_gets_no_decision(campaign: Campaign, superuser: asyncpg.Connection) -> None:
    initiative = await campaign.initiative()
    await campaign.signed(initiative)
    (pending,) = await campaign.supports(initiative)
    await campaign.admin.step(f"{SUPPORTS}/{pending['id']}", "reject", reason="Nobody.")
    assigned = "SELECT count(*) FROM core_job WHERE job_type = 'send_support_decision' AND payload ->> 'support' = $1"
    assert await superuser.fetchval(assigned, pending["id"]) == 0


async def test_a_member_is_notified_and_not_mailed(
    campaign: Campaign, superuser: asyncpg.Connection, member: Callable[..., Any]
) -> None:
    body = _throwaway()
    _, record = await member(emails=[{"value": body["email"]}])
    verified = "UPDATE member_expert SET emails = jsonb_set(emails, '{0,verified}', 'true') WHERE id = $1"
    await superuser.execute(verified, UUID(record["id"]))
    held, _ = await _held(campaign, **body)
    accepted = await campaign.admin.step(f"{SUPPORTS}/{held['id']}", "verify")
    assert accepted.json()["expert_id"] == record["id"], accepted.text
    assert not await _is_sent(campaign, superuser, held)


async def test_a_mail_whose_support_was_withdrawn_meanwhile_is_dropped(campaign: Campaign, database: Database) -> None:
    body = _throwaway()
    held, tokens = await _held(campaign, **body)
    await campaign.admin.step(f"{SUPPORTS}/{held['id']}", "verify")
    await campaign.mailbox.next_to(body["email"], 2)
    values = {"support": held["id"], "withdrawal": "another-token"}
    mail = Mail(body["email"], TEMPLATES["accepted"], "en", values)
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await prepare(uow, mail) == mail
    await campaign.withdraw(tokens["withdrawal"])
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        assert await prepare(uow, mail) is None
        assert await prepare(uow, Mail(body["email"], TEMPLATES["rejected"], "en", values)) is None


async def test_a_signature_under_the_address_of_another_is_in_their_hands(campaign: Campaign) -> None:
    initiative, victim = await campaign.initiative(), form()["email"]
    known = await entered(campaign.admin, emails=[{"value": victim}])
    before = (await campaign.admin.get(f"{EXPERTS}/{known['id']}")).json()
    tokens = await campaign.signed(initiative, email=victim, name="Mallory Else", consent_to_list=True)
    count = await campaign.count(initiative)
    assert (count["supporters"], count["organisations_unmatched"]) == (0, 0)
    stranger: Caller = campaign.public
    supporters = (await stranger.get(f"/membership/v1/initiatives/{initiative['id']}/supporters")).json()
    assert (supporters["items"], supporters["unlisted"]) == ([], 0)
    assert (await campaign.admin.get(f"{EXPERTS}/{known['id']}")).json() == before
    assert (await campaign.withdraw(tokens["withdrawal"])).json()["status"] == "withdrawn"
    assert (await campaign.confirm(tokens["support"])).json()["status"] == "withdrawn"
    (support,) = await campaign.supports(initiative)
    assert (support["signer"], support["expert_id"]) == (None, None)
