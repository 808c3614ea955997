"""The paths of progress reports with their templates, sections, delegations and comments."""

from typing import Any
from uuid import uuid4

from tests.journeys.paths import evidence
from tests.journeys.paths.path import Act, Path, PathRun, day, follows, given, refused, taken
from tests.journeys.paths.world import V1

_V1 = V1["actions"]
_REPORTS, _TEMPLATES = f"{_V1}/reports", f"{_V1}/report_templates"
_AUTHOR, _PUBLISHER, _OFFICER = "national_author", "national_publisher", "secretariat_officer"
_COUNTRY, _BOTH = "KI", "an officer of the country"
_NUMBER = {
    "titles": {"en": "Restored land"},
    "definition": {"en": "Land on which work has begun."},
    "level": "outcome",
    "measure": "unit",
    "unit": {"code": "ha", "label": "hectares"},
    "across": "sum",
    "over_time": "latest",
}


def _question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "titles": {"en": key}, "type": kind, "required": True, **more}


def _template(path_run: PathRun) -> str:
    """A draft of the questions of a framework of its own."""
    notes = path_run.notes
    notes["framework"] = notes.get("framework") or path_run.world.framework()[0]
    sections = [
        {"key": "summary", "titles": {"en": "Summary"}, "questions": [_question("achieved", "text", prefill=True)]},
        {"key": "annex", "titles": {"en": "Annex"}, "questions": [_question("map", "document", required=False)]},
        {"key": "numbers", "titles": {"en": "Numbers"}, "questions": [_question("shown", "results")]},
    ]
    form = {"framework": notes["framework"], "version": uuid4().hex, "titles": {"en": "Report"}, "sections": sections}
    return str(path_run.create("admin", _TEMPLATES, **form)["links"]["self"])


def _activate(path_run: PathRun) -> None:
    path_run.by("admin").step(_template(path_run), "activate")


def _report(path_run: PathRun) -> str:
    """A draft about a period that has opened."""
    _activate(path_run)
    code, notes = path_run.notes["framework"], path_run.notes
    programme = path_run.create(_AUTHOR, f"{_V1}/programmes", country=path_run.country, framework=code)
    time = {"code": "2026-Q1", "starts": "2026-01-01", "ends": "2026-03-31", "opens_on": day()}
    days = dict.fromkeys(("due_on", "closes_on"), "2090-01-01")
    notes["period"] = path_run.create("admin", f"{_V1}/periods", framework=code, **time, **days)["id"]
    notes["programme"] = programme["id"]
    return _draft(path_run)


def _draft(path_run: PathRun, **more: str) -> str:
    of = {"programme_id": path_run.notes["programme"], "period_id": path_run.notes["period"]}
    return str(path_run.create(_AUTHOR, _REPORTS, **of, **more)["links"]["self"])


def _write(who: str, key: str, **answers: Any) -> Act:
    """Somebody answers questions of a section of the path's record."""

    def act(path_run: PathRun) -> None:
        values = {name: value(path_run) if callable(value) else value for name, value in answers.items()}
        path_run.by(who).change(f"{path_run.record}/sections/{key}", {"answers": values})

    return act


def _measure(path_run: PathRun) -> None:
    """An indicator of the framework, which countries report every quarter."""
    of = {"framework": path_run.notes["framework"], "code": f"Q-{uuid4().hex[:12]}", "frequency": "quarter"}
    indicator = path_run.create("admin", f"{_V1}/indicators", **of, **_NUMBER)
    path_run.by("admin").step(indicator["links"]["self"], "publish")
    path_run.notes["indicator"] = indicator["id"]


def _enter_result(path_run: PathRun) -> None:
    of = {"indicator_id": path_run.notes["indicator"], "period_id": path_run.notes["period"]}
    body = {**of, "country": path_run.country, "method": "measured", "value": "10"}
    path_run.by(_AUTHOR).step(path_run.create(_AUTHOR, f"{_V1}/results", **body)["links"]["self"], "submit")


def _enter_comment(path_run: PathRun) -> str:
    body = {"section": "summary", "text": "Which stations?"}
    return str(path_run.create(_OFFICER, f"{path_run.record}/comments", **body)["links"]["self"])


def _comment(path_run: PathRun) -> None:
    path_run.notes["comment"] = _enter_comment(path_run)


def _settle(path_run: PathRun) -> None:
    """The authors answer, and who commented is content."""
    path_run.by(_AUTHOR).step(path_run.notes["comment"], "answer", fields={"text": "Those of the delta."})
    path_run.by(_OFFICER).step(path_run.notes["comment"], "resolve")


def _name_officer_of_the_country(path_run: PathRun) -> None:
    path_run.notes[_BOTH] = path_run.world.official(path_run.country, _OFFICER, _AUTHOR)


