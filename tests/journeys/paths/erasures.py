"""The paths of erasures: requested, held, cancelled and run; experts whose processing is restricted; and merges of
erased experts."""

from collections.abc import Mapping
from typing import Any

from tests.journeys.paths.membership import merge_of_two, prospect
from tests.journeys.paths.path import Path, PathRun, agreed, day, follows, given, later, refused, taken
from tests.support.running import eventually

_RUN = "membership.run_erasures"


def _request(path_run: PathRun, who: str, expert: str) -> str:
    """The address of a requested erasure. That of the secretariat's client needs no confirmation."""
    wish = {"reason": "Asked by letter.", "second_person": path_run.world.account_of("admin2")}
    path_run.notes["erasure"] = str(path_run.create(who, f"{expert}/erasure", **wish)["links"]["self"])
    return str(path_run.notes["erasure"])


def _proposed(path_run: PathRun) -> str:
    return _request(path_run, "admin", prospect(path_run))


def _requested(path_run: PathRun) -> str:
    return _request(path_run, "secretariat", prospect(path_run))


def _request_own(path_run: PathRun) -> None:
    _request(path_run, "secretariat", path_run.record)


def _cancel(path_run: PathRun) -> None:
    path_run.by("secretariat").step(path_run.notes["erasure"], "cancel")


def _erase_winner(path_run: PathRun) -> None:
    """The winner of the path's merge is erased."""
    winner = f"/membership/v1/experts/{path_run.by('admin').get(path_run.record)['winner_id']}"
    _request(path_run, "secretariat", winner)
    later(_RUN, 15)(path_run)
    eventually(lambda: path_run.by("admin").look(winner).status_code == 410)


def _has_started(record: Mapping[str, Any]) -> str:
    """The state, where an erasure that is done still counts as running: the run takes a moment."""
    return "running" if record["status"] == "done" else str(record["status"])


_IN_A_MONTH = day(30)
PATHS = (
    Path(
        "membership.erasures",
        "PG",
        _proposed,
        "proposed",
        (
            refused("admin", "confirm", "second_person_is_the_first"),
            refused("secretariat", "cancel", "not_the_person"),
            taken("admin2", "confirm", "requested"),
            agreed("admin", "admin2", "hold", "held", until=_IN_A_MONTH),
            taken("admin", "release", "requested"),
            agreed("admin", "admin2", "hold", "held", until=_IN_A_MONTH),
            follows("resume", "requested", later(_RUN, 31)),
            taken("admin", "cancel", "cancelled"),
        ),
    ),
    Path("membership.erasures", "PG", _requested, "requested", (follows("finish", "done", later(_RUN, 15)),)),
    Path(
        "membership.erasures",
        "PG",
        _requested,
        "requested",
        (follows("run", "running", later(_RUN, 15)),),
        status=_has_started,
    ),
    Path(
        "membership.experts",
        "PG",
        prospect,
        "prospect",
        (
            refused("admin", "lift_restriction", "is_not_restricted"),
            taken("admin", "restrict_processing", "prospect"),
            refused("admin", "restrict_processing", "is_restricted"),
            given(_request_own),
            refused("admin", "lift_restriction", "erasure_requested", _cancel),
            taken("admin", "lift_restriction", "prospect"),
            taken("admin", "restrict_processing", "prospect"),
        ),
    ),
    Path(
        "membership.merges",
        "PG",
        merge_of_two,
        "merged",
        (given(_erase_winner), refused("admin", "undo", "erased")),
    ),
)
