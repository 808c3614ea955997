"""JSON lines on standard output, with ids and codes, never personal data."""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO, cast

import orjson
import structlog

from shared.observability.metrics import LOST_LINES
from shared.observability.traces import request_id, traceparent

_QUIET = ("arq", "asyncpg", "uvicorn.access", "httpx", "httpcore", "asyncio")
_SECRET = frozenset(
    [
        "authorization",
        "body",
        "cookie",
        "email",
        "emails",
        "given",
        "family",
        "full",
        "name",
        "names",
        "password",
        "payload",
        "secret",
        "token",
    ]
)
_FRAMES = 4
_ROOT = Path(__file__).resolve().parents[2]


def describe(error: BaseException) -> str:
    """An error without its data: class, SQLSTATE and constraint, if any, and its place in the code.

    Without the message, since a database's or a library's message may quote a row.
    """
    words = [type(error).__name__]
    for attribute in ("code", "sqlstate", "constraint_name"):
        value = getattr(error, attribute, None)
        if isinstance(value, str):
            words.append(f"{attribute}={value}")
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = " < ".join(f"{_place(frame.filename)}:{frame.lineno}" for frame in reversed(frames))
    cause = error.__cause__
    return " ".join(words) + (f" at {places}" if places else "") + (f"; from {describe(cause)}" if cause else "")


def _place(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(_ROOT)) if path.is_relative_to(_ROOT) else path.name


class _Lossy:
    """A stream that drops lines it cannot write, for example on a full disk, so that logging never fails a request."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        try:
            return self._stream.write(text)
        except (OSError, ValueError):
            LOST_LINES.inc(text.endswith("\n"))
            return len(text)

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()


def configure(process: str, level: int = logging.INFO) -> None:
    """Sends this process's logs, including those of libraries, to standard output as JSON lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _in_context(process),
        _without_data,
    ]
    output = cast(TextIO, _Lossy(sys.stdout))
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_dump)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(output),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(output)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(serializer=_dump),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)


def _dump(event: Any, **_options: Any) -> str:
    return orjson.dumps(event, default=str).decode()


def _in_context(process: str) -> Any:
    def add(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        if request := request_id.get():
            event.setdefault("request_id", request)
        if parent := traceparent.get():
            event["trace_id"] = parent[3:35]
        return event

    return add


def _without_data(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Redacts values with names of secrets, and replaces a traceback, whose message may quote data."""
    for key in event.keys() & _SECRET:
        event[key] = "[redacted]"
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["error"] = describe(error)
    return event
