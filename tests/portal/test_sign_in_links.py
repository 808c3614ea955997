"""Pages lead to the console where there is one; elsewhere none of them leads there, or asks anybody to sign in."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from shared.kernel.text import LANGUAGES
from tests.portal.conftest import HTML, Site
from tests.portal.test_pages import REGISTER, Balance
from tests.support.console import SECRET
from tests.support.services import open_portal
from tests.support.tiers import long

_ASKED = re.compile(
    r"sign(ed|s|ing)? in\b|log(ged)? in\b|connectez-vous"
    r"|se connecter|inici[ae]r? sesión|تسجيل الدخول|登录|\bво(йти|йдите)\b",
    re.IGNORECASE,
)
"""Words with which a page asks somebody to sign in, in the six languages."""
_OWN_SIGN_IN = "/account"
"""The page on which people sign in with the password that they have just chosen."""


@pytest.fixture(scope="module")
async def with_console(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with open_portal(site.asking, api_seconds=60, console_key=SECRET) as client:
        yield client


def _addresses(site: Site, language: str) -> list[str]:
    shown = [
        f"experts/{site.ref('experts')}",
        f"institutions/{site.ref('institutions')}",
        f"centres/{site.ref('centres')}",
    ]
    more = [*(f"/en/{page}" for page in shown), *(f"/en/{page}/error" for page in shown), "/en/search?q=Nileword"]
    task = f"/en/records/actions/tasks/{site.country_fixture.id('tasks')}"
    return [f"/{language}{address.removeprefix('/en')}" for address in (*REGISTER, *more, task)]


@pytest.mark.parametrize("language", ["en", *long("more languages", *(tag for tag in LANGUAGES if tag != "en"))])
async def test_nobody_is_asked_to_sign_in_where_nothing_signs_in(site: Site, language: str) -> None:
    for address in _addresses(site, language):
        page = await site.page(address)
        page = await site.page(page.headers["location"]) if page.is_redirect else page
        assert page.status_code == 200, address
        links = Balance(page.text).links
        assert not [link for link in links if link.startswith("/console")], address
        if not address.endswith(_OWN_SIGN_IN):
            assert _ASKED.findall(page.text) == [], address


async def test_pages_lead_to_the_console_where_there_is_one(site: Site, with_console: httpx.AsyncClient) -> None:
    for address in _addresses(site, "en")[::4]:
        page = await with_console.get(address, headers=HTML, follow_redirects=True)
        assert "/console/" in Balance(page.text).links, address
    asked = await with_console.get("/console/", headers=HTML)
    assert (asked.status_code, asked.headers["location"]) == (303, "/console/sign-in?to=%2Fconsole%2F")
