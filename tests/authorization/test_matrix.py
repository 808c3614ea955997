"""Promise 26: every operation responds to every role, in its own country and in another, as in
docs/reference/access-matrix.md."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from uuid import UUID, uuid4, uuid5

import asyncpg
import httpx
import pytest

from deploy.matrix import notifications, offices, page, readers
from deploy.matrix.demands import Ask
from deploy.matrix.holders import NOBODY, OWN, PERSON, Holder, holders
from deploy.matrix.operations import Operation, operations
from deploy.matrix.responses import ALWAYS_PUBLISHED, MAY_BE_PUBLISHED, Class, Target, class_of
from services.access.access import ROLE_SCOPES
from services.access.notifying.notifications.domain import NOTICES
from shared.kernel.clock import now, to_text
from shared.kernel.principal import Principal, PrincipalKind
from tests.authorization.bodies import schema_of
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import ADMIN, CountryFixture
from tests.authorization.kinds import PUBLISHED, named, plural_of
from tests.authorization.requests import FILES, Started, request_for
from tests.support.callers import CALLERS, Caller
from tests.support.principals import enter_principal
from tests.support.tiers import long

AT_ONCE = 6
_SPACE = uuid4()
_ELSEWHERE = str(uuid4())
"""The id of no record."""
_LOOKED_UP = (Ask.PERSON, Ask.OFFICIAL, Ask.HAND_ON)
"""Conditions for which the service reads the caller's row or grants."""
_REFUSED_TOKEN = ("unauthenticated", "invalid_token")
CountryFixtures = dict[tuple[str, bool], CountryFixture]


@dataclass(frozen=True)
class Case:
    """One compared response: an operation, to a holder, on one country's record."""

    operation: Operation
    holder: Holder
    target: Target
    country_fixture: CountryFixture

    @property
    def scope_id(self) -> str:
        """The record of a grant over one record: this record if it is the holder's own."""
        plural = named(self.operation.service, (self.operation.path.split("/") + [""] * 4)[3])
        if self.target.seen_by != "own" or plural not in self.country_fixture.records:
            return _ELSEWHERE
        if self.operation.demand.ask is Ask.ENTER_UNDER:
            return self.country_fixture.id(self.operation.demand.under)
        return self.country_fixture.above(plural)

    @property
    def expected(self) -> Class:
        return class_of(self.operation, self.holder, self.target, scope_id="own")

    def __str__(self) -> str:
        state = "published" if self.target.published else "unpublished"
        return f"{self.operation.id} to {self.holder.name}: {state}, {self.target.seen_by}"


def _cases(operation: Operation, country_fixtures: CountryFixtures) -> Iterator[Case]:
    for holder in holders():
        for target in page.targets(operation):
            country = OWN if target.seen_by == "own" else "XB"
            yield Case(operation, holder, target, country_fixtures[country, target.published])


def _two_of_them(cases: Iterable[Case]) -> Iterable[Case]:
    """A response that is done and one that is refused, where there are such."""
    chosen: dict[bool, Case] = {}
    for case in sorted(cases, key=_place):
        chosen.setdefault(case.expected is Class.DONE, case)
    return chosen.values()


def _place(case: Case) -> bytes:
    """A place in an order that does not follow names."""
    return sha256(str(case).encode()).digest()


@pytest.fixture(scope="module")
async def started(services: Services, superuser: asyncpg.Connection) -> Mapping[str, Started]:
    """An ended import, export and job of the administrator, by service; of access, a replay of a webhook."""
    replay = Started("", "", await _replay(Caller(services["access"], ADMIN)))
    return {"access": replay, **{service: await _started(service, services[service], superuser) for service in FILES}}


async def _replay(admin: Caller) -> str:
    path, since = "/access/v1/webhooks", to_text(now() - timedelta(hours=1))
    hook = await admin.post(path, {"name": "Replayed", "url": "https://receiver.example/in", "types": ["*"]})
    assert hook.status_code == 201, hook.text
    return str((await admin.post(f"{path}/{hook.json()['id']}/replays", {"from": since})).json()["id"])


async def _started(service: str, client: httpx.AsyncClient, superuser: asyncpg.Connection) -> Started:
    admin, form = Caller(client, ADMIN), FILES[service]
    sent = await admin.post(f"/{service}/v1/imports", **form)
    assert sent.status_code == 202, sent.text
    await admin.post(f"/{service}/v1/exports", {"resource": form["data"]["resource"]})
    row = await superuser.fetchrow("SELECT id, file_digest, file_size FROM core_import WHERE service = $1", service)
    export = await superuser.fetchval(
        "UPDATE core_export SET file_digest = $2, file_size = $3 WHERE service = $1 RETURNING id",
        service,
        row["file_digest"],
        row["file_size"],
    )
    await superuser.execute("UPDATE core_job SET status = 'succeeded', finished_at = now()")
    return Started(str(row["id"]), str(export), sent.json()["id"])


async def _response(case: Case, service: httpx.AsyncClient, name: str | None, started: Started) -> httpx.Response:
    request, etag = request_for(case.operation, case.country_fixture, started), None
    if request.item is not None:
        etag = (await Caller(service, ADMIN).get(request.item)).headers.get("etag")
    return await Caller(service, name).request(
        request.method, request.path, json=request.json, etag=etag, **request.more
    )


