"""The guides are pages: linked with each other, with anchors, without raw HTML, listed by reader, and searched."""

import re
from pathlib import Path

import pytest

from services.portal.guides.library import FOLDERS, guides
from services.portal.guides.search import search
from services.portal.pages.texts import text
from shared.kernel.text import LANGUAGES
from tests.portal.test_pages import Balance
from tests.support.documents import LEFT_OUT, PAGES, agrees, text_of, typed_in

NAMES = sorted(guides())
_DOCS = Path(__file__).parents[2] / "docs"
_ADDRESSES = (Path(__file__).parents[1] / "data" / "guides.txt").read_text().split()
"""The addresses of guides that were published; further ones may follow, none may go."""
_CALLED = {
    **{name: name for name in ("anybody", "person", "officer", "administrator", "country", "successor", "integrator")},
    **{name: name for name in ("author", "reviewer", "editor")},
    "focal": r"focal\s+point",
    "expert": "colleague",
    "second": "second",
}
"""How pages name the readers whose shells they tell apart."""
_LISTED = re.compile(r"\]\(((\w+)/[\w-]+\.md)\)")


def test_the_addresses_of_guides_stay() -> None:
    assert set(_ADDRESSES) - {f"/guides/{name}" for name in NAMES} == set()


def test_every_page_of_a_reader_is_a_guide_with_a_name_of_its_own() -> None:
    files = [path.stem for folder in FOLDERS for path in (_DOCS / folder).glob("*.md")]
    assert sorted(files) == NAMES
    assert {path.name for path in _DOCS.iterdir() if path.is_dir()} - {"__pycache__"} == {
        *FOLDERS,
        "development",
        "decisions",
        "bruno",
    }


def test_the_first_page_lists_each_guide_once_under_its_reader() -> None:
    _, *sections = (_DOCS / "README.md").read_text().split("\n## ")
    listed = [found for section in sections if (found := _LISTED.findall(section))]
    found = {folder for section in listed for _, folder in section}
    assert [{folder for _, folder in section} for section in listed[:-1]] == [{folder} for folder in FOLDERS]
    assert found == {*FOLDERS, "development", "decisions"}
    pages = sorted(path for section in listed[:-1] for path, _ in section)
    assert pages == sorted(f"{guide.folder}/{guide.name}.md" for guide in guides().values())


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


@pytest.mark.parametrize("page", PAGES)
def test_commands_take_four_inputs(page):
    said = guides()[page.removesuffix(".md")].text
    assert set(re.findall(r"^\w+=\$\{(\w+):-", said, re.MULTILINE)) <= {"BASE", "ID", "SECRET", "MAIL"}
    assert "stack.json" not in said


@pytest.mark.parametrize("page", PAGES)
def test_a_page_shows_what_its_reader_will_see(page):
    shown = [typed.shown for typed in typed_in(page) if typed.shown]
    assert shown
    assert [text for text in shown if not text.replace(LEFT_OUT, "").strip()] == []


@pytest.mark.parametrize("page", PAGES)
def test_a_page_needs_no_password_but_that_of_its_reader(page):
    """One shell has the `ID` and `SECRET` of one reader. Demo passwords are defaults of the first block alone."""
    first, *others = (typed.commands for typed in typed_in(page))
    assert re.findall(r"(?<!SECRET:-)demo-[\w-]+-(?:password|secret)", first) == []
    assert re.findall(r"demo-[\w-]+-(?:password|secret)", "".join(others)) == []
    signed_in = re.findall(r"\$\((?:client_)?token (.*)\)", "".join((first, *others)))
    assert set(signed_in) <= {'"$ID" "$SECRET"'}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_says_whose_shell_comes_next(page):
    texts, before = re.split(r"^```sh.*?^```$", text_of(page), flags=re.MULTILINE | re.DOTALL), ()
    for said, typed in zip(texts, typed_in(page), strict=False):
        if before not in ((), typed.readers):
            assert re.search(rf"\*\*(?:(?:the|an?)\s)?{_CALLED[typed.readers[0]]}\*\*", said.lower()), typed.commands
        before = typed.readers


def test_what_a_page_leaves_out_is_anything():
    assert agrees("id …\nactive\n", "id 01a2\nactive \n\n")
    assert agrees("{'failed': 0, …}", "{'failed': 0, 'created': 2}")
    assert agrees("…\nactive\n…", "active")
    assert agrees("…\nactive\n…", "draft\nactive\nclosed")
    assert not agrees("…\nactive", "inactive")
    assert not agrees("active", "active\nclosed")
    assert not agrees("", "active")


async def test_commands_take_their_functions_from_the_system_that_they_call(client):
    response = await client.get("/guides/shell.sh")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert response.content == (_DOCS / "shell.sh").read_bytes()
    functions = re.findall(r"^(\w+)\(\) \{", response.text, re.MULTILINE)
    assert {"value", "token", "call", "send", "step"} <= set(functions)
    line = 'eval "$(curl -fsS "$BASE/guides/shell.sh")"'
    again = re.compile(rf"^({'|'.join(functions)})\(\) \{{", re.MULTILINE)
    for guide in guides().values():
        if re.search(r"^```sh [a-z ]+\nBASE=", guide.text, re.MULTILINE):
            assert guide.text.count(line) == 1, guide.name
            assert "](../shell.sh)" in guide.text, guide.name
            assert again.findall(guide.text) == [], guide.name
    page = await client.get("/guides/tour")
    assert 'href="/guides/shell.sh"' in page.text


async def test_all_guides_are_listed_in_the_frame_of_each_language(client):
    for language in LANGUAGES:
        response = await client.get("/guides/", headers={"accept-language": language})
        assert {f"/guides/{name}" for name in NAMES} <= set(Balance(response.text).links)
        assert f"<h1>{text(language, 'nav.guides')}</h1>" in response.text
        assert text(language, "guides.search") in response.text
        assert "Accept-Language" in response.headers["vary"]
    assert (await client.get("/guides")).status_code == 200


async def test_a_search_finds_guides_by_words_of_title_and_text(client):
    response = await client.get("/guides/?q=NATIONAL+list+synchronise")
    page = Balance(response.text)
    assert next(link for link in page.links if re.match("/guides/[a-z]", link)) == "/guides/national-lists"
    assert 'value="NATIONAL list synchronise"' in response.text
    (found,) = search("é Crockford's Base 32 EXCHANGED")
    assert (found.name, found.title) == ("certificates", "Verify a certificate")
    assert found.line.startswith("The code has 16 characters of Crockford's Base 32 and a check character.")
    marked = search("settings.md lists all environment variables")[0]
    assert marked.line == "settings.md lists all environment variables with their defaults and bounds. escm settings"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_search_answers_in_the_frame_of_the_reader(client, language):
    asked = {"accept-language": language}
    found = await client.get("/guides/?q=certificate", headers=asked)
    assert f'<html lang="{language}"' in found.text
    assert found.text.count('<li lang="en" dir="ltr">') == len(search("certificate")) > 3
    none = await client.get("/guides/?q=nothingofthisname", headers=asked)
    assert text(language, "guides.none") in none.text
    assert Balance(none.text).tags.count("h1") == 1


@pytest.mark.parametrize(
    "asked", ["", "%20", "%00", "%3Cscript%3Ealert(1)%3C/script%3E", "a" * 5_000, "e+" * 2_000, "%F0"]
)
async def test_every_search_has_a_page(client, asked):
    response = await client.get(f"/guides/?q={asked}")
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "<script>" not in response.text
    assert "a" * 101 not in response.text
    Balance(response.text)
