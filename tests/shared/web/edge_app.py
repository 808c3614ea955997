"""A small app with the real edge, dispatch and problems, for tests of the web layer."""

import asyncio
import errno
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import asyncpg
import httpx
from fastapi import APIRouter, Query, Request
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError
from starlette.responses import Response, StreamingResponse

from shared.configuration.settings import Settings
from shared.kernel.errors import Conflict, FieldError, Invalid, Unauthenticated, Unavailable, VersionConflict
from shared.kernel.lifecycle import AvailableAction
from shared.web.contract.route_options import OptionsRouter, RouteOptions
from shared.web.edge.app import Application, create_app
from shared.web.request.endpoint import Handler
from shared.web.request.route import EscmRoute
from shared.web.request.uploads import IMPORT_LIMIT
from tests.support.inside import Inside


def _checked(value: str) -> str:
    if "\0" in value:
        raise PydanticCustomError("invalid_text", "Text must not contain U+0000.")
    if value == "bad-orcid":
        raise PydanticCustomError("orcid_checksum", "Not an ORCID iD.")
    return value


Checked = Annotated[str, StringConstraints(max_length=100), AfterValidator(_checked)]


class Name(BaseModel):
    model_config = ConfigDict(extra="forbid")
    given: Annotated[Checked, Field(max_length=5)] | None = None


class Thing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    names: list[Name] = []
    orcid: Checked | None = None
    kind: Annotated[int, Field(ge=1)] | Name | None = None


class Listing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    limit: Annotated[int, Field(ge=1, le=200)] = 50


def named(kind: type[asyncpg.PostgresError], constraint: str) -> asyncpg.PostgresError:
    error = kind("Key (email)=(secret@example.org) already exists.")
    error.constraint_name = constraint
    return error


FAILURES: dict[str, Exception] = {
    "offers": Conflict(
        "approve is not possible now.",
        code="transition_not_allowed",
        members={
            "current_state": "prospect",
            "allowed_actions": [AvailableAction("invite", "invited", True, None)._asdict()],
            "at": datetime(2026, 11, 24, 10, tzinfo=UTC),
        },
    ),
    "stale": VersionConflict("Changed.", members={"current_etag": '"4.0"'}, headers={"ETag": '"4.0"'}),
    "anonymous": Unauthenticated("A token, please."),
    "bug": RuntimeError("canary-5521"),
    "uncatalogued": Conflict("Two of a kind.", code="two_of_a_kind"),
    "unknown_fields": Invalid(errors=[FieldError("unknown_field", "No.", pointer="/fields/x")]),
    "unique": named(asyncpg.UniqueViolationError, "test_one_email"),
    "unique_elsewhere": named(asyncpg.UniqueViolationError, "unheard_of"),
    "overlap": named(asyncpg.ExclusionViolationError, "test_one_email"),
    "check": named(asyncpg.CheckViolationError, "some_check"),
    "cancelled": asyncpg.QueryCanceledError("canceling statement"),
    "locked": asyncpg.LockNotAvailableError("lock timeout"),
    "crowded": asyncpg.TooManyConnectionsError("too many"),
    "lost": asyncpg.ConnectionDoesNotExistError("lost"),
    "closed": asyncpg.InterfaceError("cannot call fetch(): connection is closed"),
    "refused": ConnectionRefusedError(),
    "no_room": OSError(errno.ENOSPC, "No space left on device"),
    "no_room_in_the_database": asyncpg.DiskFullError("could not extend file"),
    "away": Unavailable("Away.", retry_after=7),
    "rls": asyncpg.InsufficientPrivilegeError("new row violates row-level security policy"),
    "out_of_range": asyncpg.DataError("value out of int64 range: canary-5521"),
}


def edge_app(settings: Settings | None = None, **more: Any) -> Application:
    settings = settings or Settings(environment="test")
    app = create_app("test", settings, [router, for_everybody], title="Test", has_database=False, **more)
    app.state.began, app.state.go_on = asyncio.Event(), asyncio.Event()
    return app


router = APIRouter(prefix="/test/v1")
for_everybody = OptionsRouter(prefix="/test/v1")


@for_everybody.post(
    "/open/{name}", options=RouteOptions(is_public=True, is_cross_origin=True), operation_id="createOpen"
)
async def open_to_all(name: str) -> dict[str, str]:
    if name == "nothing":
        raise FAILURES["away"]
    return {"name": name}


@router.get("/failures/{name}", operation_id="getFailure")
async def fail(name: str) -> Response:
    raise FAILURES[name]


@router.get("/things", operation_id="listThings")
async def things(page: Annotated[Listing, Query()]) -> dict[str, int]:
    return {"limit": page.limit}


@router.post("/things", operation_id="createThing")
async def create(thing: Thing, request: Request) -> dict[str, Any]:
    return thing.model_dump() | {"bytes": len(await request.body())}


@router.get("/things/{number}", operation_id="getThing")
async def thing(number: int) -> Response:
    return Response(str(number), headers={"vary": "Accept"}, media_type="text/plain")


@router.delete("/things/{number}", operation_id="deleteThing", status_code=204)
async def delete(number: int) -> Response:
    return Response(status_code=204)


class LargeForms(EscmRoute):
    """Takes forms as imports do, from anybody."""

    def form_limit(self, _settings: Settings) -> int:
        return IMPORT_LIMIT

    def get_route_handler(self) -> Handler:
        return APIRoute.get_route_handler(self)


async def upload(request: Request) -> dict[str, int]:
    return {"bytes": sum([len(chunk) async for chunk in request.stream()])}


router.add_api_route("/imports", upload, methods=["POST"], operation_id="createImport", route_class_override=LargeForms)


@router.get("/state", operation_id="getState")
async def state(request: Request) -> dict[str, Any]:
    return dict(request.scope["state"])


@router.get("/stream", operation_id="getStream")
async def stream() -> StreamingResponse:
    async def parts() -> AsyncIterator[bytes]:
        yield b"first"
        raise RuntimeError("canary-5521")

    return StreamingResponse(parts())


@router.get("/slow", operation_id="getSlow")
async def slow_read(request: Request) -> str:
    return await slowly(request.app.state)


@router.post("/slow", operation_id="createSlow")
async def slow_write(request: Request) -> str:
    return await slowly(request.app.state)


async def slowly(state: Any) -> str:
    """Works until `state.go_on` is set, and stores how it ended."""
    try:
        state.began.set()
        await state.go_on.wait()
        state.outcome = "done"
    except asyncio.CancelledError:
        state.outcome = "cancelled"
        raise
    return "done"


@asynccontextmanager
async def client_of(app: Application) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=Inside(app), base_url="http://test") as client,
    ):
        yield client
