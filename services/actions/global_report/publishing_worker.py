"""The publishing worker: reads manuscripts and builds editions, which needs pandoc, typst and fonts.

It has the code and the role of the database of actions, and a queue of its own, so that other images need none of these
programs and nobody's task waits for a build. Builds are made one at a time, and two manuscripts are read meanwhile.
"""

from services.actions.global_report.builds.jobs import build_jobs
from services.actions.global_report.builds.operations import build_files
from services.actions.global_report.versions import pandoc
from services.actions.global_report.versions.jobs import version_jobs
from services.actions.settings import PUBLISHING, ActionsSettings
from shared.messaging.worker import Worker
from shared.storage.objects import ObjectStore


def create_worker(settings: ActionsSettings | None = None) -> Worker:
    """The worker. The settings default to those of the environment. Raises OSError where pandoc is not installed."""
    pandoc.program()
    settings = settings or ActionsSettings()
    reading = version_jobs(ObjectStore(settings.objects_url))
    return Worker(PUBLISHING, settings, {}, {**reading, **build_jobs(build_files(settings), settings)})
