"""The paths of broadcasts."""

from typing import Any

from tests.journeys.paths.path import Path, PathRun, follows, refused, taken
from tests.journeys.paths.world import V1


def _draft(**more: Any) -> Any:
    def start(path_run: PathRun) -> str:
        texts = {"subjects": {"en": "The congress"}, "texts": {"en": "It begins in May."}}
        body = {**texts, "segment": {"country": path_run.country}, "purpose": "outreach", **more}
        return str(path_run.create("admin", f"{V1['membership']}/broadcasts", **body)["links"]["self"])

    return start


PATHS = (
    Path(
        "membership.broadcasts",
        "PG",
        _draft(send_at="2099-01-01T00:00:00Z"),
        "draft",
        (
            taken("admin", "test", "draft"),
            refused("admin", "approve", "second_person_is_the_first"),
            refused("secretariat", "approve", "second_person_is_a_client"),
            taken("admin2", "approve", "approved"),
            taken("admin", "start", "sending"),
            taken("admin", "pause", "paused"),
            taken("secretariat", "resume", "sending"),
            taken("admin", "cancel", "cancelled"),
        ),
    ),
    Path(
        "membership.broadcasts",
        "PG",
        _draft(),
        "draft",
        (
            taken("admin2", "approve", "approved"),
            taken("admin", "start", "sending"),
            follows("finish", "sent", lambda _run: None),
        ),
    ),
)
