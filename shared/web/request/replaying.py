"""Whether a caller may still get a stored response: the record that it is about is read again, as at its address."""

from urllib.parse import urlsplit

import orjson
from starlette.types import Message, Scope

from shared.kernel.errors import Forbidden, Gone, NotFound
from shared.web.request.error_mapping import MethodNotAllowed
from shared.web.request.idempotency import Replay
from shared.web.request.moved import Moved
from shared.web.request.request_context import RequestContext

_OF_CALLER = (b"authorization", b"accept-language")
_OF_ROUTE = ("route", "endpoint", "path_params", "escm.context", "fastapi_middleware_astack", "fastapi_inner_astack")


async def refuse_unreadable(ctx: RequestContext, replay: Replay) -> None:
    """Raises NotFound, Forbidden or Gone, as reading the record does, if the caller may no longer read it.

    A caller whose grants never permitted reading it, such as a client that only writes or an applicant, gets the stored
    response while their grants are the same.
    """
    try:
        await _read_again(ctx, replay)
    except (Moved, MethodNotAllowed):
        if replay.has_changed and not _is_covered(ctx, replay):
            raise NotFound from None
    except (NotFound, Forbidden, Gone) as refusal:
        if isinstance(refusal, Gone) or replay.has_changed or _is_covered(ctx, replay):
            raise


async def _read_again(ctx: RequestContext, replay: Replay) -> None:
    path = urlsplit(replay.response.headers.get("location") or ctx.path.rpartition("/")[0]).path
    copied: Scope = {name: value for name, value in ctx.request.scope.items() if name not in _OF_ROUTE}
    headers = {name: value for name, value in copied["escm.headers"].items() if name in _OF_CALLER}
    scope = {**copied, "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b""}
    scope |= {"headers": list(headers.items()), "escm.headers": headers}
    await ctx.request.app.dispatch(scope, _nothing, _nowhere)


def _is_covered(ctx: RequestContext, replay: Replay) -> bool:
    """Whether the caller's grants permit reading the record as in the response."""
    record = orjson.loads(replay.response.body or b"{}")
    return isinstance(record, dict) and ctx.access.read.covers(record.get("country"), record.get("id"))


async def _nothing() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _nowhere(_message: Message) -> None:
    return None
