"""A call with its office, nominees and panel, over HTTP."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.membership.selection.calls import operations as calls
from services.membership.selection.calls.operations import apply_scheduled
from services.membership.selection.nominations import confirmation
from services.membership.selection.nominations import operations as nominations
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from shared.kernel.clock import to_text as text
from shared.kernel.principal import Grant
from shared.mail import tokens
from tests.support.callers import CALLERS, Caller, grant, person

CALLS = "/membership/v1/calls"
NOMINATIONS = "/membership/v1/nominations"
CONFIRMATION = f"{NOMINATIONS}/confirmation"
CV = {"title": "Curriculum vitae", "date": "2026-10-01", "url": "https://example.org/cv.pdf"}
Member = Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]]


class Round:
    """One call, and the people around it. `later` moves the clock of calls and nominations."""

    def __init__(
        self, admin: Caller, member: Member, rows: asyncpg.Connection, database: Database, patch: pytest.MonkeyPatch
    ) -> None:
        self.admin, self.member, self.rows, self.database, self._patch = admin, member, rows, database, patch
        self.started = now()
        self.call: dict[str, Any] = {}
        self.panel: list[tuple[Caller, str]] = []

    @property
    def path(self) -> str:
        return str(self.call["links"]["self"])

    def later(self, **ahead: float) -> datetime:
        """Moves the clock to this time after the beginning of the test."""
        moved = self.started + timedelta(**ahead)
        for module in (calls, nominations, confirmation):
            self._patch.setattr(module, "now", lambda: moved)
        return moved

    def body(self, **more: Any) -> dict[str, Any]:
        """A body of a call that takes nominations for a day."""
        return {
            "code": f"C-{uuid4().hex[:12].upper()}",
            "kind": "committee",
            "titles": {"en": "Committee of soils"},
            "opens": text(self.started - timedelta(hours=1)),
            "nominee_deadline": text(self.started + timedelta(days=1)),
            "nominator_deadline": text(self.started + timedelta(days=2)),
            "criteria": [
                {"key": "merit", "titles": {"en": "Merit"}, "weight": 3},
                {"key": "reach", "titles": {"en": "Reach"}},
            ],
            "seats": 1,
            **more,
        }

    async def open(self, members: int = 3, **more: Any) -> dict[str, Any]:
        """An open call with a panel, whose first member is the chair."""
        for _ in range(members):
            self.panel.append(await self.scorer())
        offices = ["chair", *["member"] * members]
        panel = [{"expert_id": key, "office": offices[n]} for n, (_, key) in enumerate(self.panel)]
        made = await self.admin.post(CALLS, self.body(**{"panel": panel, **more}))
        assert made.status_code == 201, made.text
        self.call = await done(self.admin, made.json(), "open")
        for who, _ in self.panel:
            self.seat(who)
        return self.call

    async def scorer(self, **more: Any) -> tuple[Caller, str]:
        """An expert who may come into the panel."""
        who, record = await self.member(**{"emails": [{"value": f"{uuid4().hex}@example.org"}], **more})
        return who, str(record["id"])

    def seat(self, who: Caller) -> None:
        """Gives a member of the panel the role that follows from it."""
        self.give(who, grant("reviewer", "record", self.call["id"]))

    def give(self, who: Caller, *more: Grant) -> None:
        """Gives somebody more grants."""
        held = CALLERS[who.name].grants
        self._patch.setitem(CALLERS, who.name, person(who.name, *held, *more))  # type: ignore[arg-type]

    async def nominee(self, **more: Any) -> tuple[Caller, dict[str, Any]]:
        """An expert with a complete draft."""
        of_expert = {"emails": [{"value": f"{uuid4().hex}@example.org"}], **more.pop("expert", {})}
        who, _ = await self.member(**of_expert)
        return who, await self.draft(who, **more)

    async def draft(self, who: Caller, **more: Any) -> dict[str, Any]:
        made = await who.post(NOMINATIONS, self.nomination(**more))
        assert made.status_code == 201, made.text
        return dict(made.json())

    def nomination(self, **more: Any) -> dict[str, Any]:
        return {
            "call_id": self.call["id"],
            "nominator": {"name": "Ana Example", "office": "Dean", "email": f"{uuid4().hex}@example.org"},
            "motivation": "Twenty years of work on soils.",
            "documents": [CV],
            "interests": {"none": True},
            **more,
        }

    async def token(self, nomination: dict[str, Any]) -> str:
        """A token as it is mailed to the nominator."""
        token = uuid4().hex
        valid: dict[str, Any] = {"service": tokens.MEMBERSHIP, "purpose": tokens.NOMINATION}
        await tokens.issue(
            self.rows,
            subject=UUID(nomination["id"]),
            address=nomination["nominator"]["email"],
            token=token,
            until=now() + confirmation.LIFE,
            **valid,
        )
        return token

    async def confirmed(self, **more: Any) -> tuple[Caller, dict[str, Any]]:
        """A nomination that its nominator has confirmed."""
        who, draft = await self.nominee(**more)
        submitted = await done(who, draft, "submit")
        body = {"token": await self.token(submitted), "decision": "confirm"}
        response = await Caller(self.admin._client, None).post(CONFIRMATION, body)
        assert response.status_code == 200, response.text
        return who, dict((await who.get(draft["links"]["self"])).json())

    async def scheduled(self) -> None:
        """What the schedules do now."""
        for run in (apply_scheduled, nominations.lapse):
            async with unit_of_work(self.database, SYSTEM_CONTEXT) as uow:
                await run(uow)

    async def assess(self) -> None:
        """Ends the time for nominations."""
        self.later(days=3)
        await self.scheduled()
        assert (await self.admin.get(self.path)).json()["status"] == "assessing"

    async def score(self, who: Caller, nomination: dict[str, Any], merit: int, reach: int) -> dict[str, Any]:
        body = {"scores": {"merit": merit, "reach": reach}, "comment": "Sound.", "recommendation": "select"}
        made = await who.post(f"{nomination['links']['self']}/scores", body)
        assert made.status_code == 201, made.text
        return dict(made.json())


async def done(who: Caller, record: dict[str, Any], action: str, **more: Any) -> dict[str, Any]:
    """The record after a transition."""
    response = await who.step(record["links"]["self"], action, **more)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def refused(who: Caller, record: dict[str, Any], action: str, **more: Any) -> str:
    """The reason of a transition that is refused."""
    response = await who.step(record["links"]["self"], action, **more)
    assert response.status_code in (403, 409), response.text
    return str(response.json()["reason"])


@pytest.fixture
def round_(
    admin: Caller,
    member: Member,
    superuser: asyncpg.Connection,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> Round:
    return Round(admin, member, superuser, database, monkeypatch)
