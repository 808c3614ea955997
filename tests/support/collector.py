"""An OpenTelemetry collector that stores the spans it receives over OTLP/HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.support.running import system


@dataclass(frozen=True)
class Span:
    """A received span. `parent` is empty for the first of a trace; `links` are ids of spans."""

    process: str
    name: str
    kind: str
    trace: str
    id: str
    parent: str
    links: tuple[str, ...]
    attributes: dict[str, Any]
    failed: bool


@dataclass
class Collector:
    """What was received: the bodies, and the spans in them."""

    url: str
    bodies: list[bytes] = field(default_factory=list)

    @property
    def spans(self) -> list[Span]:
        return [span for body in list(self.bodies) for span in _spans(body)]

    def span(self, own_id: str) -> Span:
        """The span with this id. AssertionError if there is not exactly one."""
        (found,) = [span for span in self.spans if span.id == own_id]
        return found


@contextmanager
def collecting() -> Iterator[Collector]:
    """A collector that listens while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            collector.bodies.append(self.rfile.read(int(self.headers["content-length"])))
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_arguments: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield collector
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def observed_system() -> Iterator[tuple[Collector, dict[str, Any], Path]]:
    """A separate system, like `system`, that logs each request and sends its spans to the collector."""
    with collecting() as collector:
        settings = {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
            "OTEL_BSP_SCHEDULE_DELAY": "200",
            "ESCM_REQUEST_LOG": "true",
            "no_proxy": "127.0.0.1",
        }
        with system(**settings) as (stack, folder):
            yield collector, stack, folder


def _spans(body: bytes) -> Iterator[Span]:
    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        of_process = {pair.key: pair.value.string_value for pair in resource.resource.attributes}
        for scope in resource.scope_spans:
            for span in scope.spans:
                yield Span(
                    of_process["service.name"],
                    span.name,
                    ("", "INTERNAL", "SERVER", "CLIENT", "PRODUCER", "CONSUMER")[span.kind],
                    span.trace_id.hex(),
                    span.span_id.hex(),
                    span.parent_span_id.hex(),
                    tuple(link.span_id.hex() for link in span.links),
                    {p.key: p.value.string_value or p.value.int_value for p in span.attributes},
                    span.status.code == 2,
                )
