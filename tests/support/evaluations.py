"""A designated centre, a panel of experts with accounts, and the evaluations of the centre."""

from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.kernel.clock import today
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import DOCUMENT, Members, entered, stepped
from tests.support.reports import Record, ReportingCentre

EVALUATIONS = "/centres/v1/evaluations"
CRITERIA = ("relevance", "capacity", "governance", "plan", "results")
FINDINGS = {"report": DOCUMENT, "recommendation": "renew_with_conditions"}


def points(number: int) -> dict[str, int]:
    """The same score for each of the usual criteria."""
    return dict.fromkeys(CRITERIA, number)


class Evaluated:
    """A designated centre in a country of its own, and those who evaluate it."""

    def __init__(
        self,
        centre: ReportingCentre,
        members: Members,
        rows: asyncpg.Connection,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        self.centre, self.members, self.rows, self._monkeypatch = centre, members, rows, monkeypatch
        self.admin, self.officer = centre.admin, centre.officer

    @property
    def id(self) -> str:
        return str(self.centre.record["id"])

    @property
    def country(self) -> str:
        return str(self.centre.record["country"])

    def caller(self, *grants: Any) -> Caller:
        """A new person with these grants."""
        name = str(uuid4())
        self._monkeypatch.setitem(CALLERS, name, person(name, *grants))  # type: ignore[arg-type]
        return self.admin.known_as(name)

    async def expert(self, at: str | None = None) -> tuple[str, Caller]:
        """An expert with an account, and the caller who has it and no role."""
        expert, who = await self.members.expert(self.country, at), self.caller()
        await self.own(expert, who)
        return expert, who

    async def own(self, expert: str, who: Caller) -> None:
        """Gives an expert the account of a caller."""
        put = "UPDATE member_expert SET account_id = $2 WHERE id = $1"
        await self.rows.execute(put, UUID(expert), CALLERS[who.name].id)

    async def planned(self, *experts: str, **more: Any) -> Record:
        """An evaluation with this panel, whose first member is the chair."""
        panel = [{"expert_id": key, "office": "member" if n else "chair"} for n, key in enumerate(experts)]
        body = {"centre_id": self.id, "kind": "mid_term", "panel": panel, **more}
        return await entered(self.officer, EVALUATIONS, body)

    def seat(self, who: Caller, evaluation: Record, expert: str) -> None:
        """Gives a member of the panel the roles that follow from it."""
        held = (grant("reviewer", "record", evaluation["id"]), grant("expert", "self", expert))
        self._monkeypatch.setitem(CALLERS, who.name, person(who.name, *held))  # type: ignore[arg-type]

    async def panel(self, count: int = 2, **more: Any) -> tuple[Record, list[Caller]]:
        """A planned evaluation and its panel, the chair first."""
        people = [await self.expert() for _ in range(count)]
        made = await self.planned(*(expert for expert, _ in people), **more)
        for expert, who in people:
            self.seat(who, made, expert)
        return made, [who for _, who in people]

    async def started(self, count: int = 2, **more: Any) -> tuple[Record, list[Caller]]:
        """The same in progress."""
        made, people = await self.panel(count, **more)
        return await stepped(self.officer, made, "start"), people

    async def completed(self, **more: Any) -> Record:
        """A completed evaluation."""
        made, people = await self.started()
        for who in people:
            await scored(who, made, 4)
        return await stepped(self.officer, made, "complete", fields={**FINDINGS, **more})

    async def aged(self, evaluation: Record, days: int) -> None:
        """Moves the completion of an evaluation into the past."""
        put = "UPDATE centre_evaluation SET completed_on = $2::date - $3::integer WHERE id = $1"
        await self.rows.execute(put, UUID(evaluation["id"]), today(), days)


async def scored(who: Caller, evaluation: Record, number: int, **more: Any) -> Record:
    """The score that a member of the panel gives."""
    return await entered(who, f"{evaluation['links']['self']}/scores", {"scores": points(number), **more})
