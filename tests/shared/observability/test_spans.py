"""The spans of a process, and their links."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from shared.observability.spans import ENDPOINTS, Spans
from tests.support.collector import Collector, collecting

_FIRST = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_SECOND = "00-1bf7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01"
_UNSEEN = "00-2cf7651916cd43dd8448eb211c80319c-d7ad6b7169203331-00"
_WITHOUT = """
import sys
from shared.observability.spans import spans
from services.membership.app import create_app
create_app()
spans.export("membership")
with spans.attempt("work", [None]), spans.effect("part"):
    assert spans.produced("fact", "parent") == "parent"
spans.close()
print(spans.is_on, [name for name in sys.modules if name.startswith(("opentelemetry.sdk", "opentelemetry.exporter"))])
"""


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with collecting() as collector:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
        yield collector


@pytest.fixture
def spans(collector: Collector) -> Spans:
    spans = Spans()
    spans.export("test")
    return spans


@pytest.mark.long("starts a process")
def test_without_an_endpoint_no_span_is_made_and_the_sdk_is_not_even_loaded() -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ENDPOINTS}
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("False []\n", "")


def test_work_of_several_traces_has_links_and_a_trace_of_its_own(spans: Spans, collector: Collector) -> None:
    with spans.attempt("facts", [_FIRST, _SECOND, _FIRST, None, "00-" + "0" * 52, "nonsense"]), spans.effect("react"):
        pass
    spans.close()
    effect, attempt = collector.spans
    assert attempt.links == ("b7ad6b7169203331", "c7ad6b7169203331")
    assert attempt.parent == ""
    assert (effect.parent, effect.trace) == (attempt.id, attempt.trace)


def test_work_of_one_trace_goes_on_in_it(spans: Spans, collector: Collector) -> None:
    with spans.attempt("job", [_FIRST]):
        pass
    spans.close()
    (attempt,) = collector.spans
    assert (attempt.trace, attempt.parent, attempt.links) == (_FIRST[3:35], _FIRST[36:52], (_FIRST[36:52],))


def test_a_failure_shows_its_class_and_not_its_message(spans: Spans, collector: Collector) -> None:
    with pytest.raises(ValueError), spans.attempt("job", []), spans.effect("part"):
        raise ValueError("zora@example.org")
    spans.close()
    assert [span.failed for span in collector.spans] == [True, True]
    sent = b"".join(collector.bodies)
    assert b"ValueError" in sent
    assert b"zora" not in sent  # no digits of a hexadecimal id


def test_who_asks_for_no_recording_is_not_recorded_and_the_trace_goes_on(spans: Spans, collector: Collector) -> None:
    span, traceparent = spans.begin_request(_UNSEEN)
    spans.end_request(span, "GET", "/x", 200)
    assert spans.produced("fact", traceparent)[:35] == traceparent[:35] == _UNSEEN[:35]
    spans.close()
    assert collector.spans == []


def test_a_request_fails_with_5xx_or_without_a_response(spans: Spans, collector: Collector) -> None:
    for status in (200, 404, 500, None):
        span, _ = spans.begin_request(None)
        spans.end_request(span, "GET", "/x/{y}", status)
    spans.close()
    assert [span.failed for span in collector.spans] == [False, False, True, True]
    assert {span.name for span in collector.spans} == {"GET /x/{y}"}
