"""The form of every failure."""

import httpx

from shared.web.contract.catalogue import PROBLEMS

_PLAIN = {"type", "title", "status", "code", "detail", "instance", "request_id"}


def assert_problem(response: httpx.Response, *expected: tuple[int, str]) -> str:
    """Requires a catalogued problem, one of the expected ones if any are given. Returns its code."""
    assert response.headers["content-type"] == "application/problem+json", (response.status_code, response.text[:300])
    document = response.json()
    assert document.keys() >= _PLAIN
    problem = PROBLEMS[document["code"]]
    assert (document["status"], document["type"]) == (response.status_code, problem.type)
    assert problem.status == response.status_code
    assert document["title"] in problem.titles.values()
    assert document["request_id"] == response.headers["x-request-id"]
    assert "?" not in document["instance"]
    for fault in document.get("errors", ()):
        assert fault["code"] in PROBLEMS, fault
    if response.status_code in (429, 503) or document["code"] == "request_in_progress":
        assert int(response.headers["retry-after"]) >= 1
    if response.status_code == 401:
        assert response.headers["www-authenticate"]
    if response.status_code == 405:
        assert response.headers["allow"]
    if expected:
        assert (response.status_code, document["code"]) in expected
    return str(document["code"])
