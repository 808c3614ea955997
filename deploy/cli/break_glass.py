"""The findings of `escm doctor` on break-glass: whether an address waits, and whether a session is open."""

from typing import Any

from deploy.cli.findings import Finding

_SHOWN = "%Y-%m-%d %H:%M UTC"
_LAST = """
SELECT b.made_at, b.until, b.used_at, b.until > clock_timestamp() AS waits,
    coalesce(s.status = 'active' AND s.ends_at > clock_timestamp(), false) AS is_open, s.ends_at
FROM escm.access_break_glass b LEFT JOIN escm.access_session s ON s.id = b.session
ORDER BY b.made_at DESC LIMIT 1
"""


async def of_break_glass(connection: Any) -> list[Finding]:
    """What became of the last address. A warning only: somebody may be at work."""
    if not await connection.fetchval("SELECT to_regclass('escm.access_break_glass')"):
        return []
    async with connection.transaction():
        await connection.execute("SET LOCAL escm.write_everywhere = 'on'")
        last = await connection.fetchrow(_LAST)
    return [Finding("break-glass", True, _said(last))]


def _said(last: Any) -> str:
    if last is None:
        return "no address was made"
    if last["used_at"] is None:
        made = f"an address was made at {last['made_at']:{_SHOWN}}"
        return f"{made} and may be opened until {last['until']:%H:%M}" if last["waits"] else f"{made}, not opened"
    used = f"used at {last['used_at']:{_SHOWN}}"
    return f"{used}; its session is open until {last['ends_at']:%H:%M}" if last["is_open"] else f"{used}; over"
