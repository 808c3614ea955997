"""A page of another origin of this machine calls the system: it can read preflights, responses and problems."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Error, Page

from tests.browser.conftest import Visit

_FETCH = """async ([address, options]) => {
  const answer = await fetch(address, options);
  return {status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text()};
}"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_said: Any) -> None:
        """Logs nothing."""

    def end_headers(self) -> None:
        """Gives `/unknown.html` an origin that nobody can list."""
        if self.path == "/unknown.html":
            self.send_header("Content-Security-Policy", "sandbox allow-scripts")
        super().end_headers()


@pytest.fixture
def elsewhere(visit: Visit, tmp_path: Path) -> Iterator[Page]:
    """An empty page of another origin."""
    for name in ("index", "unknown"):
        (tmp_path / f"{name}.html").write_text("<!doctype html><title>Elsewhere</title>")
    server = HTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    visit.page.goto(f"http://localhost:{server.server_port}/index.html")
    yield visit.page
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_page_of_another_origin_reads_responses_and_problems(
    visit: Visit, elsewhere: Page, running: dict[str, Any]
) -> None:
    def call(path: str, method: str = "GET", body: str | None = None, **headers: str) -> dict[str, Any]:
        options = {"method": method, "headers": headers, "body": body}
        return dict(elsewhere.evaluate(_FETCH, [f"{visit.origin}{path}", options]))

    client = running["demo"]["clients"]["secretariat"]
    form = f"grant_type=client_credentials&client_id={client['id']}&client_secret={client['secret']}"
    response = call("/access/v1/oauth/token", "POST", form, **{"Content-Type": "application/x-www-form-urlencoded"})
    token = httpx.Response(response["status"], text=response["body"]).json()["access_token"]
    bearer = {"Authorization": f"Bearer {token}", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    listed = call("/membership/v1/experts?limit=1", **bearer, **{"Cache-Control": "no-cache"})
    assert {"ratelimit", "ratelimit-policy", "x-request-id"} <= listed["headers"].keys()
    expert = httpx.Response(200, text=listed["body"]).json()["items"][0]["links"]["self"]
    item = call(expert, **bearer, **{"If-None-Match": '"0.00000000"', "Last-Event-ID": "1"})
    assert (item["status"], "etag" in item["headers"]) == (200, True)
    assert call(expert, **bearer, **{"If-None-Match": item["headers"]["etag"]})["status"] == 304
    change = {"Content-Type": "application/merge-patch+json", "If-Match": '"0.00000000"'}
    assert call(expert, "PATCH", "{}", **bearer, **change)["status"] == 412
    problems = {
        401: call("/access/v1/me"),
        404: call("/nothing", **bearer),
        405: call("/membership/v1/experts", "DELETE", **bearer),
        400: call("/membership/v1/experts?colour=green"),
    }
    for status, problem in problems.items():
        assert problem["status"] == status
        assert problem["headers"]["content-type"] == "application/problem+json"


def test_a_page_of_an_unknown_origin_verifies_certificates_and_no_more(visit: Visit, elsewhere: Page) -> None:
    elsewhere.goto(elsewhere.url.replace("index", "unknown"))
    assert elsewhere.evaluate("origin") == "null"

    def call(path: str, **options: Any) -> dict[str, Any]:
        return dict(elsewhere.evaluate(_FETCH, [f"{visit.origin}{path}", options]))

    certificates = "/membership/v1/certificates"
    assert call("/.well-known/did.json")["status"] == call(f"{certificates}/jwks.json")["status"] == 200
    code = "0" * 17
    body = {"method": "POST", "headers": {"Content-Type": "application/json"}, "body": f'{{"code": "{code}"}}'}
    for unknown in (call(f"{certificates}/verify/{code}"), call(f"{certificates}/verify", **body)):
        assert (unknown["status"], unknown["headers"]["content-type"]) == (404, "application/problem+json")
    for path, options in (("/membership/v1/experts", {}), (f"{certificates}/mailing", body)):
        with pytest.raises(Error, match="Failed to fetch"):
            call(path, **options)
