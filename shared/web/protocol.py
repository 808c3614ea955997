"""HTTP that is none: answered as a problem too, before any app is asked."""

from http import HTTPStatus

import structlog
from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.database.ids import uuid7
from shared.kernel.errors import Malformed
from shared.web.problems import problem_response

_LOG = structlog.get_logger("escm.web")


class Protocol(HttpToolsProtocol):
    """Uvicorn's protocol, whose own refusal of what it cannot parse is the problem `malformed_request`."""

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - it says no more than this
        """Answers and closes the connection: where the next request would begin is not known."""
        request_id = str(uuid7())
        scope: Scope = {"path": "/", "headers": (), "state": {"request_id": request_id}}
        answer = problem_response(scope, Malformed("This is not HTTP."))
        headers = [*answer.raw_headers, (b"x-request-id", request_id.encode("ascii")), (b"connection", b"close")]
        status = HTTPStatus(answer.status_code)
        lines = [f"HTTP/1.1 {status} {status.phrase}".encode("ascii"), *(b": ".join(header) for header in headers)]
        _LOG.info("not_http", request_id=request_id)
        self.transport.write(b"\r\n".join([*lines, b"", bytes(answer.body)]))
        self.transport.close()
