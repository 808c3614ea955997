"""Figures ask the public API, live while their edition is written; then they keep one day that anybody can verify."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import orjson
import pytest

from services.actions.global_report.figures import answers, domain
from services.actions.global_report.figures.operations import FIGURES as FIGURE_TYPE
from services.actions.settings import ActionsSettings
from shared.kernel.clock import today
from shared.reading.api import PublicApi
from tests.membership.initiatives.supports.conftest import initiative_body
from tests.support.callers import CALLERS, Caller, person
from tests.support.centres import entered, refused, stepped
from tests.support.counts import aged
from tests.support.editions import BY_REGION, FIGURES, author, contribution_body, day, edition, editor, figure_body

STATISTICS = "/membership/v1/statistics"
EXPERTS = "/membership/v1/experts"


@pytest.fixture
async def written(admin: Caller, membership: httpx.AsyncClient) -> dict[str, Any]:
    """An edition in writing."""
    assert membership
    return await edition(admin, "open_call", "close_call")


@pytest.fixture
def officer(membership: httpx.AsyncClient) -> Caller:
    """An administrator of the register."""
    return Caller(membership, "admin")


async def _expert(officer: Caller, monkeypatch: pytest.MonkeyPatch, country: str = "KE") -> dict[str, Any]:
    """A person who applied for membership, whom the office approved."""
    name = f"applicant {uuid4()}"
    monkeypatch.setitem(CALLERS, name, person(name))
    email = {"value": f"{uuid4().hex}@example.org"}
    body = {"names": [{"full": "Amina Counted"}], "country": country, "visibility": "public", "emails": [email]}
    made = await entered(officer.known_as(name), EXPERTS, body)
    return await stepped(officer, await stepped(officer, made, "start_review"), "approve")


async def _data(by: Caller, figure: dict[str, Any]) -> dict[str, Any]:
    found = await by.get(f"{figure['links']['self']}/data")
    assert found.status_code == 200, found.text
    return dict(found.json())


async def _verified(by: Caller, figure: dict[str, Any]) -> dict[str, Any]:
    found = await by.get(f"{figure['links']['self']}/verification")
    assert found.status_code == 200, found.text
    return dict(found.json())


def _africa(data: dict[str, Any]) -> int:
    return sum(row["count"] for row in data["items"] if row["region"] == "Africa")


async def _answer(officer: Caller, **query: str) -> str:
    """What the API answers to anybody, as canonical JSON without addresses and the definition."""
    found = await officer.known_as(None).get(STATISTICS, params=query)
    return answers.canonical(answers.repeated(found.json()))


async def test_a_figure_is_live_then_frozen_then_live(
    admin: Caller,
    officer: Caller,
    written: dict[str, Any],
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chief = editor(admin, written, monkeypatch, "editor_in_chief")
    colleague = editor(admin, written, monkeypatch)
    first = await _expert(officer, monkeypatch)
    figure = await entered(colleague, FIGURES, figure_body(written))
    before = await _data(colleague, figure)
    await _expert(officer, monkeypatch)
    live = await _data(colleague, figure)
    assert (live["frozen"], _africa(live)) == (False, _africa(before) + 1)
    assert live["content"] == await _answer(officer, of="experts", by="region")
    assert (await colleague.get(f"{figure['links']['self']}/verification")).status_code == 409

    await aged(superuser, today() - timedelta(days=1))
    frozen = await stepped(chief, written, "freeze")
    assert (frozen["status"], frozen["as_of"]) == ("frozen", day(-1))
    kept = await _data(colleague, figure)
    assert (kept["frozen"], kept["as_of"], _africa(kept)) == (True, day(-1), _africa(live))
    assert kept["content"] == await _answer(officer, of="experts", by="region", as_of=day(-1))

    await _expert(officer, monkeypatch)
    await stepped(officer, first, "resign")
    assert await _data(colleague, figure) == kept
    assert (await _verified(colleague, figure)) == {
        "match": True,
        "differences": [],
        "definition_changed": False,
        "as_of": day(-1),
        "sha256": kept["sha256"],
    }
    for path, change in ((figure, {"source": "Register"}), (written, {"isbn": "978-3-16-148410-0"})):
        late = await chief.change(path["links"]["self"], **change)
        assert (late.status_code, late.json()["code"]) == (409, "edition_frozen")
    late = await chief.post(FIGURES, figure_body(written, key="another"))
    assert (late.status_code, late.json()["code"]) == (409, "edition_frozen")
    assert (await colleague.step(written["links"]["self"], "thaw", reason="A mistake.")).status_code == 403

    thawed = await stepped(chief, written, "thaw", reason="A number was forgotten.")
    assert (thawed["status"], thawed["as_of"], thawed["frozen_at"]) == ("writing", None, None)
    assert _africa(await _data(colleague, figure)) == _africa(live)
    lines = (await chief.get(f"{figure['links']['self']}/history")).json()["items"]
    assert [line["action"] for line in lines] == ["thaw", "freeze", "create"]


async def test_what_is_not_public_is_refused_with_its_reason(
    admin: Caller, officer: Caller, written: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert officer
    colleague = editor(admin, written, monkeypatch)
    made = await entered(colleague, FIGURES, figure_body(written))
    queries: list[tuple[str, dict[str, str], str]] = [
        ("/membership/v1/experts", {}, "Statistics, values"),
        ("/membership/v1/statistics/../experts", {}, "Statistics, values"),
        ("https://example.org/membership/v1/statistics", {}, "Statistics, values"),
        ("/actions/v1/statistics/budgets", {}, "Statistics, values"),
        (STATISTICS, {"as_of": "2026-01-01"}, "The day is today"),
        (STATISTICS, {"format": "csv"}, "reads JSON"),
        (STATISTICS, {"from": "2026-01-01", "to": "2026-02-01"}, "The last day"),
        (STATISTICS, {"by": "shoe_size"}, "by: Names of"),
        (STATISTICS, {"colour": "red"}, "colour: Unknown"),
        (STATISTICS, {"by": "gender"}, "as_of: With gender"),
        ("/actions/v1/statistics", {"of": "reports", "by": "light"}, "as_of: Lights"),
        ("/membership/v1/initiatives/INI-999999/count", {}, "There is no such"),
    ]
    for path, parameters, reason in queries:
        query = {"path": path, "parameters": parameters}
        change = {"path": path, "parameters": {**dict.fromkeys(("of", "by")), **parameters}}
        for response in (
            await colleague.post(FIGURES, figure_body(written, key="other", query=query)),
            await colleague.change(made["links"]["self"], query=change),
        ):
            assert (response.status_code, response.json()["code"]) == (422, "figure_query_not_public"), response.text
            assert reason in response.json()["errors"][0]["detail"]
    assert (await colleague.get(made["links"]["self"])).json()["version"] == 1


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"kind": "pie"}, "/kind", "not_one_of"),
        ({"alternatives": {}}, "/alternatives", "required"),
        ({"key": "No Key"}, "/key", "invalid_format"),
        ({"y": "weight"}, "/y", "unknown_reference"),
        ({"query": {**BY_REGION, "parameters": {"by": "region,status,category"}}}, "/series", "invalid_value"),
        ({"kind": "number", "y": "count"}, "/kind", "invalid_value"),
    ],
)
async def test_what_does_not_fit_is_named(
    admin: Caller,
    officer: Caller,
    written: dict[str, Any],
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    pointer: str,
    code: str,
) -> None:
    for country in ("KE", "FR"):
        await _expert(officer, monkeypatch, country)
    graced = await _expert(officer, monkeypatch)
    await superuser.execute("UPDATE member_expert SET status = 'grace' WHERE id = $1", graced["id"])
    await aged(superuser, today() - timedelta(days=1))
    response = await editor(admin, written, monkeypatch).post(FIGURES, figure_body(written, **change))
    assert response.status_code == 422, response.text
    assert (pointer, code) in [(error["pointer"], error["code"]) for error in response.json()["errors"]]


async def test_a_figure_is_drawn_in_the_language_of_the_reader(
    admin: Caller,
    officer: Caller,
    written: dict[str, Any],
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chief = editor(admin, written, monkeypatch, "editor_in_chief")
    await _expert(officer, monkeypatch)
    await aged(superuser, today() - timedelta(days=1))
    query = {**BY_REGION, "parameters": {"of": "experts", "by": "country,status"}}
    titles = {"en": "Experts <by> country", "ar": "الخبراء بحسب البلد"}
    more = {"query": query, "x": "country", "series": "status", "titles": titles, "source": "Register"}
    path = (await entered(chief, FIGURES, figure_body(written, **more)))["links"]["self"]
    for kind in domain.KINDS:
        alone = {"x": None, "y": "total", "series": None} if kind == "number" else {}
        changed = await chief.change(path, kind=kind, **alone)
        assert changed.status_code == 200, changed.text
        english = await chief.get(f"{path}/image")
        assert (english.status_code, english.headers["content-type"]) == (200, "image/svg+xml")
        assert english.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
        assert ("Experts &lt;by&gt; country" in english.text, "Source: Register" in english.text) == (True, True)
        response = await chief.get(f"{path}/image?language=ar&width=320")
        assert response.status_code == 200, response.text
        arabic = response.text
        assert ('direction="rtl"' in arabic, 'width="320"' in arabic) == (True, True)
        assert kind == "number" or ("Kenya" in english.text and "كينيا" in arabic)
        assert (kind == "map") is ("<title>Kenya: " in english.text and 'class="chart-land"' in english.text)
    for query_of in ("language=de", "width=1", "width=9999", "colour=red"):
        assert (await chief.get(f"{path}/image?{query_of}")).status_code == 400


async def test_a_key_is_there_once_until_its_figure_is_dropped(
    admin: Caller, officer: Caller, written: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert officer
    colleague = editor(admin, written, monkeypatch)
    made = await entered(colleague, FIGURES, figure_body(written))
    again = await colleague.post(FIGURES, figure_body(written))
    assert (again.status_code, again.json()["errors"][0]["pointer"]) == (409, "/key")
    await stepped(colleague, made, "drop", reason="Another one is better.")
    await entered(colleague, FIGURES, figure_body(written))


async def test_editors_write_authors_read_and_nobody_else_knows(
    admin: Caller,
    anonymous: Caller,
    officer: Caller,
    written: dict[str, Any],
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert officer
    other = await edition(admin, "open_call", "close_call")
    chief, colleague = editor(admin, written, monkeypatch, "editor_in_chief"), editor(admin, written, monkeypatch)
    made = await entered(chief, FIGURES, figure_body(written))
    path = made["links"]["self"]
    writer, named = await author(admin, superuser, monkeypatch)
    stranger, stranger_named = await author(admin, superuser, monkeypatch)
    await entered(chief, "/actions/v1/contributions", contribution_body(written, named))
    elsewhere = editor(admin, other, monkeypatch)
    await entered(elsewhere, "/actions/v1/contributions", contribution_body(other, stranger_named))
    assert (await colleague.change(path, source="Register")).status_code == 200
    for reader in (chief, colleague, writer, admin):
        assert (await reader.get(path)).status_code == 200
        assert (await reader.get(f"{path}/data")).status_code == 200
    assert (await writer.change(path, source="Mine")).status_code == 403
    assert (await writer.post(FIGURES, figure_body(written, key="mine"))).status_code == 403
    for nobody in (anonymous, stranger, elsewhere, admin.known_as("focal_xa"), admin.known_as("applicant")):
        for tail in ("", "/data", "/verification"):
            assert (await nobody.get(f"{path}{tail}")).status_code == 404
        assert (await nobody.get(f"{FIGURES}?edition_id={written['id']}")).json()["items"] == []


async def test_an_altered_number_is_named(
    admin: Caller,
    officer: Caller,
    written: dict[str, Any],
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chief = editor(admin, written, monkeypatch, "editor_in_chief")
    await _expert(officer, monkeypatch)
    await aged(superuser, today() - timedelta(days=1))
    figure = await entered(chief, FIGURES, figure_body(written))
    await stepped(chief, written, "freeze")
    content = (await _data(chief, figure))["content"]
    count = _africa(await _data(chief, figure))
    altered = content.replace(f'"count":{count},"region":"Africa"', f'"count":{count + 1},"region":"Africa"')
    assert altered != content
    await superuser.execute("UPDATE action_figure_data SET content = $2 WHERE figure_id = $1", figure["id"], altered)
    found = await _verified(chief, figure)
    assert (found["match"], found["definition_changed"]) == (False, False)
    assert {"key": "region=Africa count", "then": count + 1, "now": count} in found["differences"]
    assert "sha256" in [one["key"] for one in found["differences"]]


async def test_a_freeze_waits_for_contributions_and_data(
    admin: Caller, officer: Caller, written: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    chief = editor(admin, written, monkeypatch, "editor_in_chief")
    initiative = await entered(officer, "/membership/v1/initiatives", initiative_body(visibility="public"))
    await stepped(officer, initiative, "open")
    query = {"path": f"/membership/v1/initiatives/{initiative['id']}/count", "parameters": {}}
    figure = await entered(chief, FIGURES, figure_body(written, kind="number", y="supporters", query=query))
    text = await entered(chief, "/actions/v1/contributions", contribution_body(written))
    assert await refused(chief, written, "freeze") == "contribution_open"
    await stepped(chief, text, "drop", reason="Nobody writes it.")
    early = await chief.step(written["links"]["self"], "freeze", fields={"as_of": day(0)})
    assert (early.status_code, early.json()["errors"][0]["pointer"]) == (422, "/fields/as_of")
    await officer.change(initiative["links"]["self"], visibility="restricted")
    late = await chief.step(written["links"]["self"], "freeze")
    assert (late.json()["reason"], late.json()["figures"]) == ("figure_without_data", [figure["key"]])
    assert (await chief.get(figure["links"]["self"])).json()["status"] == "live"


async def test_a_change_beside_a_freeze_is_frozen_or_refused(
    admin: Caller,
    officer: Caller,
    superuser: asyncpg.Connection,
    written: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    chief, path = editor(admin, written, monkeypatch, "editor_in_chief"), written["links"]["self"]
    await _expert(officer, monkeypatch)
    await aged(superuser, today() - timedelta(days=1))
    figure = await entered(chief, FIGURES, figure_body(written))
    for by in ("status", "country", "region"):
        query = {**BY_REGION, "parameters": {"of": "experts", "by": by}}
        change = chief.change(figure["links"]["self"], query=query)
        changed, frozen = await asyncio.gather(change, chief.step(path, "freeze"))
        assert changed.status_code in (200, 409, 412), changed.text
        assert frozen.status_code == 200 or frozen.json()["reason"] == "figure_without_data", frozen.text
        if frozen.status_code == 200:
            asked = (await chief.get(figure["links"]["self"])).json()["query"]["parameters"]["by"]
            assert asked in (await _data(chief, figure))["columns"]
            assert (await _verified(chief, figure))["match"] is True
            await stepped(chief, written, "thaw", reason="Once more.")


async def test_a_freeze_without_the_api_changes_nothing(
    admin: Caller,
    officer: Caller,
    actions: httpx.AsyncClient,
    written: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert officer
    chief = editor(admin, written, monkeypatch, "editor_in_chief")
    figure = await entered(chief, FIGURES, figure_body(written))
    await entered(chief, FIGURES, figure_body(written, key="other", query={**BY_REGION, "parameters": {}}))
    transport: Any = actions._transport
    state = transport.app.state
    there, away = state.public_api, PublicApi(ActionsSettings(environment="test", api="http://127.0.0.1:9"))
    state.public_api = away
    try:
        assert (await chief.get(f"{figure['links']['self']}/data")).status_code == 503
        assert (await chief.step(written["links"]["self"], "freeze")).status_code == 503
        assert (await chief.post(FIGURES, figure_body(written, key="third"))).status_code == 503
    finally:
        state.public_api = there
        await away.close()
    assert (await chief.get(written["links"]["self"])).json()["status"] == "writing"
    await stepped(chief, written, "freeze")


@pytest.mark.parametrize(
    ("path", "parameters", "shown"),
    [
        (STATISTICS, {"by": "status,region"}, "Active"),
        (STATISTICS, {"by": "region", "from": "2026-01-01"}, day(-1)),
        ("/actions/v1/statistics", {"of": "programmes", "framework": "of nobody"}, "Nothing was counted."),
        ("/actions/v1/statistics/headlines", {}, "Active experts"),
        ("/actions/v1/countries", {"region": "Africa"}, "Algeria"),
    ],
)
async def test_each_query_repeats_for_a_past_day(
    admin: Caller,
    officer: Caller,
    written: dict[str, Any],
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    path: str,
    parameters: dict[str, str],
    shown: str,
) -> None:
    chief = editor(admin, written, monkeypatch, "editor_in_chief")
    await _expert(officer, monkeypatch)
    await aged(superuser, today() - timedelta(days=1))
    body = figure_body(written, query={"path": path, "parameters": parameters})
    figure = await entered(chief, FIGURES, body)
    await stepped(chief, written, "freeze")
    await _expert(officer, monkeypatch)
    found = await _verified(chief, figure)
    assert (found["match"], found["differences"]) == (True, [])
    content = (await _data(chief, figure))["content"]
    assert content == answers.canonical(orjson.loads(content))
    assert shown in (await chief.get(f"{figure['links']['self']}/image")).text


def test_series_and_members_become_rows() -> None:
    point = {"as_of": "2026-01-31", "items": [{"region": "Asia", "count": 2}], "total": 2}
    data = {"items": [], "series": [point], "total": 2, "as_of": "2026-01-31"}
    assert answers.rows_of(data, None) == [{"region": "Asia", "count": 2, "as_of": "2026-01-31"}]
    asking = {"query": BY_REGION, "x": None, "y": None, "series": None}
    figure, number = (FIGURE_TYPE.new({**asking, "kind": kind}) for kind in ("bars", "number"))
    asked = [answers.axes_of(figure, found) for found in (data, {"items": point["items"]})]
    assert [(axes.x, axes.series) for axes in asked] == [("as_of", "region"), ("region", None)]
    assert answers.axes_of(number, point).rows == [{"as_of": "2026-01-31", "total": 2}]
    assert answers.rows_of(data, "total") == [{"as_of": "2026-01-31", "total": 2}]
    country = {"code": "KE", "names": {"en": "Kenya"}, "counts": {"experts": 3}, "facts": []}
    assert answers.rows_of({"items": [country]}, None) == [
        {"code": "KE", "names": {"en": "Kenya"}, "counts.experts": 3, "as_of": None}
    ]
    answer = answers.Answer("", "now", None, {"items": [{**country, "counts": {"experts": 4}}]})
    found = answers.verified({"items": [country]}, "then", "then", None, answer)
    assert [(one.key, one.then, one.now) for one in found.differences] == [("code=KE counts.experts", 3, 4)]
