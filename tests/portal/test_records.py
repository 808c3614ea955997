"""The addresses of mails and calendars lead to pages: of every kind of record, in every language, and for everybody."""

from typing import Literal
from uuid import uuid4

import pytest

from services.portal.console.describing.resources import kinds
from services.portal.settings import PortalSettings
from shared.contracts.kinds import kind_names, record_page
from shared.contracts.readers import entities, steps
from shared.kernel.text import LANGUAGES
from tests.portal.conftest import Site
from tests.portal.test_pages import Balance
from tests.support.services import open_portal

_FRONTEND = "https://desk.example/{language}/{service}/{resource}/{id}"


@pytest.mark.parametrize("number", ["one", "many"])
def test_every_kind_of_record_has_a_name_in_every_language(number: Literal["one", "many"]) -> None:
    listed = {kind.name for kind in kinds().values()}
    assert kind_names(number).keys() == {*entities().values(), *steps(), *listed}
    for names in kind_names(number).values():
        assert set(names) == set(LANGUAGES)
        assert all(name == name.strip() != "" for name in names.values())


def test_many_records_are_called_otherwise_than_one() -> None:
    """Chinese has no plural; French and Spanish write some words alike."""
    for kind, name in kind_names().items():
        many = kind_names("many")[kind]
        assert all(many[language] != name[language] for language in ("en", "ar", "ru")), kind


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_record_that_is_not_public_has_a_page(site: Site, language: str) -> None:
    address = record_page("", language, "actions.tasks", uuid4())
    page = await site.page(address)
    assert (page.status_code, page.headers["x-robots-tag"]) == (200, "noindex")
    assert f"<h1>{kind_names()['actions.tasks'][language]}</h1>" in page.text
    links = Balance(page.text).links
    assert {address.replace(f"/{language}/", f"/{other}/", 1) for other in LANGUAGES} <= set(links)
    assert "/actions/v1" not in page.text


async def test_the_page_is_the_same_whether_or_not_there_is_such_a_record(site: Site) -> None:
    known, unknown = str(site.country_fixture.id("tasks")), str(uuid4())
    pages = [await site.page(f"/en/records/actions/tasks/{key}") for key in (known, unknown)]
    assert pages[0].text.replace(known, unknown) == pages[1].text


@pytest.mark.parametrize("plural", ["experts", "institutions", "centres", "committees", "programmes"])
async def test_a_public_record_has_the_page_that_shows_it(site: Site, plural: str) -> None:
    service = {"centres": "centres", "committees": "centres", "programmes": "actions"}.get(plural, "membership")
    moved = await site.page(f"/fr/records/{service}/{plural}/{site.country_fixture.id(plural)}")
    own = {"committees": "countries/XA", "programmes": "countries/XA"}.get(plural, f"{plural}/{site.ref(plural)}")
    assert (moved.status_code, moved.headers["location"]) == (302, f"/fr/{own}")
    assert (await site.page(moved.headers["location"])).status_code == 200


async def test_the_page_leads_to_the_frontend_of_the_settings(site: Site) -> None:
    key, ref = uuid4(), site.ref("experts")
    async with open_portal(site.asking, api_seconds=60, record_page=_FRONTEND) as portal:
        links = Balance((await portal.get(f"/es/records/actions/tasks/{key}")).text).links
        assert f"https://desk.example/es/actions/tasks/{key}" in links
        links = Balance((await portal.get(f"/en/records/membership/experts/{ref}")).text).links
        assert {f"https://desk.example/en/membership/experts/{ref}", f"/en/experts/{ref}"} <= set(links)


async def test_the_page_is_there_though_no_service_responds() -> None:
    async with open_portal(None, api="http://127.0.0.1:9") as portal:
        page = await portal.get(f"/en/records/membership/experts/{uuid4()}")
        assert (page.status_code, "<h1>Expert</h1>" in page.text) == (200, True)


@pytest.mark.parametrize(
    "tail", ["actions/nothing/1", "nothing/tasks/1", "actions/tasks/a%20b", f"actions/tasks/{'x' * 65}"]
)
async def test_what_can_be_no_record_is_a_page_that_says_so(site: Site, tail: str) -> None:
    page = await site.page(f"/en/records/{tail}")
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")


async def test_further_parameters_are_dropped(site: Site) -> None:
    moved = await site.page("/en/records/actions/tasks/TSK-1?next=//evil.example")
    assert (moved.status_code, moved.headers["location"]) == (301, "/en/records/actions/tasks/TSK-1")


@pytest.mark.parametrize(
    "pattern",
    [
        "https://desk.example/{id}/{secret}",
        "https://desk.example/",
        "desk.example/{id}",
        "https://d.example/{id.__class__}",
    ],
)
def test_a_pattern_that_leads_nowhere_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="record_page"):
        PortalSettings(record_page=pattern)
