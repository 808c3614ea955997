"""The attempts of clients, the responses that they got, and whether the database agrees with them."""

from collections import Counter, defaultdict
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Literal

import asyncpg
import httpx

Outcome = Literal["ok", "fail", "unknown"]
_EFFECTS = """
SELECT e.names->0->>'family' AS mark, e.id,
    (SELECT count(*) FROM escm.core_audit a WHERE a.subject = e.id) AS entries,
    (SELECT count(*) FROM escm.core_outbox o WHERE o.subject = e.id)
        + (SELECT count(*) FROM escm.core_fact f WHERE f.subject = e.id) AS facts,
    (SELECT count(*) FROM escm.core_fact f WHERE f.subject = e.id) AS sequenced
FROM escm.member_expert e WHERE e.names->0->>'family' LIKE $1 || '%'
"""


@dataclass(frozen=True, slots=True)
class Operation:
    """One attempt to create the expert with this mark. `status` is that of the response, or the failure's name."""

    mark: str
    outcome: Outcome
    status: str
    record: str | None = None


def outcome_of(response: httpx.Response) -> Outcome:
    """2xx is done; below 500 nothing was done; after a server error it is unknown."""
    if response.is_success:
        return "ok"
    return "fail" if response.status_code < 500 else "unknown"


@dataclass(slots=True)
class History:
    """Attempts to create experts whose family names begin with `prefix`; several attempts may share a mark."""

    prefix: str
    operations: list[Operation] = field(default_factory=list)

    def note(self, mark: str, response: httpx.Response | Exception) -> Outcome:
        """Logs an attempt. A refused connection did nothing; after any other failure the outcome is unknown."""
        if isinstance(response, httpx.Response):
            outcome = outcome_of(response)
            record = response.json()["id"] if outcome == "ok" else None
            self.operations.append(Operation(mark, outcome, str(response.status_code), record))
            return outcome
        outcome = "fail" if isinstance(response, httpx.ConnectError) else "unknown"
        self.operations.append(Operation(mark, outcome, type(response).__name__))
        return outcome

    async def attempt(self, mark: str, request: Awaitable[httpx.Response]) -> Outcome:
        """Makes an attempt and logs it, whatever its outcome."""
        try:
            return self.note(mark, await request)
        except httpx.TransportError as failure:
            return self.note(mark, failure)

    def statuses(self) -> Counter[str]:
        """How often each response or failure occurred, for a person."""
        return Counter(operation.status for operation in self.operations)

    async def faults(self, connection: asyncpg.Connection) -> list[str]:
        """The contradictions between the database and the responses.

        ok → exactly one effect, with one audit entry and one fact; unknown → none or one; fail → none.
        """
        found: dict[str, list[asyncpg.Record]] = defaultdict(list)
        for row in await connection.fetch(_EFFECTS, self.prefix):
            found[row["mark"]].append(row)
        tries: dict[str, list[Operation]] = defaultdict(list)
        for operation in self.operations:
            tries[operation.mark].append(operation)
        faults = [f"{mark}: an effect that nobody asked for" for mark in found.keys() - tries.keys()]
        for mark, operations in tries.items():
            outcomes = {operation.outcome for operation in operations}
            effects = found[mark]
            if "ok" in outcomes and len(effects) != 1:
                faults.append(f"{mark}: reported done, {len(effects)} effects")
            elif outcomes == {"fail"} and effects:
                faults.append(f"{mark}: reported failed, {len(effects)} effects")
            elif len(effects) > 1:
                faults.append(f"{mark}: {len(effects)} effects")
            faults.extend(
                f"{mark}: {effect['entries']} audit entries, {effect['facts']} facts"
                for effect in effects
                if (effect["entries"], effect["facts"]) != (1, 1)
            )
            records = {operation.record for operation in operations if operation.record}
            if len(records) > 1 or (effects and records and records != {str(effects[0]["id"])}):
                faults.append(f"{mark}: reported as {records}")
        return faults

    async def waiting(self, connection: asyncpg.Connection) -> int:
        """How many effects have no fact in the feed yet."""
        return sum(row["sequenced"] == 0 for row in await connection.fetch(_EFFECTS, self.prefix))
