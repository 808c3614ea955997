"""The counts of requests at the edge."""

import pytest

from shared.observability.requests import REQUESTS, Requests, ServiceRequests
from tests.shared.web.edge.test_middleware import aborted
from tests.shared.web.edge_app import client_of, edge_app


def _counts() -> dict[tuple[str, str, int | None], int]:
    counted = REQUESTS.of("test").counted
    return {(*at, status): count for at, each in counted.items() for status, count in each.statuses.items()}


@pytest.fixture(autouse=True)
def from_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Counts of this test alone: others may have open requests."""
    monkeypatch.setitem(REQUESTS._services, "test", ServiceRequests())


async def test_requests_count_by_template_and_by_the_status_of_their_response() -> None:
    async with client_of(edge_app()) as client:
        for path in ("/test/v1/things/1", "/test/v1/things/2", "/test/v1/failures/bug", "/nothing/ada@example.org"):
            await client.get(path)
        await client.head("/test/v1/things/3")
        await client.delete("/test/v1/stream")
    things = "/test/v1/things/{number}"
    assert _counts() == {
        ("GET", things, 200): 3,
        ("GET", "/test/v1/failures/{name}", 500): 1,
        ("GET", "unmatched", 404): 1,
        ("DELETE", "unmatched", 405): 1,
    }
    assert REQUESTS.of("test").open == 0


async def test_a_client_that_goes_before_its_response_is_counted_as_gone() -> None:
    await aborted(edge_app(), "GET")
    assert _counts() == {("GET", "/test/v1/slow", None): 1}


def test_times_are_shown_as_a_histogram() -> None:
    requests = Requests()
    for seconds in (0.001, 0.005, 0.2, 99.0):
        requests.of("x").observe("GET", "/y", 200 if seconds < 1 else None, seconds)
    samples = [sample for family in requests.collect() for sample in family.samples]
    buckets = {sample.labels["le"]: sample.value for sample in samples if sample.name.endswith("_bucket")}
    shown = {
        (sample.name, sample.labels.get("status")): sample.value for sample in samples if "le" not in sample.labels
    }
    assert [buckets[edge] for edge in ("0.005", "0.1", "0.25", "15.0", "+Inf")] == [2, 2, 3, 3, 4]
    assert shown == {
        ("escm_requests_total", "200"): 3,
        ("escm_requests_total", "gone"): 1,
        ("escm_request_seconds_count", None): 4,
        ("escm_request_seconds_sum", None): pytest.approx(99.206),
        ("escm_requests_open", None): 0,
    }
