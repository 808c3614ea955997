"""The paths of meetings of committees and of their decisions."""

from tests.journeys.paths import evidence
from tests.journeys.paths.centres import committee, seat
from tests.journeys.paths.path import Path, PathRun, change, day, follows, given, refused, taken
from tests.journeys.paths.world import V1

_V1 = V1["centres"]
_SECRETARY, _OFFICER = "committee_secretary", "secretariat_officer"
_MEETINGS, _DECISIONS = "centres.committee_meetings", "centres.decisions"


def _seats(path_run: PathRun, count: int) -> list[str]:
    """The ids of new seats of the run's committee."""
    return [seat("member")(path_run).rsplit("/", 1)[1] for _ in range(count)]


def _meeting(path_run: PathRun) -> str:
    """A meeting of a committee with three seats, to which nobody has come."""
    committee(path_run)
    path_run.notes["seats"] = _seats(path_run, 3)
    body = {"committee_id": path_run.notes["committee"], "kind": "online", "starts": day(30)}
    made = path_run.create(_SECRETARY, f"{_V1}/committee_meetings", **body)
    path_run.notes["meeting"] = made["links"]["self"]
    return str(made["links"]["self"])


def _all(path_run: PathRun) -> list[str]:
    return list(path_run.notes["seats"])


def _first(path_run: PathRun) -> list[str]:
    return _all(path_run)[:1]


def _end_a_seat(path_run: PathRun) -> None:
    path_run.by(_SECRETARY).step(f"{_V1}/seats/{_all(path_run)[2]}", "end")


def _two(path_run: PathRun) -> list[str]:
    return _all(path_run)[:2]


def _abandon(path_run: PathRun) -> None:
    path_run.by(_OFFICER).step(f"{_V1}/committees/{path_run.notes['committee']}", "abandon")


def _decision(path_run: PathRun) -> str:
    """A draft for a meeting with one present seat of three."""
    meeting = _meeting(path_run)
    path_run.by(_SECRETARY).change(meeting, {"present": _first(path_run)})
    body = {"meeting_id": meeting.rsplit("/", 1)[1], "titles": {"en": "Work plan"}}
    return str(path_run.create(_SECRETARY, f"{_V1}/decisions", **body)["links"]["self"])


def _more_come(path_run: PathRun) -> None:
    path_run.by(_SECRETARY).change(path_run.notes["meeting"], {"present": _all(path_run)})


def _hold(path_run: PathRun) -> None:
    path_run.by(_SECRETARY).step(path_run.notes["meeting"], "hold")


PATHS = (
    Path(
        _MEETINGS,
        "AG",
        _meeting,
        "planned",
        (
            refused(_SECRETARY, "hold", "present_missing", change(_SECRETARY, present=_all)),
            given(_end_a_seat),
            refused(_SECRETARY, "hold", "seat_ended", change(_SECRETARY, present=_two)),
            taken(_SECRETARY, "hold", "held"),
            refused(_SECRETARY, "approve", "minutes_missing", change(_SECRETARY, minutes=evidence.document)),
            given(evidence.withdraw),
            refused(_SECRETARY, "approve", "evidence_not_available", evidence.restore),
            taken(_SECRETARY, "approve", "approved"),
        ),
    ),
    Path(_MEETINGS, "BB", _meeting, "planned", (taken(_OFFICER, "cancel", "cancelled"),)),
    Path(_MEETINGS, "BS", _meeting, "planned", (follows("cancel_with_committee", "cancelled", _abandon),)),
    Path(
        _DECISIONS,
        "BZ",
        _decision,
        "draft",
        (
            refused(_SECRETARY, "adopt", "quorum_missing", _more_come),
            refused(_SECRETARY, "adopt", "meeting_not_held", _hold),
            refused(_SECRETARY, "adopt", "majority_missing", change(_SECRETARY, votes={"for": 2})),
            taken(_SECRETARY, "adopt", "adopted"),
        ),
    ),
    Path(_DECISIONS, "GY", _decision, "draft", (taken(_SECRETARY, "reject", "rejected"),)),
    Path(_DECISIONS, "JM", _decision, "draft", (taken(_OFFICER, "defer", "deferred"),)),
)
