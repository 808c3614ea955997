"""Properties of the whole service: verbs are granted, both layers of authorization apply, the worker can be made."""

from collections.abc import Callable

import pytest

from services.actions.access import ROLES
from services.actions.coordination.focal_points.operations import FOCAL_POINTS
from services.actions.governments.correspondence.operations import LETTERS
from services.actions.governments.endorsements.operations import ENDORSEMENTS
from services.actions.governments.government_bodies.operations import GOVERNMENT_BODIES
from services.actions.governments.meetings.operations import MEETINGS
from services.actions.plan.actions.operations import ACTIONS
from services.actions.plan.milestones.operations import MILESTONES
from services.actions.plan.programmes.operations import PROGRAMMES
from services.actions.settings import ActionsSettings
from services.actions.worker import create_worker
from tests.support.callers import Caller

KINDS = (ENDORSEMENTS, LETTERS, ACTIONS, MILESTONES, GOVERNMENT_BODIES, FOCAL_POINTS, MEETINGS, PROGRAMMES)
CLOSED = "actions milestones endorsements correspondence government_bodies focal_points meetings"


def test_the_worker_can_be_made(settings: ActionsSettings) -> None:
    assert create_worker(settings) is not None


def test_every_verb_is_permitted_to_somebody_other_than_administrators() -> None:
    granted = frozenset().union(*(ROLES[role] for role in ROLES if role != "secretariat_admin"))
    for kind in KINDS:
        verbs = {transition.verb for transition in kind.lifecycle.transitions if not transition.is_scheduled}
        missing = {(kind.resource.plural, verb) for verb in verbs} - granted
        assert missing <= {("programmes", "discontinue")}


@pytest.mark.parametrize("plural", CLOSED.split())
async def test_without_a_token_nothing_but_the_published_is_read(anonymous: Caller, plural: str) -> None:
    path = f"/actions/v1/{plural}"
    stranger = f"{path}/019b76da-a800-7000-8000-00000000dead"
    for address in (path, stranger, f"{stranger}/history", f"{stranger}/transitions"):
        response = await anonymous.get(address)
        assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
    assert (await anonymous.post(path, {})).status_code == 401


@pytest.mark.parametrize("plural", ["programmes", "frameworks", "countries"])
async def test_the_public_lists_are_read_without_a_token(anonymous: Caller, plural: str) -> None:
    assert (await anonymous.get(f"/actions/v1/{plural}")).status_code == 200


async def test_an_auditor_reads_everything_and_writes_nothing(caller: Callable[[str | None], Caller]) -> None:
    auditor = caller("auditor")
    for plural in CLOSED.split():
        assert (await auditor.get(f"/actions/v1/{plural}?country=XA")).status_code == 200
    letter = {"country": "XA", "direction": "in", "date": "2026-01-05", "subject": "x"}
    assert (await auditor.post("/actions/v1/correspondence", letter)).status_code == 403
