"""The guides are pages: linked with each other, with anchors, and without raw HTML."""

import re
from pathlib import Path

import pytest

from services.portal.guides.rendering import GROUPS
from tests.portal.test_pages import Balance

NAMES = [name for names in GROUPS.values() for name in names]
_DOCS = Path(__file__).parents[2] / "docs"


def test_every_page_of_the_folder_is_a_guide() -> None:
    assert {path.stem for path in _DOCS.glob("*.md")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
async def test_a_guide_is_a_page_whose_links_lead_somewhere(client, name):
    response = await client.get(f"/guides/{name}")
    assert response.status_code == 200
    assert "script-src 'self'" in response.headers["content-security-policy"]
    page = Balance(response.text)
    assert page.tags.count("h1") == 1
    for link in {link for link in page.links if link.startswith(("/", "#"))}:
        target, _, anchor = link.partition("#")
        found = await client.get(target or f"/guides/{name}")
        assert found.status_code == 200, link
        assert not anchor or f'id="{anchor}"' in found.text, link
    assert all(link.startswith(("/", "#", "https://")) for link in page.links)


@pytest.mark.parametrize("name", ["tour", "frontends", "secretariat-frontend", "governments", "national-lists"])
def test_commands_take_three_inputs(name):
    text = (_DOCS / f"{name}.md").read_text()
    assert set(re.findall(r"^\w+=\$\{(\w+):-", text, re.MULTILINE)) == {"BASE", "ID", "SECRET"}
    assert "stack.json" not in text


async def test_all_guides_are_listed(client):
    links = Balance((await client.get("/guides/")).text).links
    assert {f"/guides/{name}" for name in NAMES} <= set(links)
    assert (await client.get("/guides")).status_code == 200
