"""The paths of tasks."""

from tests.journeys.paths.path import Path, PathRun, day, refused, taken
from tests.journeys.paths.world import V1

_OFFICER, _FOCAL_POINT = "secretariat_officer", "government_focal_point"
_TASKS = f"{V1['actions']}/tasks"


def _task(path_run: PathRun) -> str:
    """A task without an owner."""
    body = {"country": path_run.country, "titles": {"en": "Name a host"}, "due": day(30)}
    return str(path_run.create(_OFFICER, _TASKS, **body)["links"]["self"])


def _task_comment(path_run: PathRun) -> str:
    made = path_run.create(_FOCAL_POINT, f"{_task(path_run)}/comments", text="The station opens in May.")
    return str(made["links"]["self"])


PATHS = (
    Path(
        "actions.tasks",
        "WS",
        _task,
        "open",
        (
            taken(_OFFICER, "assign", "open", owner={"role": _FOCAL_POINT}),
            taken(_FOCAL_POINT, "start", "in_progress"),
            taken(_FOCAL_POINT, "complete", "done"),
            refused(_FOCAL_POINT, "verify", "completed_by_caller"),
            taken(_OFFICER, "reopen", "open"),
            taken(_FOCAL_POINT, "start", "in_progress"),
            taken(_FOCAL_POINT, "complete", "done"),
            taken(_OFFICER, "verify", "verified"),
        ),
    ),
    Path("actions.tasks", "WS", _task, "open", (taken(_OFFICER, "cancel", "cancelled"),)),
    Path("actions.task_comments", "WS", _task_comment, "posted", ()),
)