def _submitted(path_run: PathRun) -> str:
    path_run.record = _report(path_run)
    _write(_AUTHOR, "summary", achieved="Twelve stations")(path_run)
    path_run.by(_AUTHOR).step(path_run.record, "submit")
    return path_run.record


def _publish(path_run: PathRun, path: str) -> None:
    for who, verb in ((_OFFICER, "take"), (_OFFICER, "clear"), (_PUBLISHER, "publish")):
        path_run.by(who).step(path, verb)


def _published(path_run: PathRun) -> str:
    _publish(path_run, path := _submitted(path_run))
    return path


def _replacement(path_run: PathRun) -> str:
    """A draft that replaces a published report, whose answers are copied."""
    return _draft(path_run, replaces_id=_published(path_run).rpartition("/")[2])


def _confirm(path_run: PathRun) -> None:
    path_run.by(_AUTHOR).change(f"{path_run.record}/sections/summary", {"confirmed": True})


def _publish_replacement(path_run: PathRun) -> None:
    path = _draft(path_run, replaces_id=path_run.id, prefill="none")
    path_run.by(_AUTHOR).change(f"{path}/sections/summary", {"answers": {"achieved": "Thirteen stations"}})
    path_run.by(_AUTHOR).step(path, "submit")
    _publish(path_run, path)


def _delegation(path_run: PathRun) -> str:
    path_run.notes["report"] = _report(path_run)
    body = {"account_id": path_run.world.person("Della Delegate").account, "sections": ["summary"]}
    return str(path_run.create(_AUTHOR, f"{path_run.notes['report']}/delegations", **body)["links"]["self"])


def _discard(path_run: PathRun) -> None:
    path_run.by(_AUTHOR).step(path_run.notes["report"], "discard")


def _commented(path_run: PathRun) -> str:
    path_run.record = _submitted(path_run)
    return _enter_comment(path_run)


def _section(path_run: PathRun) -> str:
    return f"{_report(path_run)}/sections/summary"


PATHS = (
    Path(
        "actions.report_templates",
        _COUNTRY,
        _template,
        "draft",
        (taken("admin", "activate", "active"), follows("supersede", "retired", _activate)),
    ),
    Path("actions.report_templates", _COUNTRY, _template, "draft", (taken("admin", "retire", "retired"),)),
    Path(
        "actions.reports",
        _COUNTRY,
        _report,
        "draft",
        (
            refused(_AUTHOR, "submit", "answers_missing", _write(_AUTHOR, "summary", achieved="Twelve stations")),
            given(_write("admin", "annex", map=evidence.document)),
            given(_measure),
            refused(_AUTHOR, "submit", "results_missing", _enter_result),
            given(evidence.withdraw),
            refused(_AUTHOR, "submit", "evidence_not_available", evidence.restore),
            taken(_AUTHOR, "submit", "submitted"),
            taken(_OFFICER, "take", "in_review"),
            taken(_OFFICER, "return", "changes_requested"),
            taken(_AUTHOR, "submit", "submitted"),
            taken(_OFFICER, "take", "in_review"),
            given(_comment),
            refused(_OFFICER, "clear", "comments_open", _settle),
            refused("admin", "clear", "is_an_author", _name_officer_of_the_country),
            refused(_BOTH, "clear", "not_independent"),
            taken(_OFFICER, "clear", "cleared"),
            taken(_PUBLISHER, "publish", "published"),
            taken(_PUBLISHER, "retract", "retracted"),
        ),
    ),
    Path(
        "actions.reports",
        _COUNTRY,
        _replacement,
        "draft",
        (refused(_AUTHOR, "submit", "prefill_unconfirmed", _confirm), taken(_AUTHOR, "submit", "submitted")),
    ),
    Path(
        "actions.reports",
        _COUNTRY,
        _published,
        "published",
        (follows("supersede", "superseded", _publish_replacement),),
    ),
    Path("actions.reports", _COUNTRY, _report, "draft", (taken(_AUTHOR, "discard", "discarded"),)),
    Path("actions.report_sections", _COUNTRY, _section, "recorded", (), status=lambda _record: "recorded"),
    Path("actions.delegations", _COUNTRY, _delegation, "active", (taken(_AUTHOR, "end", "ended"),)),
    Path("actions.delegations", _COUNTRY, _delegation, "active", (follows("end_with_report", "ended", _discard),)),
    Path(
        "actions.report_comments",
        _COUNTRY,
        _commented,
        "open",
        (
            taken(_AUTHOR, "answer", "answered", text="Those of the delta."),
            taken(_OFFICER, "reopen", "open"),
            taken(_AUTHOR, "answer", "answered"),
            taken(_OFFICER, "resolve", "resolved"),
        ),
    ),
)
