"""How a reader without an account reports an error in a record: by mail, where the operator sets an address."""

import html
import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from services.portal.pages.about import TOPICS
from services.portal.settings import PortalSettings
from shared.kernel.text import LANGUAGES
from tests.portal.conftest import Site
from tests.portal.test_pages import ORIGIN, Balance

_OFFICE = "register@secretariat.example"
_KINDS = ("experts", "institutions", "centres", "initiatives")


@pytest.fixture
def office(site: Site) -> Iterator[str]:
    """The address that the portal has, for one test."""
    settings: PortalSettings = site.client._transport.app.state.settings  # type: ignore[attr-defined]
    before = settings.contact
    settings.contact = _OFFICE
    yield _OFFICE
    settings.contact = before


def _links(page: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(r'href="(mailto:[^"]+\?[^"]+)"', page)]


@pytest.mark.parametrize("plural", _KINDS)
async def test_a_report_names_the_record_and_its_page(site: Site, office: str, plural: str) -> None:
    ref = site.ref(plural)
    (link,) = _links((await site.page(f"/fr/{plural}/{ref}")).text)
    address = urlsplit(link)
    said = parse_qs(address.query)
    assert address.path == office
    assert said["body"] == [f"{ORIGIN}/fr/{plural}/{ref}"]
    assert said["subject"][0]


async def test_a_country_has_the_link_too(site: Site, office: str) -> None:
    (link,) = _links((await site.page("/en/countries/XA")).text)
    assert link.endswith("%2Fen%2Fcountries%2FXA")


async def test_the_form_and_its_thanks_lead_to_a_mail_that_is_answered(site: Site, office: str) -> None:
    form = "/en/countries/XA/error"
    for address in (form, f"{form}?sent=TSK-000001"):
        (link,) = _links((await site.page(address)).text)
        assert urlsplit(link).path == office
    assert "TSK-000001" in link


@pytest.mark.parametrize("plural", _KINDS)
async def test_there_is_no_link_without_an_address(site: Site, plural: str) -> None:
    assert _links((await site.page(f"/en/{plural}/{site.ref(plural)}")).text) == []


@pytest.mark.parametrize(
    "said", ["no address", "a@b?bcc=c@d.example", "a@b.example\nx", "<a@b.example>", "a&b@c.example"]
)
def test_what_is_no_mail_address_does_not_start(said: str) -> None:
    with pytest.raises(ValueError, match="contact"):
        PortalSettings(environment="test", contact=said)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_topic_is_there_in_every_language(site: Site, office: str, language: str) -> None:
    for topic in TOPICS:
        response = await site.page(f"/{language}/about/{topic}")
        assert response.status_code == 200
        page = Balance(response.text)
        assert page.tags.count("h1") == 1
        assert f"/{language}/about/{topic}" in page.links
        assert (f'href="mailto:{office}"' in response.text) is (topic == "contact")
    assert "no mail address" not in response.text


async def test_what_is_no_topic_is_not_there(site: Site) -> None:
    assert (await site.page("/en/about/nothing")).status_code == 404
    moved = await site.page("/en/about/plan?x=1")
    assert (moved.status_code, moved.headers["location"]) == (301, "/en/about/plan")
    assert "no mail address" in (await site.page("/en/about/contact")).text
