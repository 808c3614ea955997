"""What the edge adds to every response, and its handling of a client that disconnects."""

import asyncio
import re
from typing import Any
from uuid import UUID

import httpx
import pytest
from structlog.testing import capture_logs

from shared.configuration.settings import Settings
from shared.observability.requests import REQUESTS
from shared.web.edge.middleware import ResponseCutShort
from tests.shared.web.edge_app import FAILURES, client_of, edge_app


@pytest.fixture(scope="module")
async def client():
    async with client_of(edge_app()) as client:
        yield client


async def test_a_request_gets_an_id_and_a_sane_one_is_kept(client):
    first, second = [(await client.get("/test/v1/things")).headers["x-request-id"] for _ in range(2)]
    assert UUID(first).version == 7
    assert first != second
    kept = await client.get("/test/v1/state", headers={"x-request-id": "abc-123.DEF"})
    assert kept.headers["x-request-id"] == kept.json()["request_id"] == "abc-123.DEF"


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space in it", "a\tb-123456", 'quote"inside-it', "é" * 10])
async def test_a_strange_request_id_is_replaced(client, given):
    response = await client.get("/test/v1/state", headers={b"x-request-id": given.encode()})
    assert response.headers["x-request-id"] != given


async def test_a_valid_traceparent_is_kept_for_the_facts_and_another_replaced(client):
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    assert (await client.get("/test/v1/state", headers={"traceparent": trace})).json()["traceparent"] == trace
    own = (await client.get("/test/v1/state", headers={"traceparent": "00-x"})).json()["traceparent"]
    assert re.fullmatch(r"00-[0-9a-f]{32}-[0-9a-f]{16}-00", own)


