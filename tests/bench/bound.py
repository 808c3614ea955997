"""The bound: bare FastAPI routes over an asyncpg pool that return the same columns with orjson, without security.

`tuned` adds what costs no safety: our own connections, and few garbage collections.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from fastapi import APIRouter, FastAPI, Request, Response

from services.membership.register.experts.queries import PUBLIC_COLUMNS
from services.membership.register.experts.tables import expert
from shared.database.ids import uuid7
from shared.database.pool import Database
from shared.kernel.gc_tuning import freeze_started

_COLUMNS = ", ".join(f"{name}::text" if str(c.type) == "JSONB" else name for name, c in PUBLIC_COLUMNS.items())
_DOCUMENTS = [name for name, column in PUBLIC_COLUMNS.items() if str(column.type) == "JSONB"]
_TABLE = "escm.member_expert"
_ITEM = f"SELECT {_COLUMNS} FROM {_TABLE} WHERE id = $1"
_PAGE = f"SELECT {_COLUMNS} FROM {_TABLE} WHERE country = $1 AND status = $2 ORDER BY id LIMIT 50"
_DEEP = f"SELECT {_COLUMNS} FROM {_TABLE} WHERE id > $1 ORDER BY id LIMIT 50"
_NAME = f"SELECT {_COLUMNS} FROM {_TABLE} WHERE search_key LIKE $1 ORDER BY id LIMIT 50"
_DIRECTORY = (
    f"SELECT {_COLUMNS} FROM {_TABLE} WHERE country = $1 AND $2 = ANY(fields) AND $3 = ANY(planetary_boundaries)"
    " AND visibility = 'public' AND status IN ('active', 'grace') ORDER BY id LIMIT 50"
)
_WRITTEN = [column.key for column in expert.c]
_MARKS = ", ".join(
    f"${n}::text::jsonb" if str(column.type) == "JSONB" else f"${n}" for n, column in enumerate(expert.c, 1)
)
_INSERT = f"INSERT INTO {_TABLE} ({', '.join(_WRITTEN)}) VALUES ({_MARKS})"


def _plain(row: asyncpg.Record) -> dict[str, Any]:
    record = dict(row)
    for name in _DOCUMENTS:
        record[name] = orjson.Fragment(record[name])
    return record


def _json(content: Any) -> Response:
    return Response(orjson.dumps(content, default=str), media_type="application/json")


class _Leases:
    """Our own connections with the pool methods that the routes call."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def fetch(self, sql: str, *values: Any) -> list[asyncpg.Record]:
        async with self._database.acquire() as connection:
            return await connection.fetch(sql, *values)

    async def fetchrow(self, sql: str, *values: Any) -> asyncpg.Record | None:
        async with self._database.acquire() as connection:
            return await connection.fetchrow(sql, *values)

    async def fetchval(self, sql: str, *values: Any) -> Any:
        async with self._database.acquire() as connection:
            return await connection.fetchval(sql, *values)


@asynccontextmanager
async def _plain_pool(app: FastAPI) -> AsyncIterator[None]:
    async with asyncpg.create_pool(os.environ["BENCH_DATABASE_URL"], min_size=8, max_size=8) as pool:
        app.state.pool = pool
        yield


@asynccontextmanager
async def _tuned_pool(app: FastAPI) -> AsyncIterator[None]:
    database = await Database.open(os.environ["BENCH_DATABASE_URL"], size=8)
    app.state.pool = _Leases(database)
    freeze_started()
    yield
    await database.close()


routes = APIRouter()


@routes.get("/experts/{expert_id}")
async def item(expert_id: UUID, request: Request) -> Response:
    return _json(_plain(await request.app.state.pool.fetchrow(_ITEM, expert_id)))


@routes.get("/experts")
async def page(country: str, status: str, request: Request) -> Response:
    rows = await request.app.state.pool.fetch(_PAGE, country, status)
    return _json({"items": [_plain(row) for row in rows]})


@routes.get("/deep")
async def deep(after: UUID, request: Request) -> Response:
    rows = await request.app.state.pool.fetch(_DEEP, after)
    return _json({"items": [_plain(row) for row in rows]})


@routes.get("/named")
async def named(q: str, request: Request) -> Response:
    rows = await request.app.state.pool.fetch(_NAME, f"%{q}%")
    return _json({"items": [_plain(row) for row in rows]})


@routes.get("/directory")
async def directory(country: str, field: str, planetary_boundary: str, request: Request) -> Response:
    rows = await request.app.state.pool.fetch(_DIRECTORY, country, field, planetary_boundary)
    return _json({"items": [_plain(row) for row in rows]})


@routes.post("/experts")
async def create(request: Request) -> Response:
    body = orjson.loads(await request.body())
    record = dict.fromkeys(_WRITTEN) | body
    record["id"] = uuid7()
    record["ref"] = f"EXB-{record['id']}"
    record |= {"asserted": {}, "name_key": record["sort_name"]}
    record |= {"orcid_authenticated": False, "available_for_support": True}
    for name in ("names", "emails", "biography", "asserted"):
        record[name] = orjson.dumps(record[name]).decode()
    moment = await request.app.state.pool.fetchval(_INSERT + " RETURNING created_at", *_instants(record))
    return _json({"id": record["id"], "created_at": moment})


def _instants(record: dict[str, Any]) -> list[Any]:
    from shared.kernel.clock import now

    moment = now()
    return [moment if name in ("created_at", "updated_at") else record[name] for name in _WRITTEN]


app = FastAPI(lifespan=_plain_pool, openapi_url=None)
app.include_router(routes)
tuned = FastAPI(lifespan=_tuned_pool, openapi_url=None)
tuned.include_router(routes)
