"""Nominations and calls wait for who decides about them: the chair of the panel, administrators, officers of calls."""

from dataclasses import dataclass
from json import dumps
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.kernel.principal import Grant
from tests.actions.neighbours import change, enter
from tests.authorization.conftest import Services
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.membership import activated
from tests.support.principals import enter_principal

_WORK_LIST = "/access/v1/work_list?limit=200"
_CALLS, _NOMINATIONS = "/membership/v1/calls", "/membership/v1/nominations"


@dataclass
class Panel:
    """A call that is assessed, with its chair, two members, and a nomination; `people` are the names of callers."""

    call: UUID
    nomination: UUID
    chair: str
    members: tuple[str, str]
    experts: dict[str, UUID]


class Work:
    """What waits for callers, by the work list and by the lists of membership."""

    def __init__(self, services: Services, superuser: asyncpg.Connection, patch: pytest.MonkeyPatch) -> None:
        self.services, self.superuser, self._patch = services, superuser, patch

    async def of(self, name: str, record: UUID) -> list[str]:
        """The steps of a record for a caller, if the list of its kind finds it for them as the work list does."""
        waiting = await Caller(self.services["access"], name).everything(_WORK_LIST)
        steps = sorted(item["verb"] for item in waiting if item["id"] == str(record))
        members = Caller(self.services["membership"], name)
        lists = [await members.everything(f"{path}?holder=me&limit=200") for path in (_CALLS, _NOMINATIONS)]
        assert (str(record) in {one["id"] for found in lists for one in found}) == bool(steps)
        return steps

    async def allowed(self, name: str, nomination: UUID) -> set[str]:
        """The decisions that a caller may make about a nomination now."""
        response = await Caller(self.services["membership"], name).get(f"{_NOMINATIONS}/{nomination}/transitions")
        found = response.json().get("allowed_actions", ())
        return {one["action"] for one in found if one["allowed"] and one["action"] in ("select", "pass_over")}

    async def known(self, *grants: Grant) -> tuple[str, UUID]:
        """The name of a new person with these grants and a record, and the record."""
        expert = UUID((await activated(Caller(self.services["membership"], "admin"), country="XA"))["id"])
        name = uuid4().hex
        me = person(name, grant("expert", "self", str(expert)), *grants)
        self._patch.setitem(CALLERS, name, me)  # type: ignore[arg-type]
        await enter_principal(self.superuser, me)
        await change(self.superuser, "member_expert", expert, account_id=me.id)
        return name, expert

    async def scored(self, panel: Panel, *names: str) -> None:
        for name in names:
            of = {"call_id": panel.call, "nomination_id": panel.nomination, "expert_id": panel.experts[name]}
            said = {"status": "recorded", "visibility": "restricted", "recommendation": "select"}
            await enter(self.superuser, "member_score", **of, **said)

    async def nominated(self, call: UUID, **more: Any) -> UUID:
        nominee = UUID((await activated(Caller(self.services["membership"], "admin"), country="XA"))["id"])
        nominator = {"name": "Dean", "email": "dean@example.org", "kind": None}
        known = {
            "nominator": dumps(nominator),
            "call_id": call,
            "expert_id": nominee,
            "visibility": "restricted",
            "documents": "[]",
        }
        return await enter(
            self.superuser, "member_nomination", **{"status": "nominated", "conflicts": "[]", **known, **more}
        )


@pytest.fixture
def work(services: Services, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(services, superuser, monkeypatch)


@pytest.fixture
async def panel(work: Work) -> Panel:
    call = UUID(int=uuid4().int)
    people = dict([await work.known(grant("reviewer", "record", str(call))) for _ in range(3)])
    chair, *members = people
    seats = [{"expert_id": str(people[name]), "office": "chair" if name == chair else "member"} for name in people]
    await enter(
        work.superuser, "member_call", id=call, country=None, status="assessing", visibility="restricted",
        kind="committee", seats=1, code=uuid4().hex, panel=dumps(seats), criteria="[]",
        eligibility=dumps({name: [] for name in ("countries", "regions", "categories", "fields", "documents")}),
    )  # fmt: skip
    return Panel(call, await work.nominated(call), chair, (members[0], members[1]), people)


async def test_a_nomination_with_enough_scores_waits_for_the_chair(work: Work, panel: Panel) -> None:
    await work.scored(panel, panel.chair, panel.members[0])
    assert await work.of(panel.chair, panel.nomination) == ["select"]
    assert "select" in await work.allowed(panel.chair, panel.nomination)
    assert await work.of(panel.members[0], panel.nomination) == []
    assert await work.of(panel.members[1], panel.nomination) == ["score"]
    for name in ("admin", "both_xa", "officer", "auditor"):
        assert await work.of(name, panel.nomination) == [], name


async def test_a_nomination_without_enough_scores_does_not_wait_for_the_chair(work: Work, panel: Panel) -> None:
    await work.scored(panel, panel.chair)
    assert await work.of(panel.chair, panel.nomination) == []
    conflicts = dumps([{"expert_id": str(panel.experts[panel.members[0]]), "kind": "recused"}])
    await change(work.superuser, "member_nomination", panel.nomination, conflicts=conflicts)
    await work.scored(panel, panel.members[0])
    assert await work.of(panel.chair, panel.nomination) == [], "the score of who has a conflict does not count"
    assert await work.allowed(panel.chair, panel.nomination) == {"pass_over"}


async def test_without_a_free_seat_the_others_wait_to_be_passed_over(work: Work, panel: Panel) -> None:
    other = await work.nominated(panel.call, status="selected")
    await work.scored(panel, panel.chair)
    assert await work.of(panel.chair, panel.nomination) == ["pass_over"]
    assert await work.allowed(panel.chair, panel.nomination) == {"pass_over"}
    assert await work.of(panel.chair, other) == []


async def test_where_the_chair_may_not_decide_it_waits_for_administrators(work: Work, panel: Panel) -> None:
    nominee, expert = await work.known(grant("secretariat_admin", "global"))
    conflicts = dumps([{"expert_id": str(panel.experts[panel.chair]), "kind": "recused"}])
    await change(work.superuser, "member_nomination", panel.nomination, conflicts=conflicts, expert_id=expert)
    await work.scored(panel, *panel.members)
    assert await work.of("admin", panel.nomination) == ["select"]
    assert "select" in await work.allowed("admin", panel.nomination)
    assert await work.of(panel.chair, panel.nomination) == []
    assert await work.of(nominee, panel.nomination) == [], "nobody decides about themselves"
    for name in (*panel.members, "both_xa", "officer"):
        assert await work.of(name, panel.nomination) == [], name


async def test_a_call_waits_for_the_office_once_every_nomination_is_decided(work: Work, panel: Panel) -> None:
    for name in ("admin", "both_xa"):
        assert await work.of(name, panel.call) == [], name
    await change(work.superuser, "member_nomination", panel.nomination, status="not_selected")
    for name in ("admin", "both_xa"):
        assert await work.of(name, panel.call) == ["decide"], name
    for name in ("officer", panel.chair, "auditor"):
        assert await work.of(name, panel.call) == [], name
