"""Signatures by the public form: mails, confirmations, holds, withdrawals."""

import asyncio

import pytest

from tests.membership.initiatives.supports.conftest import INITIATIVES, SUPPORTS, Campaign, form
from tests.support.callers import Caller
from tests.support.mailbox import text_of
from tests.support.membership import EXPERTS


async def test_a_confirmed_signature_becomes_the_support_of_a_restricted_prospect(campaign: Campaign) -> None:
    initiative = await campaign.initiative()
    tokens = await campaign.signed(
        initiative,
        name="Amina Khan",
        email="amina.khan@soils.example.org",
        organisation={"raw": "Institute of Soils"},
        role="Professor",
        consent_to_list=True,
    )
    (pending,) = await campaign.supports(initiative)
    assert (pending["status"], pending["expert_id"], pending["visibility"]) == ("pending", None, "restricted")
    assert pending["signer"]["email"] == "amina.khan@soils.example.org"
    assert (await campaign.count(initiative))["supporters"] == 0
    assert (await campaign.public.get(f"{SUPPORTS}/verification")).status_code == 401
    responses = [await campaign.confirm(tokens["support"]) for _ in range(2)]
    assert [response.status_code for response in responses] == [200, 200]
    assert (
        responses[0].json() == responses[1].json() == {"ref": pending["ref"], "status": "accepted", "certificate": None}
    )
    found = await campaign.support(pending["id"])
    assert (found["status"], found["visibility"], found["listed_name"]) == ("accepted", "public", "Amina Khan")
    assert (found["signer"], found["email_verified"], found["hold"]) == (None, True, None)
    assert found["organisation"]["name"] == "Institute of Soils"
    expert = (await campaign.admin.get(f"{EXPERTS}/{found['expert_id']}?include=affiliations")).json()
    assert (expert["status"], expert["visibility"], expert["category"]) == ("prospect", "restricted", "supporter")
    assert expert["emails"][0]["verified"] is True
    count = await campaign.count(initiative)
    assert (count["supporters"], count["countries"], count["organisations_unmatched"]) == (1, 1, 1)


async def test_known_and_unknown_addresses_get_equal_responses(campaign: Campaign) -> None:
    initiative = await campaign.initiative()
    known = await campaign.supported(initiative, email="known@known.example.org")
    again = await campaign.sign(initiative, email="known@known.example.org")
    strange = await campaign.sign(initiative)
    assert (again.status_code, again.content) == (strange.status_code, strange.content) == (202, b"{}")
    assert known["status"] == "accepted"


async def test_who_signs_twice_has_one_support(campaign: Campaign) -> None:
    initiative = await campaign.initiative()
    first = await campaign.signed(initiative, email="twice@twice.example.org", name="Bilal Twice")
    second = await campaign.signed(initiative, 2, email="twice@twice.example.org", name="B. Twice")
    responses = [await campaign.confirm(token) for token in (first["support"], second["support"], second["support"])]
    assert [response.status_code for response in responses] == [200] * 3
    assert len({response.json()["ref"] for response in responses}) == 1
    assert [one["status"] for one in await campaign.supports(initiative)] == ["accepted"]
    assert (await campaign.withdraw(second["withdrawal"])).json()["status"] == "withdrawn"
    assert (await campaign.count(initiative))["supporters"] == 0


async def test_a_withdrawal_may_be_repeated_and_lowers_the_count(campaign: Campaign) -> None:
    initiative = await campaign.initiative()
    tokens = await campaign.signed(initiative, consent_to_list=True)
    await campaign.confirm(tokens["support"])
    assert (await campaign.count(initiative))["supporters"] == 1
    responses = [await campaign.withdraw(tokens["withdrawal"]) for _ in range(2)]
    assert [response.json()["status"] for response in responses] == ["withdrawn"] * 2
    assert (await campaign.count(initiative))["supporters"] == 0
    assert (await campaign.confirm(tokens["support"])).json()["status"] == "withdrawn"
    (found,) = await campaign.supports(initiative)
    assert (found["listed_name"], found["visibility"]) == (None, "restricted")


async def test_a_signature_of_before_the_close_is_confirmed_after_it(campaign: Campaign) -> None:
    initiative = await campaign.initiative()
    tokens = await campaign.signed(initiative)
    await campaign.admin.step(f"{INITIATIVES}/{initiative['id']}", "close")
    assert (await campaign.confirm(tokens["support"])).json()["status"] == "accepted"
    assert (await campaign.count(initiative))["supporters"] == 1


async def test_the_name_of_another_signer_waits_for_the_office(campaign: Campaign) -> None:
    initiative = await campaign.initiative()
    await campaign.supported(initiative, name="Ángela Ruiz")
    tokens = await campaign.signed(initiative, name="ANGELA RUIZ.")
    assert (await campaign.confirm(tokens["support"])).json()["status"] == "pending"
    (held,) = await campaign.supports(initiative, "&hold=duplicate_open")
    assert held["signer"]["name"] == "ANGELA RUIZ."


