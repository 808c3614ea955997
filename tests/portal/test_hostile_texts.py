"""Every text of every record that a page shows stays text, whatever is in it."""

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote

import httpx
import orjson
import pytest
from lxml import etree

from shared.kernel.text import LANGUAGES
from tests.portal.conftest import HTML, Site
from tests.portal.test_pages import Balance
from tests.support.services import ToServices, open_portal

_CORPUS = (
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script><!--",
    "</title></textarea></style><svg onload=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}{% raw %}${7*7}<%= 7*7 %>",
    "\u2028\u2029\u202e]]><x>&#60;script&#62;",
    '" autofocus onfocus="alert(1)" x="',
)
_TEXTS = frozenset(
    {
        *("full", "display_name", "label", "raw", "unit", "role", "city", "subdivision", "address", "name", "given"),
        *("family", "keywords", "themes", "definition", "title", "description", "web_pages", "holder_name", "detail"),
    }
)
"""Members with text of others, beside texts by language."""
_SCRIPT = re.compile(r"^\s*(?:javascript|data|vbscript):", re.IGNORECASE)


class _Hostile(httpx.AsyncBaseTransport):
    """The services, in whose responses each text is a hostile one."""

    def __init__(self, services: ToServices, text: str) -> None:
        self._services, self._text = services, text
        self.replaced = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._services.handle_async_request(request)
        content = await response.aread()
        if "json" not in response.headers.get("content-type", ""):
            return httpx.Response(response.status_code, headers=response.headers, content=content)
        changed = orjson.dumps(self._changed(orjson.loads(content), is_text=False))
        return httpx.Response(response.status_code, headers={"content-type": "application/json"}, content=changed)

    def _changed(self, value: Any, *, is_text: bool) -> Any:
        if isinstance(value, dict):
            by_language = bool(value) and value.keys() <= set(LANGUAGES)
            return {key: self._changed(part, is_text=by_language or key in _TEXTS) for key, part in value.items()}
        if isinstance(value, list):
            return [self._changed(part, is_text=is_text) for part in value]
        if is_text and isinstance(value, str):
            self.replaced += 1
            return self._text
        return value


class _Attributes(HTMLParser):
    """The attributes and tags of a page that could run something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        runs = tag in ("img", "iframe", "object", "embed", "base", "x") or (
            tag == "script"
            and given.get("type") != "application/ld+json"
            and not (given.get("src") or "").startswith("/")
        )
        acts = [name for name in given if name.startswith("on") or name in ("autofocus", "style", "srcdoc")]
        leads = [value for name in ("href", "src", "action") if _SCRIPT.match(value := given.get(name) or "")]
        self.found += [tag] * runs + acts + leads


@pytest.fixture(params=_CORPUS, ids=range(len(_CORPUS)))
async def hostile(request: pytest.FixtureRequest, site: Site) -> AsyncIterator[tuple[httpx.AsyncClient, _Hostile]]:
    services = _Hostile(site.asking, request.param)
    async with open_portal(services, api_seconds=60) as client:
        client.headers.update(HTML)
        yield client, services


@pytest.mark.parametrize("kind", ["lists", "records", "overviews", "forms"])
async def test_no_text_of_a_record_becomes_markup(
    hostile: tuple[httpx.AsyncClient, _Hostile], site: Site, kind: str
) -> None:
    client, services = hostile
    tails = {
        "lists": ("/experts", "/institutions", "/centres", "/initiatives", "/reports", "/data"),
        "records": [
            f"/{plural}/{site.ref(plural)}" for plural in ("experts", "institutions", "centres", "initiatives")
        ],
        "overviews": ("/", "/countries", "/countries/XA", "/numbers/experts", "/search?q=nileword"),
        "forms": (
            f"/verify/{site.country_fixture.records['certificates']['code']}",
            f"/institutions/{site.ref('institutions')}/error",
            "/countries/XA/error",
        ),
    }
    for tail in tails[kind]:
        response = await client.get(f"/en{tail}")
        assert response.status_code == 200, (tail, response.text[-300:])
        Balance(response.text)
        assert _Attributes(response.text).found == [], tail
        blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', response.text, re.DOTALL)
        assert all(orjson.loads(block) for block in blocks)
    assert services.replaced > 0


@pytest.mark.parametrize("text", _CORPUS)
async def test_no_text_of_a_reader_becomes_markup(site: Site, text: str) -> None:
    """What an address holds, in each place of it that a page says again."""
    for path, name in (
        *((f"/en/{plural}", "q") for plural in ("experts", "institutions", "centres", "countries", "initiatives")),
        *(("/en/search", "q"), ("/guides/", "q"), ("/docs", "q"), ("/en/verify", "code"), ("/en/countries", "region")),
    ):
        response = await site.client.get(path, params={name: text}, headers=HTML, follow_redirects=True)
        assert response.status_code in (200, 400, 404), (path, response.status_code)
        assert _Attributes(response.text).found == [], path
    for path in ("/en/experts/", "/en/countries/", "/problems/", "/guides/", "/v/", "/records/membership/experts/"):
        response = await site.page(f"{path}{quote(text, safe='')}")
        assert response.status_code in (200, 301, 302, 404), (path, response.status_code)
        assert _Attributes(response.text).found == [], path


async def test_feeds_and_maps_stay_well_formed_whatever_records_say(
    hostile: tuple[httpx.AsyncClient, _Hostile],
) -> None:
    client, _ = hostile
    for path in ("/en/changes.atom", "/sitemaps/en.xml", "/data/catalog.jsonld"):
        response = await client.get(path)
        assert response.status_code == 200, path
        if path.endswith("jsonld"):
            assert orjson.loads(response.content)
        else:
            root = etree.fromstring(response.content)
            assert not [one.tag for one in root.iter() if str(one.tag).endswith(("script", "img", "svg", "}x"))]
