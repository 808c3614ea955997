"""The path of a calendar."""

from tests.journeys.paths.path import Path, PathRun, follows
from tests.journeys.paths.world import V1

_FOCAL_POINT = "government_focal_point"


def _calendar(path_run: PathRun) -> str:
    made = path_run.create(_FOCAL_POINT, f"{V1['actions']}/calendars", country=path_run.country)
    return str(made["links"]["self"])


def _end(path_run: PathRun) -> None:
    assert path_run.by(_FOCAL_POINT).send("DELETE", path_run.record).status_code == 204


PATHS = (Path("actions.calendars", "WS", _calendar, "active", (follows("end", "ended", _end),)),)