def _known(case: Case, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """The name under which the app knows the holder, with its grant over the case's record."""
    if case.holder == NOBODY:
        return None
    if case.holder == PERSON:
        return _without_a_grant(case, monkeypatch)
    principal = case.holder.principal(case.scope_id)
    name = f"{case.holder.name} {case.scope_id}"
    if name not in CALLERS:
        known = Principal(principal.kind, uuid5(_SPACE, name), name, principal.grants)
        monkeypatch.setitem(CALLERS, name, known)
    return name


def _without_a_grant(case: Case, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a person without a grant: the account of the case's country fixture if the record is the holder's
    own."""
    account = case.country_fixture.id("accounts") if case.target.seen_by.startswith("own") else _ELSEWHERE
    monkeypatch.setitem(CALLERS, account, Principal(PrincipalKind.ACCOUNT, UUID(account), account))
    return account


def _class(response: httpx.Response) -> Class:
    assert response.status_code < 500, response.text
    code = response.json().get("code") if response.status_code >= 400 else None
    if response.status_code == 401 and code in _REFUSED_TOKEN:
        return Class.UNAUTHENTICATED
    if response.status_code == 422 and _names_the_unknown(response):
        return Class.UNKNOWN
    if response.status_code == 409 and code == "transition_not_allowed":
        return Class.GUARDED
    refused: dict[int, Class] = {403: Class.FORBIDDEN, 404: Class.HIDDEN}
    return refused.get(response.status_code, Class.DONE)


def _names_the_unknown(response: httpx.Response) -> bool:
    codes = {error["code"] for error in response.json().get("errors", ())}
    return any(code.startswith("unknown_") for code in codes - {"unknown_field", "unknown_action"})


@pytest.mark.parametrize(
    "chosen",
    [_two_of_them, *long("sends a request for each cell", iter)],
    ids=["two cells", "every cell"],
)
@pytest.mark.parametrize("operation", operations(), ids=lambda each: each.id)
async def test_the_system_responds_as_the_matrix_says(
    services: Services,
    country_fixtures: CountryFixtures,
    started: Mapping[str, Started],
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    operation: Operation,
    chosen: Callable[[Iterable[Case]], Iterable[Case]],
) -> None:
    slots, entering, wrong = asyncio.Semaphore(AT_ONCE), asyncio.Lock(), []

    async def enter(principal: Principal) -> None:
        if principal.kind is PrincipalKind.ACCOUNT:
            async with entering:
                await enter_principal(superuser, principal)

    async def compare(case: Case) -> None:
        async with slots:
            name = _known(case, monkeypatch)
            if case.operation.demand.ask in _LOOKED_UP and name is not None:
                await enter(CALLERS[name])
            of_service = started.get(case.operation.service, Started("", "", ""))
            response = await _response(case, services[case.operation.service], name, of_service)
        if _class(response) is not case.expected:
            wrong.append(f"{case}: {response.status_code} instead of {case.expected.name} ({response.text[:200]})")

    await asyncio.gather(*(compare(case) for case in chosen(_cases(operation, country_fixtures))))
    assert not wrong, "\n".join(sorted(wrong))


def test_kinds_whose_records_have_a_visibility_in_a_body_may_be_published_and_the_fixture_publishes_each() -> None:
    bodies = [each for each in operations() if each.method in ("POST", "PATCH") and each.path.count("/") <= 4]
    having = {
        each.resource
        for each in bodies
        if "visibility" in schema_of(each.service, each.method, each.path).get("properties", {})
    }
    assert having - MAY_BE_PUBLISHED == set()
    assert {plural_of(name) for name in PUBLISHED} | ALWAYS_PUBLISHED | {"terms"} == MAY_BE_PUBLISHED


@pytest.mark.long("makes the whole page")
def test_the_page_is_current() -> None:
    assert page.FILE.read_bytes() == page.render(), "run `make matrix` and commit docs/reference/access-matrix.md"


def test_the_page_of_notifications_decides_for_every_transition_and_is_current() -> None:
    assert notifications.FILE.read_bytes() == notifications.render(), "run `make matrix` and commit the page"


def test_the_pages_of_offices_are_current_and_every_role_with_permissions_has_one() -> None:
    for file, content in offices.pages().items():
        assert file.read_bytes() == content, f"run `make matrix` and commit {file.name}"
    held = {role for service in readers.SERVICES for role in readers.roles_of(service)} & ROLE_SCOPES.keys()
    assert held - offices.ROLES.keys() == {"secretariat_admin", "platform_operator", "auditor", "api_client"}


def test_a_transition_whose_notification_nobody_decides_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    decided = {fact: notice for fact, notice in NOTICES.items() if not fact.endswith(".designated.v1")}
    monkeypatch.setattr("deploy.matrix.notifications.NOTICES", decided)
    with pytest.raises(notifications.UndecidedTransition, match=r"whom escm\.centres\.centre\.designated\.v1 notifies"):
        notifications.render()


def test_what_the_feed_knows_of_readers_is_current() -> None:
    assert readers.FILE.read_bytes() == readers.render(), "run `make matrix` and commit shared/contracts/data"


def test_an_operation_of_which_nobody_says_what_it_asks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.matrix.operations._BY_NAME", {})
    with pytest.raises(ValueError, match=r"say in deploy.matrix.operations\.py what"):
        operations.__wrapped__()
