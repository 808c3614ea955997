"""A person registers in the browser, follows the link of the mail, chooses a password and signs in."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from playwright.sync_api import Browser, expect

from services.portal.pages.texts import text
from shared.kernel.clock import today
from shared.kernel.text import LANGUAGES
from tests.browser.conftest import PATIENCE, Visit
from tests.support.mailbox import text_of
from tests.support.running import Client, Person

PASSWORD = "four quiet words today"
_PAPER = {"title": "Papers", "date": "2026-10-01", "url": "https://example.org/papers.pdf"}


@pytest.fixture
def fresh(browser: Browser, running: dict[str, Any]) -> Iterator[Visit]:
    page = browser.new_page()
    yield Visit(page, running["base_url"])
    page.close()


def _mail_to(running: dict[str, Any], address: str, holding: str = "") -> str:
    """The text of the newest mail to an address that contains a text, once there is one."""
    until = time.monotonic() + PATIENCE / 1000
    while time.monotonic() < until:
        for path in sorted(Path(running["folder"], "mail").glob("*.eml"), reverse=True):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            assert isinstance(mail, EmailMessage)
            if mail["To"] == address and holding in text_of(mail):
                return text_of(mail)
        time.sleep(0.2)
    raise AssertionError(f"no mail to {address}")


def _link_in(text: str) -> str:
    """The link of the mail, as a path of this origin."""
    found = re.search(r"https?://[^/\s]+(/\S+#\S+)", text)
    assert found is not None, text
    return found[1]


def _sign_in(running: dict[str, Any], address: str) -> int:
    form = {"grant_type": "password", "username": address, "password": PASSWORD}
    return httpx.post(f"{running['base_url']}/access/v1/oauth/token", data=form, trust_env=False).status_code


def _register(fresh: Visit, running: dict[str, Any], address: str) -> None:
    """Registers an account and chooses its password."""
    page = fresh.open("/en/account")
    page.locator("#name").fill("Amina Khan")
    page.locator("#email").fill(address)
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("status")).to_be_visible()
    page = fresh.open(_link_in(_mail_to(running, address, "#password=")))
    page.locator("#password").fill(PASSWORD)
    page.locator("section:visible button").first.click()
    expect(page.get_by_role("status")).to_be_visible()


def _asks_for(running: dict[str, Any], address: str, wanted: str) -> None:
    """The holder of an account asks for another address."""
    person = Person(running["base_url"], {"username": address, "password": PASSWORD, "account_id": ""})
    body = {"password": PASSWORD, "email": wanted}
    assert person.send("POST", "/access/v1/accounts/me/email", json=body).status_code == 202
    person.close()


@pytest.mark.parametrize(("language", "button", "mailed"), [("en", "Register", "on its way"), ("ar", "تسجيل", "رسالة")])
def test_somebody_registers_and_chooses_a_password(
    fresh: Visit, running: dict[str, Any], language: str, button: str, mailed: str
) -> None:
    address = f"{uuid4().hex}@example.org"
    page = fresh.open(f"/{language}/account")
    page.locator("#name").fill("Amina Khan")
    page.locator("#email").fill(address)
    page.get_by_role("button", name=button).click()
    expect(page.get_by_role("status")).to_contain_text(mailed)
    text = _mail_to(running, address)
    page = fresh.open(_link_in(text))
    assert _sign_in(running, address) == 400
    page.locator("#password").fill("password1234")
    page.locator("section:visible button").first.click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    page.locator("#password").fill(PASSWORD)
    page.locator("section:visible button").first.click()
    expect(page.get_by_role("status")).to_be_visible()
    assert "#" not in page.url
    assert _sign_in(running, address) == 200
    assert [fault for fault in fresh.faults if "status of 422" not in fault] == []
    assert fresh.outside() == []


def test_a_token_that_is_not_valid_is_refused_in_the_language_of_the_page(fresh: Visit) -> None:
    page = fresh.open("/fr/account#verification=nothing")
    page.locator("section:visible button").first.click()
    expect(page.get_by_role("alert")).to_contain_text("jeton")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("button", name="Confirm the address")).to_be_visible()
    assert page.url.endswith("/en/account#verification=nothing")


def test_somebody_takes_their_record_over(fresh: Visit, running: dict[str, Any], secretariat: Client) -> None:
    address = f"{uuid4().hex}@example.org"
    body = {"names": [{"full": "Amina Khan"}], "country": "XA", "emails": [{"value": address}], "invite": True}
    record = secretariat.create("/membership/v1/experts", body)
    claim = _link_in(_mail_to(running, address))
    _register(fresh, running, address)
    page = fresh.open(claim)
    page.locator("#own-email").fill(address)
    page.locator("#own-password").fill("not my password")
    page.locator("section:visible button").first.click()
    expect(page.get_by_role("alert")).to_contain_text("credentials")
    page.locator("#own-password").fill(PASSWORD)
    page.locator("section:visible button").first.click()
    expect(page.get_by_role("status")).to_contain_text("yours now")
    assert secretariat.get(record["links"]["self"])["account_id"] is not None


def test_somebody_moves_to_another_address(fresh: Visit, running: dict[str, Any]) -> None:
    address, wanted = f"{uuid4().hex}@example.org", f"{uuid4().hex}@example.org"
    _register(fresh, running, address)
    _asks_for(running, address, wanted)
    page = fresh.open(_link_in(_mail_to(running, wanted)))
    page.locator("#present-email").fill(address)
    page.locator("#present-password").fill(PASSWORD)
    page.locator("section:visible button").first.click()
    expect(page.get_by_role("status")).to_have_text(text("en", "account.moved"))
    assert (_sign_in(running, address), _sign_in(running, wanted)) == (400, 200)
    assert fresh.faults == []
    assert fresh.outside() == []


def test_somebody_keeps_their_address(fresh: Visit, running: dict[str, Any]) -> None:
    address, wanted = f"{uuid4().hex}@example.org", f"{uuid4().hex}@example.org"
    _register(fresh, running, address)
    _asks_for(running, address, wanted)
    page = fresh.open(_link_in(_mail_to(running, address, "#keep=")))
    page.locator("section:visible button").first.click()
    expect(page.get_by_role("status")).to_have_text(text("en", "account.kept"))
    page = fresh.open(_link_in(_mail_to(running, wanted)))
    page.locator("#present-email").fill(address)
    page.locator("#present-password").fill(PASSWORD)
    page.locator("section:visible button").first.click()
    expect(page.get_by_role("alert")).not_to_be_empty()
    assert (_sign_in(running, address), _sign_in(running, wanted)) == (200, 400)


def _invite_to_review(secretariat: Client, address: str, language: str) -> dict[str, Any]:
    """The invitation of an expert with this address to review a centre."""
    place = {"country": "XA", "visibility": "restricted"}
    body = {"names": [{"full": "Rosa Reviewer"}], "emails": [{"value": address}], "languages": [language], **place}
    expert = secretariat.create("/membership/v1/experts", body)
    for action in ("invite", "apply", "start_review", "approve"):
        expert = secretariat.step(expert["links"]["self"], action)
    name = {"value": f"University {uuid4().hex}", "language": "en", "types": ["ror_display"]}
    host = secretariat.create("/membership/v1/institutions", {"names": [name], **place})
    director = secretariat.create("/membership/v1/experts", {"names": [{"full": "Dora Director"}], **place})
    papers = dict.fromkeys(("terms_of_reference", "work_plan", "host_letter"), _PAPER)
    body = {"names": {"en": "Peat Centre"}, "host_institution_id": host["id"], "unit": "Soils", **papers, **place}
    centre = secretariat.create("/centres/v1/centres", {**body, "director_id": director["id"]})
    for action in ("submit", "accept_complete"):
        secretariat.step(centre["links"]["self"], action)
    due = (today() + timedelta(days=30)).isoformat()
    body = {"expert_id": expert["id"], "due": due}
    return secretariat.create(f"{centre['links']['self']}/reviewers", body)


@pytest.mark.parametrize(
    ("language", "button", "conflict", "status"),
    [
        ("en", "Accept", "I advise the host.", "accepted"),
        ("fr", "Accepter", "", "accepted"),
        ("es", "Rechazar", "", "declined"),
        ("ar", "اعتذار", "", "declined"),
        ("zh", "接受", "", "accepted"),
        ("ru", "Отказаться", "", "declined"),
    ],
)
def test_an_expert_decides_about_an_invitation_to_review(
    fresh: Visit, running: dict[str, Any], secretariat: Client, language: str, button: str, conflict: str, status: str
) -> None:
    address = f"{uuid4().hex}@example.org"
    invitation = _invite_to_review(secretariat, address, language)
    link = _link_in(_mail_to(running, address, "#review="))
    page = fresh.open(link.replace("/account", f"/{language}/account"))
    page.locator("#conflict").fill(conflict)
    assert secretariat.get(invitation["links"]["self"])["status"] == "invited"
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_role("status")).to_be_visible()
    assert "#" not in page.url
    shown = secretariat.get(invitation["links"]["self"])
    assert (shown["status"], shown["conflict"]) == (status, conflict or None)
    assert fresh.faults == []
    assert fresh.outside() == []


def test_somebody_unsubscribes_in_each_language(fresh: Visit, running: dict[str, Any], secretariat: Client) -> None:
    address, keyword = f"{uuid4().hex}@example.org", uuid4().hex
    body = {"names": [{"full": "Amina Khan"}], "country": "XA", "emails": [{"value": address}], "keywords": [keyword]}
    record = secretariat.create("/membership/v1/experts", body)
    agreed = {"expert_id": record["id"], "purpose": "outreach", "notice_version": "2026", "language": "en"}
    consent = secretariat.create("/membership/v1/consents", {**agreed, "proof": {"channel": "paper"}})
    texts = {"subjects": {"en": "News"}, "texts": {"en": "It begins in May."}}
    body = {**texts, "segment": {"keyword": keyword}, "purpose": "outreach"}
    broadcast = secretariat.create("/membership/v1/broadcasts", body)["links"]["self"]
    admin = Person(running["base_url"], running["demo"]["accounts"]["admin"])
    admin.step(broadcast, "approve")
    admin.close()
    secretariat.step(broadcast, "start")
    link = _link_in(_mail_to(running, address))
    for language in LANGUAGES:
        page = fresh.open(f"/{language}{link}")
        page.locator("section:visible button").first.click()
        expect(page.get_by_role("status")).to_have_text(text(language, "account.unsubscribed"))
        assert "#" not in page.url
    assert secretariat.get(consent["links"]["self"])["status"] == "withdrawn"
    page = fresh.open("/fr/account#unsubscribe=nothing")
    page.locator("section:visible button").first.click()
    expect(page.get_by_role("alert")).to_contain_text("jeton")
    assert fresh.outside() == []
