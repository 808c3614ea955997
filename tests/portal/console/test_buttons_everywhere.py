"""No role sees a button on the list or the record of any kind that its token may not press."""

import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx
import pytest

from deploy.matrix.operations import Operation, operations
from services.access.access import MACHINE_ROLE, ROLE_SCOPES
from services.portal.console.describing.resources import kinds
from tests.authorization.country_fixture import ADMIN, CountryFixture, Seeder
from tests.authorization.kinds import named
from tests.authorization.requests import Started, request_for
from tests.support.callers import Caller
from tests.support.console import Browser, ConsoleSystem, console_system
from tests.support.console_api import ConsoleApi
from tests.support.services import open_services

COUNTRY = "XA"
_ROLES = sorted(role for role in ROLE_SCOPES if role != MACHINE_ROLE)
_BUTTON = re.compile(
    r'(?:href|action)="(/console/[a-z]+/[a-z_]+(?:/[0-9a-f-]{36})?(?:/[a-z_]+)?)/(new|edit|do/[a-z_]+)["?]'
)
_FOR_OTHERS = {
    "editor_in_chief": {"grants"},  # editors alone
    "reviewer": {"reviews"},  # their own alone
    "institution_representative": {"evidence"},  # for the institution
    "centre_director": {"evidence", "results"},  # about the centre
    "expert": {"evidence"},  # for an offer of theirs
}
"""What a role enters for a record of its own alone, as its form says; here the form names the country."""
_STEP_UP = "insufficient_user_authentication"
_PATCH = {"Content-Type": "application/merge-patch+json"}


@dataclass(frozen=True)
class Whole:
    """A system in which one country has a record of every kind, in its first state."""

    console: ConsoleSystem
    records: CountryFixture

    def scope(self, kind: str) -> str | None:
        """What a grant of this kind is over."""
        plurals = {"record": "centres", "centre": "centres", "institution": "institutions", "self": "experts"}
        if kind in ("global", "country", "region"):
            return {"global": None, "country": COUNTRY, "region": "Oceania"}[kind]
        return self.records.id(plurals.get(kind, f"{kind}s"))


@pytest.fixture(scope="session")
def buttons_database_url(database_named: Callable[[str], str]) -> str:
    return database_named("buttons")


@pytest.fixture(scope="module")
async def whole(
    buttons_database_url: str, redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Whole]:
    url, storage = buttons_database_url, Path(tmp_path_factory.mktemp("files"))
    superuser = await asyncpg.connect(url, server_settings={"search_path": "escm"})
    async with open_services(database_url=url, redis_url=redis_url, storage_path=storage) as (found, _):
        callers = {name: Caller(client, ADMIN) for name, client in found.items()}
        records = await Seeder(callers, Caller(found["access"], None), superuser).seed(COUNTRY, "Buttonword")
    await superuser.close()
    async with console_system(url, redis_url, storage_path=storage) as console:
        yield Whole(console, records)


def _pages(records: CountryFixture) -> list[str]:
    found = []
    for kind in kinds().values():
        found.append(kind.page)
        if key := records.records.get(named(*kind.name.split(".")), {}).get("id"):
            found.append(f"{kind.page}/{key}")
    return found


def _operation(path: str) -> Operation:
    """The operation that creates something at a path of the API."""
    parts = path.split("/")
    for each in operations():
        of = each.path.split("/")
        is_alike = len(of) == len(parts) and all(a in (b, "{record}") for a, b in zip(of, parts, strict=True))
        if each.method == "POST" and is_alike:
            return each
    raise LookupError(path)


async def _pressed(http: httpx.AsyncClient, whole: Whole, page: str, button: str) -> httpx.Response:
    """What the API says to a press: a new record, a change of nothing, a step with a field that it does not have."""
    _, _, service, rest = page.split("/", 3)
    path = f"/{service}/v1/{rest}"
    if button == "new":
        asked = request_for(_operation(path), whole.records, Started("", "", ""))
        return await http.request("POST", path, json=asked.json, **asked.more)
    tag = {"If-Match": (await http.get(path)).headers.get("etag", "")}
    if button == "edit":
        return await http.patch(path, json={}, headers={**tag, **_PATCH})
    body = {"action": button.removeprefix("do/"), "fields": {"nonsense": 1}}
    return await http.post(f"{path}/transitions", json=body, headers=tag)


@pytest.mark.long("opens the list and a record of every kind, and presses every button there")
@pytest.mark.parametrize("role", _ROLES)
async def test_every_button_of_every_kind_may_be_pressed(whole: Whole, role: str) -> None:
    kind = min(ROLE_SCOPES[role])
    browser: Browser = await whole.console.person((role, kind, whole.scope(kind)))
    await browser.open("/console/")
    http = ConsoleApi(whole.console, browser).http
    seen = set()
    for address in _pages(whole.records):
        page = await browser.get(address)
        assert page.status_code in (200, 303, 403, 404), (address, page.text[-2000:])
        seen |= set(_BUTTON.findall(page.text))
    refused = []
    for page_of, button in sorted(seen):
        said = await _pressed(http, whole, page_of, button)
        if said.status_code in (401, 403) and said.json()["code"] != _STEP_UP:
            refused.append((page_of.rpartition("/")[2], button))
    assert set(refused) == {(plural, "new") for plural in _FOR_OTHERS.get(role, ())}
