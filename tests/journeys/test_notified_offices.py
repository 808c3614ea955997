"""A country asks for help five times in a minute: its office hears of it as each officer wishes, and every address in
their mails leads to a page."""

import re
from email.message import EmailMessage
from typing import Any

import httpx

from tests.journeys.paths.world import V1, World
from tests.support.mailbox import text_of
from tests.support.requests import body
from tests.support.running import Person, eventually

COUNTRY = "VU"
_OWN = f"{V1['access']}/accounts/me"
_REQUESTS = f"{V1['actions']}/support_requests"
_WAITS = "It waits for a step of yours."
_HTML = {"Accept": "text/html,application/xhtml+xml"}


def _mails(world: World, person: Person, part: str) -> list[EmailMessage]:
    return [mail for mail in world.mails(person.email) if part in text_of(mail)]


def _asked(focal_point: Person) -> str:
    """The address of a request that the focal point has submitted."""
    made = focal_point.create(_REQUESTS, body(country=COUNTRY))
    return str(focal_point.step(made["links"]["self"], "submit")["links"]["self"])


def test_each_officer_hears_of_what_waits_as_they_wish(world: World, running: dict[str, Any]) -> None:
    focal_point = world.official(COUNTRY, "government_focal_point")
    eager, patient, quiet = [world.official(COUNTRY, "secretariat_officer") for _ in range(3)]
    eventually(lambda: _mails(world, eager, "A role was given to you."))
    eager.change(_OWN, {"notifications": {"work_list": "mail"}})
    quiet.change(_OWN, {"notifications": {"work_list": "none"}})
    requests = [_asked(focal_point) for _ in range(5)]
    (first,) = eventually(lambda: _mails(world, eager, _WAITS))
    eventually(lambda: eager.get(f"{V1['access']}/notifications", limit="100")["unread"] >= 6)
    assert len(_mails(world, eager, _WAITS)) == 1
    assert eager.get(f"{V1['access']}/work_list", service="actions")["total"] == 5
    world.time_passes("access.mail_digests", 0)
    (digest,) = eventually(lambda: _mails(world, patient, _WAITS))
    text = text_of(digest)
    assert [text.count(f"/en/records/actions/support_requests/{path[-36:]}") for path in requests] == [1] * 5
    assert _mails(world, quiet, _WAITS) == []
    addresses = [
        url for mail in (first, digest) for url in re.findall(r"https?://\S+/support_requests/\S+", text_of(mail))
    ]
    assert {address[-36:] for address in addresses} == {path[-36:] for path in requests}
    for address in addresses:
        page = httpx.get(address, headers=_HTML, trust_env=False, follow_redirects=True)
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "<h1>Request for support</h1>" in page.text
        assert address.startswith(running["base_url"])
