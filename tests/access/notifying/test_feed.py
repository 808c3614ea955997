"""The event feed: in order, without gaps, and only of each caller's own countries and kinds."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.access.app import create_app
from services.access.notifying.feed.domain import SCANNED
from services.access.settings import AccessSettings
from shared.contracts.envelope import CloudEvent
from shared.kernel.principal import Principal, PrincipalKind
from tests.actions.neighbours import enter
from tests.support.callers import CALLERS, Caller, grant, machine, person, serving

EVENTS = "/access/v1/events"
_FACT = """
INSERT INTO core_fact (position, fact, type, time, subject, ref, version, country, country_left, visibility, link, bulk)
VALUES ($1, $2, $3, now(), $4, 'REF-1', 1, $5, $6, 'restricted', '/x', false)
"""
_HEAD = """
INSERT INTO core_lease (name, holder, expires_at, position) VALUES ('relay', uuidv7(), now(), $1)
ON CONFLICT (name) DO UPDATE SET position = $1
"""
NOMINATION, SCORE = "escm.membership.nomination.{}.v1", "escm.membership.score.{}.v1"
EXPERT, SEAT, LETTER = "escm.membership.expert.{}.v1", "escm.centres.seat.{}.v1", "escm.actions.correspondence.{}.v1"


class Feed:
    """A feed that a test fills, and its callers."""

    def __init__(self, http: httpx.AsyncClient, connection: asyncpg.Connection) -> None:
        self.http = http
        self.connection = connection
        self.head = 0

    async def add(
        self,
        kind: str,
        country: str | None,
        *,
        left: str | None = None,
        subject: UUID | None = None,
        what: str = "created",
    ) -> str:
        """Inserts a fact. Returns its id."""
        self.head += 1
        fact = uuid4()
        kind = kind.format(what)
        async with self.connection.transaction():
            await self.connection.execute(_FACT, self.head, fact, kind, subject or uuid4(), country, left)
            await self.connection.execute(_HEAD, self.head)
        return str(fact)

    async def read(self, name: str | None, **query: Any) -> dict[str, Any]:
        response = await Caller(self.http, name).get(EVENTS, params=query)
        assert response.status_code == 200, response.text
        return dict(response.json())

    async def ids(self, name: str, **query: Any) -> list[str]:
        return [event["id"] for event in (await self.read(name, **query))["items"]]

    async def refused(self, **query: Any) -> tuple[int, str]:
        response = await Caller(self.http, "admin").get(EVENTS, params=query)
        return response.status_code, response.json()["code"]


@pytest.fixture(scope="module")
async def http(settings: AccessSettings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(create_app(settings)) as client:
        yield client


@pytest.fixture
async def feed(http: httpx.AsyncClient, database_url: str) -> AsyncIterator[Feed]:
    connection = await asyncpg.connect(database_url, server_settings={"search_path": "escm"})
    await connection.execute("DELETE FROM core_fact")
    feed = Feed(http, connection)
    await connection.execute(_HEAD, 0)
    yield feed
    await connection.close()


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Registers a principal with the app and returns its name."""

    def make(principal: Principal) -> str:
        monkeypatch.setitem(CALLERS, principal.name, principal)
        return principal.name

    return make


async def test_without_a_token_there_are_no_events(feed: Feed) -> None:
    response = await Caller(feed.http, None).get(EVENTS)
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")


async def test_an_empty_feed_returns_where_to_go_on(feed: Feed) -> None:
    page = await feed.read("admin")
    assert page["items"] == []
    assert await feed.read("admin", after=page["next_after"]) == page
    fact = await feed.add(EXPERT, "XA")
    assert await feed.ids("admin", after=page["next_after"]) == [fact]


async def test_who_follows_next_after_gets_every_event_once_in_order(feed: Feed) -> None:
    facts = [await feed.add(EXPERT, "XA", what=what) for what in ("created", "updated", "invited", "deleted", "merged")]
    found, query = [], {}
    for _ in range(3):
        page = await feed.read("admin", limit=2, **query)
        found += [event["id"] for event in page["items"]]
        query = {"after": page["next_after"]}
    assert found == facts
    assert await feed.read("admin", **query) == {"items": [], "next_after": query["after"]}


async def test_an_event_is_a_cloudevent_and_nothing_more(feed: Feed) -> None:
    subject = uuid4()
    await feed.add(EXPERT, "XA", subject=subject)
    (event,) = (await feed.read("admin"))["items"]
    assert CloudEvent.model_validate(event, extra="forbid").model_dump(mode="json") == event
    assert (event["subject"], event["source"], event["sequence"]) == (str(subject), "/membership", "1")


