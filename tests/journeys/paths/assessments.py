"""The paths of assessments."""

from typing import Any

from tests.journeys.paths import evidence
from tests.journeys.paths.path import Path, PathRun, change, day, given, refused, taken
from tests.journeys.paths.world import V1

_V1 = V1["actions"]
_OFFICER, _FOCAL_POINT = "secretariat_officer", "government_focal_point"
_REPLY = {"text": {"en": "Two more stations follow in May."}}


def _assessment(path_run: PathRun, **more: Any) -> str:
    """A draft about a programme that an administrator entered. `official`: a machine of the office and the country."""
    code, _ = path_run.world.framework()
    days = {"opens_on": day(2), "due_on": "2090-01-01", "closes_on": "2090-01-01", "locks_on": "2090-01-01"}
    of_year = {"code": "2026", "starts": "2026-01-01", "ends": "2026-12-31", "framework": code}
    period = path_run.create("admin", f"{_V1}/periods", **of_year, **days)
    programme = path_run.create("admin", f"{_V1}/programmes", country=path_run.country, framework=code)
    path_run.notes["official"] = path_run.world.machine(path_run.country, _OFFICER, "national_author")
    made = path_run.create(
        _OFFICER,
        f"{_V1}/assessments",
        subject={"kind": "programme", "id": programme["id"]},
        period_id=period["id"],
        completion="limited",
        assessor={"name": "Iris Independent", "organisation": "Institute of Evaluation"},
        text={"en": "Three of nine stations measure."},
        date=day(),
        **more,
    )
    return str(made["links"]["self"])


def _conflicted(path_run: PathRun) -> str:
    return _assessment(path_run, conflict_of_interest=True)


PATHS = (
    Path(
        "actions.assessments",
        "WS",
        _conflicted,
        "draft",
        (
            refused(_OFFICER, "submit", "conflict_of_interest", change(_OFFICER, conflict_of_interest=False)),
            refused("admin", "submit", "is_an_author"),
            refused("official", "submit", "not_independent"),
            given(change(_OFFICER, evidence=lambda path_run: [evidence.document(path_run)])),
            given(evidence.withdraw),
            refused(_OFFICER, "submit", "evidence_not_available", evidence.restore),
            taken(_OFFICER, "submit", "submitted"),
            refused(_OFFICER, "publish", "reply_pending"),
            taken(_FOCAL_POINT, "reply", "submitted", **_REPLY),
            refused(_FOCAL_POINT, "reply", "already_replied"),
            taken(_OFFICER, "publish", "published"),
            taken(_OFFICER, "supersede", "superseded"),
        ),
    ),
    Path(
        "actions.assessments",
        "WS",
        _assessment,
        "draft",
        (
            taken(_OFFICER, "submit", "submitted"),
            taken(_FOCAL_POINT, "reply", "submitted", **_REPLY),
            taken(_OFFICER, "publish", "published"),
            taken(_OFFICER, "retract", "retracted"),
        ),
    ),
)