@pytest.mark.parametrize("consent_to_list", [True, False])
async def test_a_listed_namesake_and_a_hidden_one_lead_to_the_same_answer(
    campaign: Campaign, *, consent_to_list: bool
) -> None:
    initiative = await campaign.initiative()
    await campaign.supported(initiative, name="Ángela Ruiz", consent_to_list=consent_to_list)
    answer = await campaign.confirm((await campaign.signed(initiative, name="Ángela Ruiz"))["support"])
    shown = answer.json()
    assert (shown["status"], shown["certificate"]) == ("pending", None)


async def test_an_unconfirmed_signature_holds_no_other(campaign: Campaign) -> None:
    """Whoever signs in the name of another, under addresses that they do not confirm, keeps nobody from signing."""
    initiative = await campaign.initiative()
    strangers = [(await campaign.signed(initiative, name="Ángela Ruiz"))["support"] for _ in range(2)]
    own = await campaign.signed(initiative, name="Ángela Ruiz")
    assert (await campaign.confirm(own["support"])).json()["status"] == "accepted"
    answers = [await campaign.confirm(token) for token in strangers]
    assert [answer.json()["status"] for answer in answers] == ["pending"] * 2
    assert len(await campaign.supports(initiative, "&hold=duplicate_open")) == 2


async def test_of_two_namesakes_who_confirm_at_once_one_waits(campaign: Campaign) -> None:
    initiative = await campaign.initiative()
    tokens = [(await campaign.signed(initiative, name="Ángela Ruiz"))["support"] for _ in range(2)]
    answers = await asyncio.gather(*(campaign.confirm(token) for token in tokens))
    assert sorted(answer.json()["status"] for answer in answers) == ["accepted", "pending"]


async def test_the_name_of_a_signer_is_no_sentence_and_stands_in_no_mail_to_whom_nobody_knows(
    campaign: Campaign,
) -> None:
    initiative = await campaign.initiative()
    for name in ("Ana\nKhan", "Ana \u202ekhan", "Claim at evil.example", "ana@example.org", "A" * 101):
        refused = await campaign.sign(initiative, name=name)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/name"), name
    body = form(name="Your account was suspended")
    assert (await campaign.public.post(f"{INITIATIVES}/{initiative['id']}/sign", body)).status_code == 202
    mail = await campaign.mailbox.next_to(body["email"])
    assert "suspended" not in mail.as_string()
    assert text_of(mail).startswith("Hello,\n")


async def test_an_unknown_token_is_refused(campaign: Campaign) -> None:
    for response in (await campaign.confirm("nothing"), await campaign.withdraw("nothing")):
        assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "token_not_valid")


async def test_an_unconfirmed_signature_is_withdrawn_by_its_mail(campaign: Campaign) -> None:
    initiative = await campaign.initiative()
    tokens = await campaign.signed(initiative)
    assert (await campaign.withdraw(tokens["withdrawal"])).json()["status"] == "withdrawn"
    assert (await campaign.confirm(tokens["support"])).json()["status"] == "withdrawn"
    (found,) = await campaign.supports(initiative)
    assert (found["status"], found["signer"]) == ("withdrawn", None)


async def test_a_hold_waits_for_the_office(campaign: Campaign, caller: type) -> None:
    initiative = await campaign.initiative()
    response = await campaign.confirm((await campaign.signed(initiative, email="held@mailinator.com"))["support"])
    assert response.json()["status"] == "pending"
    (held,) = await campaign.supports(initiative, "&hold=throwaway_domain")
    assert held["email_verified"] is True
    officer: Caller = caller("officer")  # type: ignore[assignment]
    accepted = await officer.step(f"{SUPPORTS}/{held['id']}", "verify")
    assert (accepted.status_code, accepted.json()["status"]) == (200, "accepted"), accepted.text
    assert (await campaign.count(initiative))["supporters"] == 1


async def test_a_closed_initiative_is_not_signed(campaign: Campaign) -> None:
    initiative = await campaign.initiative()
    closed = await campaign.admin.step(f"{INITIATIVES}/{initiative['id']}", "close")
    assert closed.json()["status"] == "closed"
    refused = await campaign.sign(initiative)
    assert (refused.status_code, refused.json()["code"]) == (409, "initiative_not_open")


async def test_the_sixth_mail_within_an_hour_is_refused(campaign: Campaign) -> None:
    initiative = await campaign.initiative()
    body = form()
    path = f"{INITIATIVES}/{initiative['id']}/sign"
    states = [(await campaign.public.post(path, body)).status_code for _ in range(6)]
    assert states == [202] * 5 + [429]
