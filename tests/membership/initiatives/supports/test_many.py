"""Signatures of one network in a day: the first ones count at once, the office accepts the others in bulk."""

import asyncio
from collections.abc import Iterable
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from services.membership.initiatives.supports import domain
from tests.membership.initiatives.supports.conftest import INITIATIVES, SUPPORTS, Body, Campaign, form, tokens_in
from tests.support.principals import enter_callers
from tests.support.tiers import long
from tests.support.waiting import eventually


@pytest.fixture
async def campaign(campaign: Campaign, database_url: str) -> Campaign:
    """One whose callers are rows, as the job of bulk transitions finds them."""
    await enter_callers(database_url)
    return campaign


async def _each(requests: Iterable[Any], status: int) -> list[httpx.Response]:
    """The responses to these requests, fewer at once than a process has connections for one kind."""
    places = asyncio.Semaphore(4)

    async def one(request: Any) -> httpx.Response:
        async with places:
            response: httpx.Response = await request
        assert response.status_code == status, response.text
        return response

    return await asyncio.gather(*(one(request) for request in requests))


async def _mails(campaign: Campaign, forms: list[Body], count: int) -> list[EmailMessage]:
    """So many mails to these signers, once they have arrived. Each hundred has its own time."""
    addresses = {one["email"] for one in forms}
    for least in (*range(100, count, 100), count):

        async def have_arrived(least: int = least) -> bool:
            return len(campaign.mailbox.received(addresses)) >= least

        await eventually(have_arrived)
    return campaign.mailbox.received(addresses)


async def _decided(campaign: Campaign, held: list[Body], action: str, **more: Any) -> list[Body]:
    """The outcomes of a bulk transition."""
    items = [{"id": one["id"], "version": one["version"]} for one in held]
    ordered = await campaign.admin.post(f"{SUPPORTS}/bulk_transitions", {"action": action, "items": items, **more})
    assert ordered.status_code == 202, ordered.text

    async def ended() -> Body | None:
        job: Body = (await campaign.admin.get(ordered.headers["location"])).json()
        return None if job["status"] in ("queued", "running") else job

    job = await eventually(ended)
    assert job["status"] == "succeeded", job
    return list(job["result"]["items"])


@pytest.mark.parametrize(
    ("signers", "most", "at_once"),
    [
        (12, 4, 5),
        *long("a thousand people sign", (1_000, domain.MOST_FROM_NETWORK, 250)),
    ],
)
async def test_many_from_one_network_wait_and_are_accepted_in_bulk(
    campaign: Campaign, monkeypatch: pytest.MonkeyPatch, signers: int, most: int, at_once: int
) -> None:
    monkeypatch.setattr(domain, "MOST_FROM_NETWORK", most)
    initiative = await campaign.initiative(certificate=False)
    sign, address = f"{INITIATIVES}/{initiative['id']}/sign", f"{SUPPORTS}?initiative_id={initiative['id']}&limit=200"
    forms = [form() for _ in range(signers)]
    await _each((campaign.public.post(sign, one) for one in forms), 202)
    tokens = [tokens_in(mail)["support"] for mail in await _mails(campaign, forms, signers)]
    confirmed = await _each((campaign.confirm(token) for token in tokens), 200)
    assert sum(one.json()["status"] == "accepted" for one in confirmed) == most
    assert (await campaign.count(initiative))["supporters"] == most
    held = await campaign.admin.everything(f"{address}&hold=many_from_network&status=pending")
    assert len(held) == signers - most
    outcomes = []
    for start in range(0, len(held), at_once):
        outcomes += await _decided(campaign, held[start : start + at_once], "verify")
    assert [(one["id"], one["status"], one["problem"]) for one in outcomes] == [
        (one["id"], "accepted", None) for one in held
    ]
    assert (await campaign.count(initiative))["supporters"] == signers
    mails = await _mails(campaign, forms, signers + len(held))
    decisions = [mail for mail in mails if "support" not in tokens_in(mail)]
    assert len({mail["Message-ID"] for mail in decisions}) == len({mail["To"] for mail in decisions}) == len(held)


async def test_a_bulk_rejection_has_one_category(campaign: Campaign) -> None:
    initiative = await campaign.initiative()
    for _ in range(2):
        body = form()
        body["email"] = body["email"].replace("example.org", "mailinator.com")
        await campaign.confirm((await campaign.signed(initiative, **body))["support"])
    held = await campaign.supports(initiative)
    outcomes = await _decided(campaign, held, "reject", reason="Robots.", fields={"category": "not_verified"})
    assert [one["status"] for one in outcomes] == ["rejected"] * 2
    assert {one["rejected_for"] for one in await campaign.supports(initiative)} == {"not_verified"}
    again = await _decided(campaign, held, "reject", reason="Robots.", fields={"category": "dislike"})
    assert {one["problem"]["code"] for one in again} == {"version_conflict"}
    items = [{"id": one["id"], "version": one["version"]} for one in held]
    refused = await campaign.public.post(f"{SUPPORTS}/bulk_transitions", {"action": "verify", "items": items})
    assert refused.status_code == 401
