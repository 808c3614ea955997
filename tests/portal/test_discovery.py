"""What programs read to find everything else: each address that is named answers."""

import re
from urllib.parse import urlsplit

import pytest
from lxml import etree

from deploy.cli.openapi import CHANGES, changes
from services.portal.guides.library import guides
from tests.portal.conftest import Site

_ATOM = {"a": "http://www.w3.org/2005/Atom"}
_LINK = re.compile(r"\]\(([^()\s]+)\)")


async def _answers(site: Site, address: str) -> None:
    path = urlsplit(address).path
    client = site.services.get(path.split("/")[1], site.client)
    assert (await client.get(path)).status_code == 200, address


async def test_llms_lead_to_the_contract_and_every_guide(site: Site) -> None:
    response = await site.client.get("/llms.txt")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    title, *_ = response.text.splitlines()
    assert title.startswith("# ")
    links = _LINK.findall(response.text)
    assert {urlsplit(link).path for link in links} >= {f"/guides/{name}.md" for name in guides()}
    assert all(link.startswith("https://") for link in links)
    for link in links:
        await _answers(site, link)


@pytest.mark.parametrize("name", sorted(guides()))
async def test_a_guide_is_markdown_whose_links_lead_somewhere(site: Site, name: str) -> None:
    response = await site.client.get(f"/guides/{name}.md")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/markdown; charset=utf-8")
    assert response.text.startswith("# ")
    for link in {link for link in _LINK.findall(response.text) if link.startswith("https://escm.invalid/")}:
        await _answers(site, link)


async def test_there_is_no_other_markdown(site: Site) -> None:
    for path in ("/guides/nothing.md", "/guides/../README.md", "/guides/shell.sh.md"):
        assert (await site.client.get(path)).status_code == 404, path


async def test_the_catalogue_of_apis_names_the_description_and_the_health_of_each(site: Site) -> None:
    response = await site.client.get("/.well-known/api-catalog")
    assert response.headers["content-type"].startswith('application/linkset+json; profile="https://www.rfc-editor')
    assert response.headers["link"] == '</.well-known/api-catalog>; rel="api-catalog"'
    whole, *described = response.json()["linkset"]
    assert whole["anchor"].endswith("/.well-known/api-catalog")
    assert [one["href"] for one in whole["item"]] == [one["anchor"] for one in described]
    assert len(described) == 4
    for one in described:
        for relation in ("service-desc", "service-doc", "status"):
            await _answers(site, one[relation][0]["href"])
    assert (await site.client.head("/.well-known/api-catalog")).status_code == 200


async def test_the_changes_are_a_feed(site: Site) -> None:
    response = await site.client.get("/docs/changes.atom")
    assert response.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(response.content)
    assert [feed.findtext(f"a:{name}", namespaces=_ATOM) for name in ("id", "updated")] == [
        "https://escm.invalid/docs/changes.atom",
        feed.findtext("a:entry/a:updated", namespaces=_ATOM),
    ]
    entries = feed.findall("a:entry", _ATOM)
    assert [entry.findtext("a:title", namespaces=_ATOM) for entry in entries][-1] == "0.1.0"
    for entry in entries:
        shown = etree.HTML(str(entry.findtext("a:content", namespaces=_ATOM)))
        assert shown.findall(".//li")
        assert {one.text for one in shown.findall(".//h2")} <= {"Added", "Changed", "Fixed", "Removed", "Deprecated"}


def test_the_guide_of_changes_is_the_changelog() -> None:
    assert CHANGES.read_text() == changes(), "run `make openapi` and commit what it writes"