async def test_every_response_has_the_security_headers(client):
    for path in ("/test/v1/things", "/nothing"):
        headers = (await client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"


async def test_only_private_responses_are_kept_from_caches(client):
    assert "cache-control" not in (await client.get("/test/v1/things")).headers
    private = await client.get("/test/v1/things", headers={"authorization": "Bearer x"})
    assert private.headers["cache-control"] == "no-store"


async def test_responses_vary_by_authorization_and_by_what_the_app_says(client):
    assert (await client.get("/test/v1/things")).headers["vary"] == "Authorization"
    assert (await client.get("/test/v1/things/1")).headers.get_list("vary") == ["Accept", "Authorization"]


async def test_no_origin_may_call_from_a_browser_unless_listed(client):
    headers = {"origin": "https://app.example", "access-control-request-method": "GET"}
    response = await client.options("/test/v1/things", headers=headers)
    assert response.status_code == 405
    assert not [name for name in response.headers if name.startswith("access-control")]


async def test_a_browser_reads_what_it_needs_and_sends_no_cookies():
    settings = Settings(environment="test", cors_origins=("https://app.example", "https://admin.example"))
    async with client_of(edge_app(settings)) as client:
        asked = {"access-control-request-method": "PATCH", "access-control-request-headers": "authorization,if-match"}
        for origin in settings.cors_origins:
            preflight = await client.options("/test/v1/things/1", headers={"origin": origin, **asked})
            responses = [preflight, await client.get("/nothing", headers={"origin": origin})]
            assert [response.status_code for response in responses] == [204, 404]
            for response in responses:
                assert response.headers["access-control-allow-origin"] == origin
                assert "access-control-allow-credentials" not in response.headers
                assert "Origin" in response.headers.get_list("vary")
            allowed = preflight.headers["access-control-allow-headers"].lower().split(", ")
            assert {"authorization", "content-type", "if-match", "if-none-match", "idempotency-key"} <= set(allowed)
            assert {"last-event-id", "traceparent", "cache-control", "accept-language"} <= set(allowed)
            exposed = responses[1].headers["access-control-expose-headers"].split(", ")
            assert {"RateLimit", "RateLimit-Policy", "Retry-After", "ETag", "Location", "X-Request-Id"} <= set(exposed)
            assert {"Content-Disposition", "Link", "Idempotency-Replayed", "Deprecation", "Sunset"} <= set(exposed)
        refused = await client.options("/test/v1/things", headers={"origin": "https://evil.example", **asked})
        assert refused.status_code == 405
        assert not [name for name in refused.headers if name.startswith("access-control")]


@pytest.mark.parametrize("name", FAILURES)
async def test_a_page_of_a_listed_origin_reads_every_failure(name):
    settings = Settings(environment="test", cors_origins=("https://app.example",))
    async with client_of(edge_app(settings)) as client:
        response = await client.get(f"/test/v1/failures/{name}", headers={"origin": "https://app.example"})
    assert response.status_code >= 400
    assert response.headers["access-control-allow-origin"] == "https://app.example"
    assert "Retry-After" in response.headers["access-control-expose-headers"]


async def test_a_listed_origin_and_no_other_may_call_from_a_browser():
    settings = Settings(environment="test", cors_origins=("https://app.example",))
    async with client_of(edge_app(settings)) as client:
        headers = {"origin": "https://app.example", "access-control-request-method": "PATCH"}
        response = await client.options("/test/v1/things", headers=headers)
        assert response.status_code == 204
        assert response.headers["access-control-allow-origin"] == "https://app.example"
        assert "If-Match" in response.headers["access-control-allow-headers"]
        response = await client.get("/test/v1/things", headers={"origin": "https://app.example"})
        assert response.headers["access-control-allow-origin"] == "https://app.example"
        assert "Origin" in response.headers.get_list("vary")
        for other in ("https://app.example.evil", "http://app.example", "null"):
            response = await client.get("/test/v1/things", headers={"origin": other})
            assert "access-control-allow-origin" not in response.headers
            assert "Origin" in response.headers.get_list("vary")


async def test_pages_of_this_machine_may_call_a_laptop_and_nothing_else():
    ours = ("http://localhost:5173", "http://127.0.0.1:3000", "http://[::1]:8080", "https://localhost")
    foreign = ("http://localhost.evil.example", "http://127.0.0.1.evil.example", "http://192.168.0.2", "null")
    for environment, may_call in (("laptop", ours), ("test", ())):
        async with client_of(edge_app(Settings(environment=environment, compression=False))) as client:
            for origin in (*ours, *foreign):
                response = await client.get("/test/v1/things", headers={"origin": origin})
                assert response.headers.get("access-control-allow-origin") == (origin if origin in may_call else None)


@pytest.mark.parametrize("listed", [(), ("https://app.example",)])
async def test_every_origin_may_call_what_is_open_to_all_without_a_token(listed):
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    async with client_of(edge_app(Settings(environment="test", cors_origins=listed))) as client:
        for origin in ("https://anybody.example", "null"):
            preflight = await client.options("/test/v1/open/x", headers={"origin": origin, **asked})
            assert (preflight.status_code, preflight.headers["access-control-allow-origin"]) == (204, "*")
            assert "authorization" not in preflight.headers["access-control-allow-headers"].lower()
            assert "Content-Type" in preflight.headers["access-control-allow-headers"]
            for name, status in (("x", 200), ("nothing", 503)):
                response = await client.post(f"/test/v1/open/{name}", headers={"origin": origin})
                assert response.status_code == status
                assert response.headers.get_list("access-control-allow-origin") == ["*"]
                assert "access-control-allow-credentials" not in response.headers
                assert "Retry-After" in response.headers["access-control-expose-headers"]
            refused = await client.options("/test/v1/things", headers={"origin": origin, **asked})
            assert "access-control-allow-origin" not in refused.headers
        cached = await client.post("/test/v1/open/x")
        assert cached.headers["access-control-allow-origin"] == "*"


async def test_a_listed_origin_may_send_a_token_to_what_is_open_to_all():
    settings = Settings(environment="test", cors_origins=("https://app.example",))
    headers = {"origin": "https://app.example", "access-control-request-method": "POST"}
    async with client_of(edge_app(settings)) as client:
        preflight = await client.options("/test/v1/open/x", headers=headers)
        assert preflight.headers.get_list("access-control-allow-origin") == ["https://app.example"]
        assert "Authorization" in preflight.headers["access-control-allow-headers"]


@pytest.mark.parametrize(
    "path", ["/test/v1/things", "/test/v1/things/1", "/test/v1/things?colour=1", "/test/v1/failures/bug", "/nothing"]
)
async def test_head_responds_as_get_without_the_body(client, path):
    request_id = {"x-request-id": "the-same-id"}
    head, get = await client.head(path, headers=request_id), await client.get(path, headers=request_id)
    assert (head.status_code, head.headers.raw, head.content) == (get.status_code, get.headers.raw, b"")


async def test_head_begins_no_stream_and_leaves_other_methods_alone(client):
    assert (await client.head("/test/v1/stream")).status_code == 200
    response = await client.head("/test/v1/imports")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")


async def test_a_failure_after_the_first_byte_ends_the_connection():
    app = edge_app()
    async with client_of(app) as client:
        with pytest.raises(ResponseCutShort):
            await client.get("/test/v1/stream")


def scope_of(method: str, path: str, *headers: tuple[bytes, bytes]) -> dict[str, Any]:
    """The messages of a server about a request."""
    return {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": list(headers),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "asgi": {"version": "3.0", "spec_version": "2.3"},
    }


async def aborted(app: Any, method: str) -> tuple[str, list[dict[str, Any]]]:
    """Runs a request whose client disconnects during it, and lets it end later. Returns how its work ended, and what
    was sent."""
    scope = scope_of(method, "/test/v1/slow")
    sent: list[dict[str, Any]] = []

    messages = [{"type": "http.request", "body": b""}]

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await app.state.began.wait()
        return {"type": "http.disconnect"}

    async def end_later() -> None:
        await app.state.began.wait()
        await asyncio.sleep(0.3)
        app.state.go_on.set()

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async with app.router.lifespan_context(app):
        ending = asyncio.create_task(end_later())
        await app(scope, receive, send)
        await ending
        outcome = app.state.outcome
    return outcome, sent


def _counted(path: str) -> dict[int | None, int]:
    counted = REQUESTS.of("test").counted.get(("POST", f"/test/v1/{path}"))
    return dict(counted.statuses) if counted else {}


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("things", b"application/json"),
        ("things", b"text/plain"),
        ("imports", b"multipart/form-data; boundary=part"),
        ("imports", b"application/x-www-form-urlencoded"),
    ],
)
async def test_a_client_that_goes_while_it_sends_its_body_is_no_fault(path: str, content_type: bytes):
    messages = [{"type": "http.request", "body": b"--part", "more_body": True}, {"type": "http.disconnect"}]
    app, sent, before = edge_app(), [], _counted(path)

    async def receive() -> dict[str, Any]:
        return messages.pop(0)

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async with app.router.lifespan_context(app):
        with capture_logs() as lines:
            scope = scope_of("POST", f"/test/v1/{path}", (b"content-type", content_type))
            await app(scope, receive, send)
    assert (sent, [line["event"] for line in lines]) == ([], ["client_gone"])
    assert _counted(path) == {**before, None: before.get(None, 0) + 1}


async def test_a_read_is_cancelled_when_its_client_has_gone():
    outcome, sent = await aborted(edge_app(), "GET")
    assert (outcome, sent) == ("cancelled", [])
    assert asyncio.current_task().cancelling() == 0


async def test_a_write_goes_on_when_its_client_has_gone():
    outcome, sent = await aborted(edge_app(), "POST")
    assert outcome == "done"
    assert sent[0]["status"] == 200


async def test_the_cancellation_of_the_server_passes_through():
    app = edge_app()
    async with client_of(app) as client:
        request = asyncio.create_task(client.get("/test/v1/slow"))
        await app.state.began.wait()
        request.cancel()
        with pytest.raises(asyncio.CancelledError):
            await request
    assert app.state.outcome == "cancelled"


async def test_websockets_are_closed():
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await edge_app()({"type": "websocket", "path": "/", "headers": []}, lambda: None, send)
    assert sent == [{"type": "websocket.close", "code": 1000}]


async def test_the_first_of_repeated_headers_counts(client):
    response = await client.get(
        "/test/v1/state", headers=httpx.Headers([("x-request-id", "first-id-1"), ("x-request-id", "second-id")])
    )
    assert response.headers["x-request-id"] == "first-id-1"
