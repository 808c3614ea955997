"""What a page says of a write that the API refused."""

from collections.abc import Mapping
from typing import Any

from shared.reading.api import Reply

CONFLICT = 412
NOT_REFUSED: Mapping[str, Any] = {"status": 200, "failure": "", "request_id": "", "detail": ""}
"""What a page says where nothing was refused."""


def refused_values(reply: Reply) -> dict[str, Any]:
    """The title of the problem, why in English, and the number of the request, for the form that was refused."""
    problem = reply.document
    return {
        "status": reply.status_code,
        "failure": str(problem.get("title") or ""),
        "detail": str(problem.get("detail") or ""),
        "request_id": str(problem.get("request_id") or ""),
        "reason": str(problem.get("reason") or ""),
    }
