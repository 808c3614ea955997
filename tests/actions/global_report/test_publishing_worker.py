"""The publishing worker: what it alone does, and what waits for it."""

import asyncpg
import pytest

from services.actions.global_report.builds.operations import BUILD_EDITION
from services.actions.global_report.publishing_worker import create_worker
from services.actions.global_report.versions.operations import READ_MANUSCRIPT
from services.actions.settings import ActionsSettings
from services.actions.worker import create_worker as actions_worker
from tests.actions.global_report.test_versions import ended
from tests.support.callers import Caller
from tests.support.centres import entered, stepped
from tests.support.editions import CONTRIBUTIONS, author, contribution_body, edition, editor
from tests.support.workers import at_work, drop_jobs, without_relay


def test_manuscripts_and_builds_are_of_the_publishing_worker_alone(settings: ActionsSettings) -> None:
    of_actions, of_publishing = actions_worker(settings)._jobs.keys(), create_worker(settings)._jobs.keys()
    assert of_publishing == {READ_MANUSCRIPT, BUILD_EDITION}
    assert of_actions.isdisjoint(of_publishing)
    assert create_worker(settings)._job_types() == ([READ_MANUSCRIPT], [BUILD_EDITION]), "a build takes the only slot"


async def test_a_manuscript_waits_as_a_job_of_actions_until_the_worker_runs(
    admin: Caller,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    settings: ActionsSettings,
    database_url: str,
) -> None:
    await drop_jobs(database_url)
    of = await edition(admin, "open_call")
    me, named = await author(admin, superuser, monkeypatch)
    chief = editor(admin, of, monkeypatch)
    text = await entered(me, CONTRIBUTIONS, contribution_body(of, named))
    await stepped(chief, text, "accept")
    sent = await me.post(f"{text['links']['self']}/versions", {"body": "Peat stores carbon."})
    address = sent.headers["location"]
    assert address == f"/actions/v1/jobs/{sent.json()['id']}"
    waiting = (await me.get(address)).json()
    assert (waiting["status"], waiting["attempts"], waiting["links"]["self"]) == ("queued", 0, address)
    assert (await chief.get(address)).status_code == 404, "who did not order it"
    async with at_work(without_relay(create_worker(settings))):
        job = await ended(me, sent)
    assert (job["status"], job["result"]["number"]) == ("succeeded", 1)