async def test_events_are_chosen_by_type_and_country(feed: Feed) -> None:
    expert = await feed.add(EXPERT, "XA")
    updated = await feed.add(EXPERT, "XB", what="updated")
    seat = await feed.add(SEAT, "XC")
    assert await feed.ids("admin", type="escm.membership.*") == [expert, updated]
    assert await feed.ids("admin", type="escm.membership.expert.updated.v1") == [updated]
    assert await feed.ids("admin", type="escm.membership.expert.created.v1,escm.centres.*") == [expert, seat]
    assert await feed.ids("admin", type="*", country="XB,XC") == [updated, seat]
    page = await feed.read("admin", type="escm.actions.*")
    assert page["items"] == []
    assert await feed.read("admin", after=page["next_after"]) == {"items": [], "next_after": page["next_after"]}


async def test_a_country_gets_its_own_facts_of_the_kinds_that_it_reads(feed: Feed) -> None:
    expert = await feed.add(EXPERT, "XA")
    letter = await feed.add(LETTER, "XA")
    await feed.add(EXPERT, "XB")
    await feed.add("escm.actions.framework.{}.v1", None)
    await feed.add("escm.access.account.{}.v1", None)
    client = await feed.add("escm.access.client.{}.v1", "XA")
    granted = await feed.add("escm.access.grant.{}.v1", "XA")
    assert await feed.ids("government_xa") == [expert, letter, client, granted]
    assert await feed.ids("author_xa") == [expert, letter]
    assert len(await feed.ids("auditor")) == feed.head
    assert await feed.ids("operator", type="escm.access.client.*") == await feed.ids("operator")
    assert await feed.ids("applicant") == []


async def test_the_country_that_a_record_leaves_learns_that_it_left_and_not_where_to(feed: Feed, known: Any) -> None:
    mine = uuid4()
    fact = await feed.add(EXPERT, "XB", left="XA", subject=mine, what="updated")
    await feed.add(LETTER, "XC", left="XB", what="updated")
    to_xb = known(machine("to_xb", grant("api_client", "country", "XB", resources=frozenset({"membership.*"}))))
    oneself = known(person("moved", grant("expert", "self", str(mine))))
    for name, country in (("author_xa", None), ("reader_xa", None), (to_xb, "XB"), (oneself, "XB"), ("admin", "XB")):
        (event,) = (await feed.read(name, type="escm.membership.*"))["items"]
        assert (event["id"], event["data"]["country_left"], event["data"]["country"]) == (fact, "XA", country), name
        assert await feed.ids(name, country="XA") == [fact]
        assert await feed.ids(name, country="XB", type="escm.membership.*") == ([fact] if country else [])


async def test_a_grant_over_one_record_gives_the_facts_of_that_record(feed: Feed, known: Any) -> None:
    mine = uuid4()
    await feed.add(EXPERT, "XA")
    fact = await feed.add(EXPERT, "XA", subject=mine)
    name = known(person("oneself", grant("expert", "self", str(mine))))
    assert await feed.ids(name) == [fact]


async def _nominated(feed: Feed, member: UUID, **values: Any) -> tuple[UUID, UUID, UUID]:
    """A nomination of a call that is decided, about which a member of the panel has a conflict of interest, its nominee
    and a score."""
    rows, nominee = feed.connection, uuid4()
    about = {"status": "decided", "kind": "committee", "seats": 1, "code": str(uuid4()), "panel": "[]"}
    call = await enter(rows, "member_call", **about)
    conflicts = f'[{{"expert_id": "{member}", "kind": "recused"}}]'
    about = {"call_id": call, "expert_id": nominee, "conflicts": conflicts, "status": "selected", **values}
    nomination = await enter(rows, "member_nomination", **about)
    score = await enter(rows, "member_score", nomination_id=nomination, call_id=call, status="recorded")
    return nomination, nominee, score


async def test_a_conflict_of_interest_withholds_the_facts_of_a_nomination(feed: Feed, known: Any) -> None:
    """Whatever office over the country, or over everything, the member of the panel has."""
    member, other = uuid4(), uuid4()
    nomination, _, score = await _nominated(feed, member)
    rest = [await feed.add(EXPERT, "XA")]
    withheld = [await feed.add(NOMINATION, "XA", subject=nomination, what=what) for what in ("created", "nominated")]
    scored = await feed.add(SCORE, "XA", subject=score)
    for role, scope in (("secretariat_officer", ("country", "XA")), ("auditor", ("country", "XA"))):
        by_name = {
            name: known(person(f"{role} {name}", grant(role, *scope), grant("expert", "self", str(key))))
            for name, key in (("conflicted", member), ("clear", other))
        }
        assert await feed.ids(by_name["conflicted"]) == rest, role
        assert await feed.ids(by_name["clear"]) == [*rest, *withheld], role
    everything = grant("secretariat_admin", "global")
    assert await feed.ids(known(person("conflicted", everything, grant("expert", "self", str(member))))) == rest
    assert await feed.ids(known(person("clear", everything))) == [*rest, *withheld, scored]


