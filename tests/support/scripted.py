"""A system that answers as a test says, for clients of the API."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """A request as it came."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Scripted:
    """The origin, the requests so far, and what is answered next: a status, headers and JSON. None cuts the line."""

    origin: str
    requests: list[Request] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], Any] | None] = field(default_factory=list)

    def answer(self, status: int, content: Any = None, **headers: str) -> None:
        """The response after those before it."""
        self.answers.append((status, {name.replace("_", "-"): value for name, value in headers.items()}, content))

    def cut(self) -> None:
        """No response, after those before it."""
        self.answers.append(None)


@contextmanager
def scripted() -> Iterator[Scripted]:
    """Runs it on a port of this machine. A request beyond the script is answered with 404."""
    system = Scripted("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _respond(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            system.requests.append(Request(self.command, self.path, headers, body))
            answer = system.answers.pop(0) if system.answers else (404, {}, {"status": 404, "code": "not_found"})
            if answer is None:
                self.close_connection = True
                return
            status, given, content = answer
            text = json.dumps(content).encode()
            self.send_response(status)
            kind = "application/json" if status < 400 else "application/problem+json"
            for name, value in {"Content-Type": kind, "Content-Length": str(len(text)), **given}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_PATCH = do_DELETE = _respond  # noqa: N815

        def log_message(self, *_words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=lambda: server.serve_forever(poll_interval=0.01), daemon=True)
    thread.start()
    system.origin = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield system
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
