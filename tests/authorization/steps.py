"""Every transition of every lifecycle: puts each record into each of its states and requests all verbs."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import asyncpg

from deploy.matrix.operations import Operation, operations
from tests.authorization.conftest import Services
from tests.authorization.country_fixture import ADMIN, CountryFixture
from tests.authorization.kinds import TABLES, named
from tests.authorization.requests import Started, request_for
from tests.support.callers import Caller

STEPPING = [
    each
    for each in operations()
    if each.method == "POST"
    and each.path.endswith("}/transitions")
    and not each.note
    and each.id not in ("transitionSupportRequestOffer", "transitionDelegationOfReport", "transitionCommentOfReport")
    and "imports" not in each.path
]
"""The transitions of all kinds: those of offers and of parts of reports by their own address; not of
imports, whose only one has no field."""
_SETS = {
    "member_affiliation": "match_status = nullif($2, 'waiting'), raw = coalesce(raw, 'A text')",
    "centre_seat": "status = $2, ends = '2027-01-31'",
    "action_focal_point": "status = $2, starts = '2026-01-01'",
    "action_action": "status = $2, actual_start = '2026-01-01'",
    "action_milestone": "status = $2, claimed_on = '2026-01-01', verified_on = '2026-01-02'",
    "action_endorsement": "status = $2, verified_on = '2026-01-02'",
    "action_contribution": "status = $2, published_version = CASE WHEN $2 = 'published' THEN 1 END",
    "centre_evaluation": "status = $2, completed_on = CASE WHEN $2 = 'completed' THEN date '2026-01-02' END",
}
"""The days and versions that some states need, by table."""


@dataclass(frozen=True)
class Place:
    """A record in one of its states, and a verb of that state with its fields."""

    path: str
    table: str
    key: str
    state: str
    action: str
    fields: tuple[str, ...]

    async def enter(self, superuser: asyncpg.Connection) -> None:
        """Puts the record into the state."""
        change = _SETS.get(self.table, "status = $2")
        await superuser.execute(f"UPDATE {self.table} SET {change} WHERE id = $1", self.key, self.state)


async def each_place(
    services: Services, superuser: asyncpg.Connection, operation: Operation, country_fixture: CountryFixture
) -> AsyncIterator[Place]:
    """Every verb in every state of the operation's kind, with the record in that state."""
    path = str(request_for(operation, country_fixture, Started("", "", "")).item)
    plural = named(path.split("/")[1], path.split("/")[-2])
    caller, first = (
        Caller(services[operation.service], ADMIN),
        Place(path, TABLES[plural], country_fixture.id(plural), "", "", ()),
    )
    for state in (await caller.get(f"{path}/transitions")).json()["states"]:
        if state == "linked" and plural == "institutions":
            continue  # it is another record then
        at = replace(first, state=state)
        await at.enter(superuser)
        for offer in (await caller.get(f"{path}/transitions")).json()["allowed_actions"]:
            yield replace(at, action=offer["action"], fields=tuple(offer["fields"]))
