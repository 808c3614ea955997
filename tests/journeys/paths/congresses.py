"""The paths of congresses and participations."""

from typing import Any
from uuid import uuid4

from tests.journeys.paths.membership import merge, prospect
from tests.journeys.paths.path import Path, PathRun, day, follows, given, refused, taken
from tests.journeys.paths.world import V1

_V1 = V1["membership"]
_OFFICER = "secretariat_officer"


def _congress(days: int) -> Any:
    """A congress that begins after so many days."""

    def plan(path_run: PathRun) -> str:
        titles = {"en": "Forum"}
        body = {"code": f"F-{uuid4().hex[:12].upper()}", "titles": titles, "starts": day(days), "mode": "onsite"}
        made = path_run.create(_OFFICER, f"{_V1}/congresses", country=path_run.country, **body)
        path_run.notes["congress"] = made["links"]["self"]
        return str(made["links"]["self"])

    return plan


def _participation(days: int) -> Any:
    """A participation in such a congress."""

    def register(path_run: PathRun) -> str:
        congress = _congress(days)(path_run).rpartition("/")[2]
        path_run.notes["expert"] = expert = prospect(path_run).rpartition("/")[2]
        body = {"congress_id": congress, "expert_id": expert}
        return str(path_run.create(_OFFICER, f"{_V1}/participations", **body)["links"]["self"])

    return register


def _begin(path_run: PathRun) -> None:
    """The congress is moved to today."""
    officer = path_run.by(_OFFICER)
    officer.change(path_run.notes["congress"], {"starts": day()})


def _cancel_congress(path_run: PathRun) -> None:
    path_run.by(_OFFICER).step(path_run.notes["congress"], "cancel")


def _merge_participants(path_run: PathRun) -> None:
    """Another expert attended, and is the same person."""
    other = prospect(path_run).rpartition("/")[2]
    congress = path_run.notes["congress"].rpartition("/")[2]
    made = path_run.create(_OFFICER, f"{_V1}/participations", congress_id=congress, expert_id=other)
    path_run.by(_OFFICER).step(made["links"]["self"], "attend")
    merge(path_run, path_run.notes["expert"], other)


PATHS = (
    Path(
        "membership.congresses",
        "PG",
        _congress(1),
        "planned",
        (refused(_OFFICER, "hold", "congress_not_begun", _begin), taken(_OFFICER, "hold", "held")),
    ),
    Path("membership.congresses", "PG", _congress(1), "planned", (taken(_OFFICER, "cancel", "cancelled"),)),
    Path(
        "membership.participations",
        "PG",
        _participation(1),
        "registered",
        (refused(_OFFICER, "attend", "congress_not_begun", _begin), taken(_OFFICER, "attend", "attended")),
    ),
    Path(
        "membership.participations",
        "PG",
        _participation(1),
        "registered",
        (
            given(_cancel_congress),
            refused(_OFFICER, "attend", "congress_cancelled"),
            refused(_OFFICER, "absent", "congress_cancelled"),
        ),
    ),
    Path(
        "membership.participations",
        "PG",
        _participation(0),
        "registered",
        (follows("supersede", "superseded", _merge_participants),),
    ),
    Path(
        "membership.participations",
        "PG",
        _participation(1),
        "registered",
        (refused(_OFFICER, "absent", "congress_not_begun", _begin), taken(_OFFICER, "absent", "absent")),
    ),
)
