"""A shared cache in front of the pages: who leaves the directory leaves it too within a minute, no header of a request
changes what others get, and other parameters fill nothing."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pytest

from services.portal.reading import copies, kept
from shared.kernel.clock import now
from tests.portal.conftest import HTML, Site
from tests.support.callers import Caller
from tests.support.services import open_portal

_MINUTE = 60
_AGES = re.compile(r"(max-age|stale-while-revalidate)=(\d+)")
_EVIL = "evil.example.org"
_FORGED = {
    "Host": _EVIL,
    "X-Forwarded-Host": _EVIL,
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": f"//{_EVIL}",
    "Forwarded": f"host={_EVIL};proto=http",
    "X-Original-URL": f"/{_EVIL}",
    "X-Rewrite-URL": f"/{_EVIL}",
    "Cookie": f"language=ar; session={_EVIL}",
    "Accept-Language": "ar",
    "Origin": f"https://{_EVIL}",
    "Referer": f"https://{_EVIL}/",
}


@pytest.fixture
async def portal(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """The portal, which keeps copies and pages for a minute."""
    async with open_portal(site.asking, api_seconds=60, fresh=_MINUTE) as client:
        client.headers.update(HTML)
        yield client


@contextmanager
def _later(seconds: float) -> Iterator[None]:
    """So many seconds later for what the portal keeps."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (copies, kept):
            patch.setattr(module, "now", lambda: now() + timedelta(seconds=seconds))
        yield


@dataclass
class _Cache:
    """A shared cache that sends what it has as long as `Cache-Control` allows (RFC 9111), also stale ones (RFC 5861)
    for as long as that allows. It waits for nothing: `at` is the second of its clock."""

    portal: httpx.AsyncClient
    stored: dict[str, tuple[float, httpx.Response]] = field(default_factory=dict)

    async def get(self, path: str, *, at: float) -> httpx.Response:
        if path in self.stored:
            since, response = self.stored[path]
            ages = {name: int(value) for name, value in _AGES.findall(response.headers["cache-control"])}
            if at - since < sum(ages.values()):
                return response
        with _later(at):
            response = await self.portal.get(path)
        self.stored[path] = at, response
        return response


async def test_who_leaves_the_directory_has_left_a_shared_cache_within_a_minute(
    site: Site, portal: httpx.AsyncClient
) -> None:
    admin = Caller(site.services["membership"], "admin")
    record = f"/membership/v1/experts/{site.ref('experts')}"
    name = (await admin.get(record)).json()["display_name"]
    centre = f"/en/centres/{site.ref('centres')}"
    pages = (f"/en/experts/{site.ref('experts')}", "/en/experts", f"/en/search?q={name.split()[0]}", centre)
    others = ("/en/", "/en/countries", "/en/countries/XA", "/en/institutions", "/en/changes.atom")
    cache = _Cache(portal)
    shown = [path for path in pages if name in (await cache.get(path, at=0)).text]
    assert len(shown) >= 3, shown
    assert [path for path in others if name in (await cache.get(path, at=0)).text] == []
    assert (await admin.change(record, visibility="restricted")).status_code == 200
    try:
        left = [path for path in (*pages, *others) if name in (await cache.get(path, at=_MINUTE)).text]
        assert left == []
        assert (await cache.get(pages[0], at=_MINUTE)).status_code == 404
    finally:
        assert (await admin.change(record, visibility="public")).status_code == 200


@pytest.mark.parametrize("path", ["/en/", "/en/countries", "/en/countries/XA", "/en/institutions", "/en/data"])
async def test_no_header_of_a_request_changes_what_others_get(portal: httpx.AsyncClient, path: str) -> None:
    """The forged request comes first, so that whatever is kept of it would be sent to the next reader."""
    forged = await portal.get(path, headers=_FORGED)
    plain = await portal.get(path)
    assert (forged.status_code, plain.status_code) == (200, 200)
    assert _EVIL not in forged.text + plain.text
    assert forged.content == plain.content
    assert forged.headers["etag"] == plain.headers["etag"]
    assert "set-cookie" not in forged.headers
    varied = {part.strip().lower() for part in plain.headers.get("vary", "").split(",") if part}
    assert varied <= {"accept", "accept-encoding", "authorization"}


async def test_other_parameters_fill_no_cache(portal: httpx.AsyncClient) -> None:
    await portal.get("/en/countries/XA")
    pages = portal._transport.app.state.kept_pages  # type: ignore[attr-defined]
    before = len(pages._values)
    for number in range(50):
        answer = await portal.get(f"/en/countries/XA?utm={number}")
        assert (answer.status_code, answer.headers["location"]) == (301, "/en/countries/XA")
        assert (await portal.get(f"/en/countries?stage={number + 8}")).status_code == 400
    assert len(pages._values) == before