@pytest.mark.parametrize("what", ["recused", "selected", "not_selected"])
async def test_a_nominee_learns_of_the_acts_of_the_panel_by_the_publication(feed: Feed, known: Any, what: str) -> None:
    status = "nominated" if what == "recused" else what
    nomination, nominee, score = await _nominated(feed, uuid4(), status=status)
    before = await feed.add(NOMINATION, "XA", subject=nomination, what="nominated")
    decided = await feed.add(NOMINATION, "XA", subject=nomination, what=what)
    await feed.add(SCORE, "XA", subject=score)
    offices = (grant("secretariat_officer", "country", "XA"), grant("secretariat_admin", "global"))
    names = [known(person(f"nominee {n}", one, grant("expert", "self", str(nominee)))) for n, one in enumerate(offices)]
    for name in names:
        assert await feed.ids(name) == [before]
    await feed.connection.execute("UPDATE member_call SET status = 'published'")
    for name in names:
        assert await feed.ids(name) == [before, decided]


async def test_a_client_gets_the_kinds_and_verbs_that_it_was_given(feed: Feed, known: Any) -> None:
    expert = await feed.add(EXPERT, "XA")
    await feed.add("escm.membership.institution.{}.v1", "XA")
    await feed.add(LETTER, "XA")
    assert await feed.ids("reader_xa") == [expert]
    writer = grant("api_client", "country", "XA", resources=frozenset({"membership.*"}), verbs=frozenset({"write"}))
    assert await feed.ids(known(machine("writer", writer))) == []


async def test_a_client_in_the_sandbox_gets_fictional_countries_only(feed: Feed, known: Any) -> None:
    await feed.add(EXPERT, "PK")
    fictional = await feed.add(EXPERT, "XB")
    for kind, scope in (("global", None), ("country", "PK"), ("region", "142")):
        holder = Principal(PrincipalKind.CLIENT, uuid4(), f"box-{kind}", (grant("api_client", kind, scope),), True)
        assert await feed.ids(known(holder)) == ([fictional] if kind == "global" else [])


async def test_a_caller_whose_scope_hides_nearly_all_goes_on_page_by_page(feed: Feed) -> None:
    await feed.connection.execute(
        "INSERT INTO core_fact (position, fact, type, time, subject, ref, version, country, link, bulk)"
        " SELECT n, uuidv7(), $1, now(), uuidv7(), 'x', 1, 'XB', '/x', false FROM generate_series(1, $2::bigint) n",
        EXPERT.format("created"),
        SCANNED + 5,
    )
    feed.head = SCANNED + 5
    fact = await feed.add(EXPERT, "XA")
    first = await feed.read("author_xa")
    assert first["items"] == []
    second = await feed.read("author_xa", after=first["next_after"])
    assert [event["id"] for event in second["items"]] == [fact]


async def test_a_position_that_is_no_longer_stored_is_gone(feed: Feed) -> None:
    for _ in range(4):
        await feed.add(EXPERT, "XA")
    early = (await feed.read("admin", limit=1))["next_after"]
    late = (await feed.read("admin", limit=2))["next_after"]
    await feed.connection.execute("DELETE FROM core_fact WHERE position <= 2")
    assert await feed.refused(after=early) == (410, "position_expired")
    assert len(await feed.ids("admin", after=late)) == len(await feed.ids("admin")) == 2
    await feed.connection.execute("DELETE FROM core_fact")
    assert await feed.refused(after=late) == (410, "position_expired")
    assert await feed.ids("admin") == []


async def test_a_position_that_was_never_given_is_refused(feed: Feed) -> None:
    await feed.add(EXPERT, "XA")
    given = (await feed.read("admin"))["next_after"]
    await feed.connection.execute("DELETE FROM core_fact")
    await feed.connection.execute(_HEAD, 0)
    assert await feed.refused(after=given) == (410, "position_expired")
    for wrong in ("1", "", f"{given}A", given[:-2] + ("AA" if given[-2:] != "AA" else "BB")):
        assert await feed.refused(after=wrong) == (400, "invalid_cursor"), wrong


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"limit": "0"}, "invalid_parameter"),
        ({"limit": "1001"}, "invalid_parameter"),
        ({"limit": "x"}, "invalid_parameter"),
        ({"country": "ZZ"}, "invalid_parameter"),
        ({"type": ""}, "invalid_parameter"),
        ({"type": "escm.%"}, "invalid_parameter"),
        ({"type": "*.created.v1"}, "invalid_parameter"),
        ({"type": ["a", "b"]}, "invalid_parameter"),
        ({"sort": "time"}, "unknown_parameter"),
    ],
)
async def test_a_feed_that_cannot_be_asked_for(feed: Feed, query: dict[str, Any], code: str) -> None:
    assert await feed.refused(**query) == (400, code)
