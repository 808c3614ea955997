"""One click on the link of a mail withdraws the consent to outreach, without signing in."""

from collections.abc import Callable
from urllib.parse import urlsplit

import httpx

from services.membership.mailing.broadcasts.jobs import ONE_CLICK
from tests.membership.mailing.outreach.conftest import CONSENTS, Office
from tests.support.callers import Caller
from tests.support.mailbox import Mailbox, text_of, token_in
from tests.support.membership import EXPERTS, entered

At = Callable[[str | None], Caller]
UNSUBSCRIBE = "/membership/v1/outreach/unsubscribe"
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


async def _states(office: Office, expert: str) -> list[str]:
    listed = (await office.admin.get(f"{CONSENTS}?expert_id={expert}&purpose=outreach")).json()["items"]
    return [one["status"] for one in listed]


async def _click(membership: httpx.AsyncClient, address: str, **more: str) -> httpx.Response:
    return await membership.post(address, content=ONE_CLICK, headers={**_FORM, **more}, follow_redirects=False)


async def test_one_click_withdraws_the_consent_again_and_again(
    office: Office, posted: Mailbox, membership: httpx.AsyncClient, caller: At
) -> None:
    expert, address = await office.expert()
    await office.sent(await office.started())
    (mail,) = posted.to(address)
    assert mail["List-Unsubscribe-Post"] == ONE_CLICK
    url = urlsplit(mail["List-Unsubscribe"].strip("<>"))
    assert (f"{url.scheme}://{url.netloc}{url.path}", url.query) == (
        f"https://escm.test{UNSUBSCRIBE}",
        f"token={token_in(mail)}",
    )
    assert f"https://escm.test/account#unsubscribe={token_in(mail)}" in text_of(mail)
    link = f"{url.path}?{url.query}"
    refused = await membership.get(link)
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert await _states(office, expert["id"]) == ["given"]
    clicks = [await _click(membership, link) for _ in range(3)]
    assert [(one.status_code, one.content) for one in clicks] == [(200, b"{}")] * 3
    assert await _states(office, expert["id"]) == ["withdrawn"]
    (line, _) = (await office.admin.get(f"{await _consent(office, expert['id'])}/history")).json()["items"]
    assert (line["action"], line["by"]["kind"], line["reason"]) == ("withdraw", "system", "The link of a mail.")
    counts = await office.sent(await office.started())
    assert counts["excluded_for"] == {"no_consent": 1}


async def _consent(office: Office, expert: str) -> str:
    listed = (await office.admin.get(f"{CONSENTS}?expert_id={expert}&purpose=outreach")).json()["items"]
    return str(listed[0]["links"]["self"])


async def test_who_consents_again_may_leave_again_by_any_mail(
    office: Office, posted: Mailbox, membership: httpx.AsyncClient
) -> None:
    expert, address = await office.expert()
    await office.sent(await office.started())
    await office.sent(await office.started())
    tokens = [token_in(mail) for mail in posted.to(address)]
    assert len(set(tokens)) == 2
    for token in tokens:
        assert (await _click(membership, f"{UNSUBSCRIBE}?token={token}")).status_code == 200
        assert set(await _states(office, expert["id"])) == {"withdrawn"}
        await office.consent(expert)
        assert "given" in await _states(office, expert["id"])


async def test_the_link_follows_a_merge(office: Office, posted: Mailbox, membership: httpx.AsyncClient) -> None:
    loser, address = await office.expert()
    await office.sent(await office.started())
    winner = await entered(office.admin)
    body = {"resource": "experts", "winner_id": winner["id"], "loser_id": loser["id"]}
    assert (await office.admin.post("/membership/v1/merges", body)).status_code == 201
    assert (await _click(membership, f"{UNSUBSCRIBE}?token={token_in(posted.to(address)[0])}")).status_code == 200
    states = await _states(office, loser["id"]) + await _states(office, winner["id"])
    assert states == ["withdrawn"]


async def test_an_unknown_token_is_refused_and_shown_nowhere(membership: httpx.AsyncClient) -> None:
    for token in ("unknown", "a" * 100):
        refused = await _click(membership, f"{UNSUBSCRIBE}?token={token}")
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "token_not_valid")
        assert token not in refused.text
    assert (await _click(membership, UNSUBSCRIBE)).status_code in (400, 422)
    assert (await _click(membership, f"{UNSUBSCRIBE}?token=x&more=y")).status_code == 400


async def test_a_restricted_record_may_unsubscribe(
    office: Office, posted: Mailbox, membership: httpx.AsyncClient
) -> None:
    expert, address = await office.expert(visibility="restricted")
    await office.sent(await office.started())
    assert (await office.admin.step(f"{EXPERTS}/{expert['id']}", "restrict_processing")).status_code == 200
    assert (await _click(membership, f"{UNSUBSCRIBE}?token={token_in(posted.to(address)[0])}")).status_code == 200
    assert await _states(office, expert["id"]) == ["withdrawn"]
