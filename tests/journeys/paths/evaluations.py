"""The paths of evaluations of centres, of their scores, and of what a renewal asks of a centre."""

from typing import Any

from tests.journeys.paths import evidence
from tests.journeys.paths.calls import expert_with_account
from tests.journeys.paths.centres import close_centre, designated
from tests.journeys.paths.path import Path, PathRun, change, day, follows, given, later, refused, taken
from tests.journeys.paths.world import V1, World
from tests.support.running import eventually

_V1 = V1["centres"]
_OFFICER = "secretariat_officer"
_PANEL = ("chair", "member")
_SCORES = dict.fromkeys(("relevance", "capacity", "governance", "plan", "results"), 4)
_CONDITIONS = [{"text": "Publish the data", "due": "2026-01-01"}]


def _planned(path_run: PathRun) -> str:
    """An evaluation without a panel."""
    designated(path_run)
    body = {"centre_id": path_run.notes["centre"], "kind": "mid_term"}
    return str(path_run.create(_OFFICER, f"{_V1}/evaluations", **body)["links"]["self"])


def _name_panel(path_run: PathRun) -> None:
    """Names two experts, and waits until they have their role."""
    panel = [{"expert_id": expert_with_account(path_run, who)} for who in _PANEL]
    path_run.by(_OFFICER).change(path_run.record, {"panel": panel})
    for who in _PANEL:
        eventually(lambda who=who: "panel" in path_run.by(who).look(path_run.record).json())  # type: ignore[misc]


def _score(path_run: PathRun) -> None:
    for who in _PANEL:
        path_run.by(who).create(f"{path_run.record}/scores", {"scores": _SCORES, "recommendation": "renew"})


def with_panel(path_run: PathRun) -> str:
    """An evaluation whose panel, `chair` and `member`, have their role."""
    path_run.record = path = _planned(path_run)
    _name_panel(path_run)
    return path


def _scored(path_run: PathRun) -> str:
    path = with_panel(path_run)
    path_run.by(_OFFICER).step(path, "start")
    made = path_run.by("member").create(f"{path}/scores", {"scores": _SCORES})
    return str(made["links"]["self"])


def _renewed(path_run: PathRun) -> str:
    """The term of a centre that was renewed with a condition after its first term."""
    designated(path_run, starts="2023-01-01", ends=day(-30))
    later("centres.end_terms")(path_run)
    centre = f"{_V1}/centres/{path_run.notes['centre']}"
    eventually(lambda: path_run.by("admin").get(centre)["status"] == "expired")
    path_run.by("admin").step(centre, "renew", fields={"conditions": _CONDITIONS})
    query: dict[str, Any] = {"centre_id": path_run.notes["centre"], "status": "current"}
    (term,) = path_run.by(_OFFICER).get(f"{_V1}/terms", **query)["items"]
    return str(term["links"]["self"])


def enter_evaluation(world: World) -> None:
    """An evaluation with a score."""
    _scored(PathRun(world, PATHS[0]))


PATHS = (
    Path(
        "centres.evaluations",
        "WS",
        _planned,
        "planned",
        (
            refused(_OFFICER, "start", "panel_missing", _name_panel),
            taken(_OFFICER, "start", "in_progress"),
            refused(_OFFICER, "complete", "scores_missing", _score),
            refused(_OFFICER, "complete", "report_missing", change(_OFFICER, report=evidence.document)),
            refused(_OFFICER, "complete", "recommendation_missing", change(_OFFICER, recommendation="renew")),
            given(evidence.withdraw),
            refused(_OFFICER, "complete", "evidence_not_available", evidence.restore),
            taken(_OFFICER, "complete", "completed", conditions=_CONDITIONS),
            taken("admin", "respond", "completed"),
            taken(_OFFICER, "meet_condition", "completed", number=1),
            refused(_OFFICER, "meet_condition", "no_open_condition", number=1),
        ),
    ),
    Path("centres.evaluations", "WS", _planned, "planned", (taken(_OFFICER, "cancel", "cancelled"),)),
    Path(
        "centres.evaluations",
        "WS",
        _planned,
        "planned",
        (follows("cancel_by_closure", "cancelled", close_centre),),
    ),
    Path("centres.evaluation_scores", "WS", _scored, "recorded", ()),
    Path(
        "centres.terms",
        "WS",
        _renewed,
        "current",
        (
            taken(_OFFICER, "meet_condition", "current", number=1),
            refused(_OFFICER, "meet_condition", "no_open_condition", number=1),
            follows("", "ended", close_centre),
        ),
    ),
)
