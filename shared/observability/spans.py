"""OpenTelemetry spans, only if an exporter is configured.

A request is a span. Each fact and job in the outbox is another, whose `traceparent` is in its row. A worker's attempt
is a span with a link to the span of every such row; if they all have one trace, the attempt continues it. Its children
are its effects: one span per reaction, or per transaction of a job.

Attributes are ids, codes and counts, never personal data; of a failure only its class.
"""

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span, SpanContext, Tracer

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
"""The settings of OpenTelemetry that enable spans. Its others (headers, sampler, …) apply too."""
_MOST_LINKS = 256
_PATIENCE_AT_END = 1.0
_LENGTH = 55


class Spans:
    """The spans of this process. OpenTelemetry is imported only if `export` finds an endpoint."""

    def __init__(self) -> None:
        self.is_on = False
        self._provider: TracerProvider | None = None
        self._tracer: Tracer | None = None

    def export(self, process: str) -> None:
        """Records spans from now on and sends them by OTLP over HTTP in a thread, if the environment names an
        endpoint."""
        if not any(os.environ.get(name) for name in ENDPOINTS) or os.environ.get("OTEL_SDK_DISABLED") == "true":
            return
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import SpanLimits, TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        resource = Resource.create({"service.namespace": "escm", "service.name": f"escm-{process}"})
        limits = SpanLimits(max_links=_MOST_LINKS)
        self._provider = TracerProvider(resource=resource, span_limits=limits, shutdown_on_exit=False)
        self._provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
        self._tracer = self._provider.get_tracer("escm")
        self.is_on = True

    def close(self) -> None:
        """Sends waiting spans, for at most a second. Called last in a process."""
        if self._provider is not None:
            self.is_on = False
            sending = threading.Thread(target=self._provider.shutdown, daemon=True)
            sending.start()
            sending.join(_PATIENCE_AT_END)

    def begin_request(self, parent: str | None, **attributes: Any) -> "tuple[Span, str]":
        """The span of a request, and its `traceparent`. Only while `is_on`; the caller ends the span."""
        from opentelemetry.trace import SpanKind

        span = self._begin("request", SpanKind.SERVER, _context_of(parent), attributes)
        return span, _text_of(span)

    def end_request(self, span: "Span", method: str, route: str, status: int | None) -> None:
        """Ends a request's span; without a status if the client disconnected before one."""
        from opentelemetry.trace import Status, StatusCode

        span.update_name(f"{method} {route}")
        span.set_attributes({"http.request.method": method, "http.route": route})
        if status is not None:
            span.set_attribute("http.response.status_code", status)
        if status is None or status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end()

    def produced(self, name: str, parent: str | None, **attributes: Any) -> str | None:
        """The `traceparent` for a row of the outbox: that of a new span, or else the parent."""
        if not self.is_on:
            return parent
        from opentelemetry.trace import SpanKind

        span = self._begin(name, SpanKind.PRODUCER, _context_of(parent), attributes)
        span.end()
        return _text_of(span)

    @contextmanager
    def attempt(self, name: str, origins: Iterable[str | None], **attributes: Any) -> Iterator[None]:
        """The span of a worker's attempt at rows with these `traceparent`s."""
        if not self.is_on:
            yield
            return
        from opentelemetry.context import Context
        from opentelemetry.trace import SpanKind

        found = _contexts(origins)
        is_one = len({origin.trace_id for origin in found}) == 1
        context = _under(found[0]) if is_one else Context()
        with _active(self._begin(name, SpanKind.CONSUMER, context, attributes, found)):
            yield

    @contextmanager
    def effect(self, name: str, origins: Iterable[str | None] = (), **attributes: Any) -> Iterator[None]:
        """The span of one effect of the present attempt."""
        if not self.is_on:
            yield
            return
        from opentelemetry.trace import SpanKind

        with _active(self._begin(name, SpanKind.INTERNAL, None, attributes, _contexts(origins))):
            yield

    def _begin(
        self,
        name: str,
        kind: Any,
        context: "Context | None",
        attributes: dict[str, Any],
        origins: "Iterable[SpanContext]" = (),
    ) -> "Span":
        from opentelemetry.trace import Link

        assert self._tracer is not None  # noqa: S101 - for mypy: callers check `is_on`
        links = [Link(origin) for origin in origins]
        return self._tracer.start_span(name, context, kind, attributes, links)


spans = Spans()


@contextmanager
def _active(span: "Span") -> Iterator[None]:
    from opentelemetry.trace import Status, StatusCode, use_span

    with use_span(span, end_on_exit=True, record_exception=False, set_status_on_exception=False):
        try:
            yield
        except BaseException as failure:
            span.set_status(Status(StatusCode.ERROR, type(failure).__name__))
            raise


def _text_of(span: "Span") -> str:
    own = span.get_span_context()
    return f"00-{own.trace_id:032x}-{own.span_id:016x}-{own.trace_flags:02x}"


def _parsed(text: str) -> "SpanContext | None":
    from opentelemetry.trace import SpanContext, TraceFlags

    if len(text) != _LENGTH:
        return None
    context = SpanContext(
        int(text[3:35], 16), int(text[36:52], 16), is_remote=True, trace_flags=TraceFlags(int(text[53:], 16))
    )
    return context if context.is_valid else None


def _contexts(texts: Iterable[str | None]) -> "list[SpanContext]":
    distinct = dict.fromkeys(text for text in texts if text)
    return [context for text in distinct if (context := _parsed(text)) is not None]


def _context_of(text: str | None) -> "Context":
    from opentelemetry.context import Context

    found = _parsed(text) if text else None
    return Context() if found is None else _under(found)


def _under(parent: "SpanContext") -> "Context":
    from opentelemetry.context import Context
    from opentelemetry.trace import NonRecordingSpan, set_span_in_context

    return set_span_in_context(NonRecordingSpan(parent), Context())
