"""`/v/{code}`: what a certificate is worth, as a page in six languages without scripts, or as JSON."""

import re
from uuid import uuid4

import httpx
import pytest

from services.membership.certificates.certificates.codes import new_code, printed
from services.membership.issuing.verification import routes
from shared.kernel.text import LANGUAGES
from shared.ratelimit.limiter import Limit
from tests.portal.conftest import HTML, Site
from tests.portal.test_pages import Balance
from tests.support.inside import from_address


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_UNKNOWN", Limit(f"unknown {uuid4()}", 1_000))


def _code(site: Site) -> str:
    return str(site.country_fixture.records["certificates"]["code"])


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_certificate_is_verified_in_every_language(site: Site, language: str) -> None:
    code = printed(_code(site))
    for path, headers in ((f"/{language}/verify/{code}", {}), (f"/v/{code}", {"Accept-Language": language})):
        response = await site.page(path, **headers)
        assert response.status_code == 200
        turned = ' dir="rtl"' if language == "ar" else ""
        assert f'<html lang="{language}"{turned}>' in response.text
        page = Balance(response.text)
        assert page.tags.count("h1") == 1
        assert "script" not in page.tags
        assert len({link for link in page.links if re.match(r"/../verify/", link)}) == len(LANGUAGES)
        assert "worth-valid" in response.text
        assert site.country_fixture.records["certificates"]["number"] in response.text
        assert response.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert response.headers["x-robots-tag"] == "noindex"


async def test_programs_get_json(site: Site) -> None:
    response = await site.client.get(f"/v/{_code(site)}", headers={"Accept": "application/json"})
    assert (response.status_code, response.json()["status"]) == (200, "valid")
    assert response.headers["vary"].startswith("Accept, Accept-Language")
    unknown = await site.client.get("/v/0000", headers={"Accept": "application/json"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("code", ["0" * 17, "x", "%3Cb%3E", "x" * 60, "李明", "%00"])
async def test_a_page_says_that_a_code_is_unknown(site: Site, code: str) -> None:
    response = await site.page(f"/en/v/{code}")
    assert response.status_code == 404
    assert "There is no certificate with this code." in response.text
    assert "<b>" not in response.text


@pytest.mark.parametrize("code", ["%2e%2e", "..%2f..%2fexperts", "a%3Fq=1", "é"])
async def test_a_text_that_is_no_code_asks_for_nothing(site: Site, code: str) -> None:
    site.asking.asked.clear()
    response = await site.page(f"/en/v/{code}")
    assert response.status_code == 404
    assert site.asking.asked == []


async def test_the_form_leads_to_the_address_of_the_code(site: Site) -> None:
    empty = await site.page("/en/v")
    assert (empty.status_code, empty.text.count('name="code"')) == (200, 1)
    code = _code(site)
    for start in ("/v", "/fr/verify"):
        led = await site.page(f"{start}?code=+{code.lower()}+")
        assert (led.status_code, led.headers["location"]) == (303, f"{start}/{re.sub('[*~$=]', _quoted, code.lower())}")
    assert (await site.page(f"/fr/v/{code.lower()}")).status_code == 200
    assert (await site.page("/v?code=%20")).status_code == 200


def _quoted(found: re.Match[str]) -> str:
    return found[0] if found[0] == "~" else f"%{ord(found[0]):02X}"


@pytest.mark.parametrize("headers", [HTML, {"Accept": "application/json"}])
async def test_a_network_that_guesses_is_stopped_but_not_whoever_has_a_code(
    site: Site, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str]
) -> None:
    monkeypatch.setattr(routes, "_UNKNOWN", Limit(f"unknown {uuid4()}", 30))

    async def ask(address: str, code: str) -> httpx.Response:
        return await from_address(site.client, address).get(f"/en/v/{code}", headers=headers)

    guesses = [(await ask(f"2001:db8:7:1::{n:x}", new_code())).status_code for n in range(30)]
    assert set(guesses) == {404}
    stopped = await ask("2001:db8:7:1:ffff::1", new_code())
    assert stopped.status_code == 429
    assert int(stopped.headers["retry-after"]) > 0
    assert (await ask("2001:db8:7:1::1", _code(site))).status_code == 200
    assert (await ask("2001:db8:7:2::1", new_code())).status_code == 404
