"""What every failure looks like."""

import httpx

from shared.web.catalogue import PROBLEMS

_PLAIN = {"type", "title", "status", "code", "detail", "instance", "request_id"}


def assert_problem(answer: httpx.Response, *expected: tuple[int, str]) -> str:
    """The answer is a catalogued problem, one of those expected where any are given; its code."""
    assert answer.headers["content-type"] == "application/problem+json", (answer.status_code, answer.text[:300])
    document = answer.json()
    assert document.keys() >= _PLAIN
    problem = PROBLEMS[document["code"]]
    assert (document["status"], document["type"]) == (answer.status_code, problem.type)
    assert problem.status == answer.status_code
    assert document["title"] in problem.titles.values()
    assert document["request_id"] == answer.headers["x-request-id"]
    assert "?" not in document["instance"]
    for fault in document.get("errors", ()):
        assert fault["code"] in PROBLEMS, fault
    if answer.status_code in (429, 503) or document["code"] == "request_in_progress":
        assert int(answer.headers["retry-after"]) >= 1
    if answer.status_code == 401:
        assert answer.headers["www-authenticate"]
    if answer.status_code == 405:
        assert answer.headers["allow"]
    if expected:
        assert (answer.status_code, document["code"]) in expected
    return str(document["code"])
