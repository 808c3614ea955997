"""The paths of reports of centres, and of their templates."""

import tempfile
from pathlib import Path as FilePath
from typing import Any

from tests.journeys.paths import evidence
from tests.journeys.paths.centres import close_centre, designated
from tests.journeys.paths.forms import activate, retire, template
from tests.journeys.paths.path import Path, PathRun, change, day, follows, given, later, refused, taken
from tests.journeys.paths.world import DOCUMENT, V1
from tests.support.running import eventually

_V1 = V1["centres"]
_OFFICER = "secretariat_officer"
_REPORTS = f"{_V1}/annual_reports"
_ANSWERED = {"answers": {"summary": "Twelve stations", "needs": "A boat"}, "figures": {"staff": 12}}


def _report(path_run: PathRun, number: int = 1) -> str:
    """A report of a centre that was designated two years ago."""
    if "centre" not in path_run.notes:
        designated(path_run, starts=day(-730), ends=day(730))
    centre = path_run.notes["centre"]
    reports = path_run.by("admin").get(f"{_REPORTS}?centre_id={centre}&sort=due")["items"]
    return str(next(one["links"]["self"] for one in reports if one["number"] == number))


def _of_number(number: int) -> Any:
    return lambda path_run: _report(path_run, number)


def _final(path_run: PathRun) -> str:
    """The final report of a centre whose renewal has opened, in the first year of its term."""
    designated(path_run, starts=day(-100), ends=day(100))
    later("centres.end_terms")(path_run)
    query = {"centre_id": path_run.notes["centre"], "kind": "final"}
    found = eventually(lambda: path_run.by("admin").get(_REPORTS, **query)["items"])
    return str(found[0]["links"]["self"])


def _renew(path_run: PathRun) -> None:
    """The run's centre is renewed with documents."""
    centre = f"{_V1}/centres/{path_run.notes['centre']}"
    path_run.by("admin").step(centre, "submit_renewal", fields={"final_report": DOCUMENT, "evaluation": DOCUMENT})
    path_run.by("admin").step(centre, "renew")


def _second_of_two(path_run: PathRun) -> str:
    """A report after one that was accepted, whose answers are copied."""
    activate("annual_report")(path_run)
    first = _report(path_run)
    path_run.by(_OFFICER).step(first, "start")
    path_run.by(_OFFICER).change(first, _ANSWERED)
    path_run.by(_OFFICER).step(first, "submit")
    path_run.by("admin").step(first, "accept")
    return _report(path_run, 2)


def _import(who: str, day_of: str) -> Any:
    """Somebody of the office imports the day on which the report was submitted or accepted."""

    def act(path_run: PathRun) -> None:
        by = path_run.by(who)
        report = by.get(path_run.record)
        number = by.get(f"{_V1}/centres/{report['centre_id']}")["registration_number"]
        with tempfile.TemporaryDirectory() as folder:
            file = FilePath(folder) / "reports.csv"
            file.write_text(f"registration_number,year,{day_of}\n{number},{report['year']},{day()}\n")
            by.upload(f"{_V1}/imports", file, resource="annual_reports")

    return act


PATHS = (
    Path(
        "centres.report_templates",
        "TO",
        template,
        "draft",
        (taken("admin", "activate", "active"), follows("supersede", "retired", activate("evaluation"))),
    ),
    Path("centres.report_templates", "TO", template, "draft", (taken("admin", "retire", "retired"),)),
    Path(
        "centres.annual_reports",
        "TO",
        _report,
        "due",
        (
            given(retire("annual_report")),
            refused(_OFFICER, "start", "template_missing", activate("annual_report")),
            taken(_OFFICER, "start", "draft"),
            refused(_OFFICER, "submit", "answers_missing", change(_OFFICER, **_ANSWERED)),
            given(change(_OFFICER, documents=lambda path_run: [evidence.document(path_run)])),
            given(evidence.withdraw),
            refused(_OFFICER, "submit", "evidence_not_available", evidence.restore),
            taken(_OFFICER, "submit", "submitted"),
            taken("admin", "return", "draft", comments={"summary": "Which stations?"}),
            taken(_OFFICER, "submit", "submitted"),
            taken("admin", "accept", "accepted"),
            taken("admin", "reopen", "draft"),
            taken("admin", "waive", "waived"),
        ),
    ),
    Path(
        "centres.annual_reports",
        "TO",
        _second_of_two,
        "due",
        (
            taken(_OFFICER, "start", "draft"),
            given(change(_OFFICER, answers={"summary": "More stations"}, figures={"staff": 14})),
            refused(_OFFICER, "submit", "prefill_unconfirmed"),
            taken(_OFFICER, "submit", "submitted", confirm_prefilled=True),
        ),
    ),
    Path(
        "centres.annual_reports",
        "TO",
        _report,
        "due",
        (
            follows("record_submission", "submitted", _import(_OFFICER, "submitted_on")),
            follows("record_acceptance", "accepted", _import("admin", "accepted_on")),
        ),
    ),
    Path(
        "centres.annual_reports",
        "TO",
        _of_number(4),
        "due",
        (refused(_OFFICER, "start", "too_early"), follows("waive_by_closure", "waived", close_centre)),
    ),
    Path(
        "centres.annual_reports",
        "TO",
        _final,
        "due",
        (follows("waive_by_renewal", "waived", _renew),),
    ),
)
