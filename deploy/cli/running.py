"""What runs beside a database: the findings of `escm doctor` on workers, the relay, clocks and the mail server."""

from datetime import UTC, datetime, timedelta
from typing import Any

from deploy.cli.findings import Finding

_UNSEEN = 60
"""Seconds after which a worker or the relay is missing. They show themselves every few seconds."""
_CLOCKS = timedelta(seconds=5)
"""How far the clock of this machine may be from the database's: tokens and steps by the calendar depend on both."""
_WORKERS = """
SELECT service, extract(epoch FROM clock_timestamp() - max(seen_at))::bigint AS age
FROM escm.core_consumer GROUP BY service ORDER BY service
"""
_WAITING = """
SELECT service, extract(epoch FROM clock_timestamp() - min(due_at))::bigint AS age FROM escm.core_job j
WHERE status = 'queued' AND due_at < clock_timestamp() - make_interval(secs => $1)
    AND NOT EXISTS (SELECT FROM escm.core_consumer c WHERE c.service = j.service)
GROUP BY service ORDER BY service
"""
"""Jobs of workers that have never run."""
_LEADER = """
SELECT extract(epoch FROM clock_timestamp() - expires_at)::bigint AS ended FROM escm.core_lease WHERE name = $1
"""
_OLDEST = "SELECT extract(epoch FROM clock_timestamp() - min(time))::bigint FROM escm.core_outbox"


async def of_processes(connection: Any) -> list[Finding]:
    """The findings on what serves a database; none before its migration."""
    if not await connection.fetchval("SELECT to_regclass('escm.core_lease')"):
        return []
    return [await _workers(connection), await _relay(connection), await _clocks(connection)]


async def mail_server() -> Finding:
    """Whether the mail server accepts connections."""
    from shared.configuration.settings import Settings
    from shared.mail.sending import reach

    url = Settings().smtp_url
    if url is None:
        return Finding("mail", True, "no server: mails are files of ESCM_MAIL_FOLDER")
    try:
        await reach(url.get_secret_value())
    except OSError as refused:
        return Finding("mail", False, f"{type(refused).__name__}: {refused}", "correct ESCM_SMTP_URL, or start it")
    return Finding("mail", True, "the server accepts this login; `escm mail test` sends a mail")


async def _workers(connection: Any) -> Finding:
    ages = {row["service"]: row["age"] for row in await connection.fetch(_WORKERS)}
    missing = [f"{service} not for {timedelta(seconds=age)}" for service, age in ages.items() if age > _UNSEEN]
    missing += [
        f"{row['service']} has never run, and a job waits for it since {timedelta(seconds=row['age'])}"
        for row in await connection.fetch(_WAITING, _UNSEEN)
    ]
    seen = ", ".join(ages) if ages else "none has run yet"
    return Finding("workers", not missing, "; ".join(missing) or seen, "start them: `escm worker NAME`")


async def _relay(connection: Any) -> Finding:
    from shared.messaging.sequencer import LEASE

    ended = await connection.fetchval(_LEADER, LEASE)
    waiting = await connection.fetchval(_OLDEST) or 0
    faults = []
    if ended is not None and ended > _UNSEEN:
        faults.append(f"none leads since {timedelta(seconds=ended)}")
    if waiting > _UNSEEN:
        faults.append(f"a fact waits since {timedelta(seconds=waiting)}")
    seen = "none has run yet" if ended is None else "leads; no fact waits"
    return Finding("relay", not faults, "; ".join(faults) or seen, "start it: `escm relay`, and read its log")


async def _clocks(connection: Any) -> Finding:
    before = datetime.now(UTC)
    theirs = await connection.fetchval("SELECT clock_timestamp()")
    ours = before + (datetime.now(UTC) - before) / 2
    apart = abs(theirs - ours)
    detail = f"{apart.total_seconds():.1f} s from the database's"
    return Finding("clock", apart <= _CLOCKS, detail, "synchronise the clocks of both machines")
