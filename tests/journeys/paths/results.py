"""The paths of what is measured: schemes, indicators, periods, targets and results."""

from random import choices
from string import ascii_lowercase
from typing import Any

from tests.journeys.paths import evidence
from tests.journeys.paths.actions import entered
from tests.journeys.paths.path import Path, PathRun, change, day, follows, given, later, refused, taken
from tests.journeys.paths.world import V1, World

_V1 = V1["actions"]
_AUTHOR, _PUBLISHER, _OFFICER = "national_author", "national_publisher", "secretariat_officer"
_FOCAL_POINT = "government_focal_point"
_COVER = [{"code": code, "titles": {"en": code}} for code in ("forest", "meadow")]
_OPEN = dict.fromkeys(("due_on", "closes_on", "locks_on"), "2090-01-01")
_DIMENSIONS = [{"key": "cover", "titles": {"en": "Cover"}, "codes": _COVER, "required": True, "exhaustive": True}]


_HECTARES = {
    "titles": {"en": "Restored land"},
    "level": "outcome",
    "measure": "unit",
    "unit": {"code": "ha", "label": "hectares"},
    "across": "sum",
    "over_time": "latest",
}
WORLDWIDE = "WORLDWIDE"
"""The code of the indicator of `enter_values`."""


def _scheme(path_run: PathRun) -> str:
    """A draft without codes."""
    path_run.notes["scheme"] = "".join(choices(ascii_lowercase, k=12))
    return _edition(path_run, "1")


def _edition(path_run: PathRun, edition: str) -> str:
    body = {"titles": {"en": "Soils"}, "source": "https://example.org/soils"}
    made = path_run.create("admin", f"{_V1}/schemes", code=path_run.notes["scheme"], edition=edition, **body)
    return str(made["links"]["self"])


def _enter_codes(path_run: PathRun, edition: str = "") -> None:
    codes = [{"code": "1", "titles": {"en": "Sand"}}]
    stored = path_run.by("admin").send("POST", f"{edition or path_run.record}/codes", json=codes)
    assert stored.status_code == 201, stored.text


def _enter_states(path_run: PathRun) -> None:
    """An assessment of the code, whose source is a file."""
    assessed = {"assessment": "2025", "published_on": day(), "states": [{"code": "1", "status": "within"}]}
    body = {**assessed, "source": evidence.document(path_run)}
    stored = path_run.by("admin").send("POST", f"{path_run.record}/states", json=body)
    assert stored.status_code == 201, stored.text


def _publish_another_edition(path_run: PathRun) -> None:
    edition = _edition(path_run, "2")
    _enter_codes(path_run, edition)
    path_run.by("admin").step(edition, "publish")


def _indicator(path_run: PathRun, **more: Any) -> str:
    """A draft of the country, whose values are sums in hectares."""
    return str(entered("indicators", _AUTHOR, **{"code": "LAND", **_HECTARES, **more})(path_run))


def _rule(path_run: PathRun) -> str:
    """A draft of the country."""
    compared = {"left": {"terms": [{"indicator": _indicator(path_run, code="RULED").rpartition("/")[2]}]}}
    said = {"code": "RULED", "titles": {"en": "Land"}, "severity": "error", "operator": "less_than"}
    return str(entered("validation_rules", _PUBLISHER, **said, **compared, right={"constant": "1000000"})(path_run))


def _period(path_run: PathRun, **more: str) -> str:
    """A period of a separate framework, which opens in two days."""
    code, _ = path_run.world.framework()
    time = {"code": "2026-Q1", "starts": "2026-01-01", "ends": "2026-03-31"}
    days = {
        name: day(ahead)
        for name, ahead in zip(("opens_on", "due_on", "closes_on", "locks_on"), (2, 3, 4, 9), strict=True)
    }
    return str(path_run.create("admin", f"{_V1}/periods", framework=code, **time, **{**days, **more})["links"]["self"])


def _measured(path_run: PathRun, code: str, **more: Any) -> dict[str, str]:
    """An active indicator of the country, and an open period, which closes in four days or else in 2090."""
    last = more.pop("last", _OPEN)
    indicator = _indicator(path_run, code=code, **more)
    path_run.by(_PUBLISHER).step(indicator, "publish")
    period = _period(path_run, opens_on=day(), **last)
    ids = {"indicator_id": indicator.rpartition("/")[2], "period_id": period.rpartition("/")[2]}
    return {**ids, "country": path_run.country}


def _target(path_run: PathRun) -> str:
    subject = _measured(path_run, "TARGET")
    return str(path_run.create(_AUTHOR, f"{_V1}/targets", **subject, value="12.50")["links"]["self"])


def _result(code: str, value: str | None = None, **more: Any) -> Any:
    """A draft of the author, in which the administrator takes part."""

    def start(path_run: PathRun) -> str:
        body = {**_measured(path_run, code, **more), "method": "measured", "value": value}
        path = str(path_run.create(_AUTHOR, f"{_V1}/results", **body)["links"]["self"])
        path_run.by("admin").change(path, {"comment": "Checked"})
        return path

    return start


def _extend(path_run: PathRun) -> None:
    """The country gets more time."""
    period = f"{_V1}/periods/{path_run.by(_AUTHOR).get(path_run.record)['period_id']}"
    more_time = {"country": path_run.country, "until": day(1), "reason": "Floods"}
    response = path_run.by(_OFFICER).send("POST", f"{period}/extensions", json=more_time)
    assert response.status_code == 201, response.text


def _revise(path_run: PathRun) -> None:
    """Publishes a revision of the result."""
    by = path_run.by
    response = by(_AUTHOR).send("POST", f"{path_run.record}/revisions", json={"reason": "Counted anew", "value": "99"})
    assert response.status_code == 201, response.text
    _publish(path_run, response.json()["links"]["self"])


def _publish(path_run: PathRun, draft: str) -> None:
    for who, verb in ((_AUTHOR, "submit"), (_FOCAL_POINT, "approve"), (_OFFICER, "accept"), (_PUBLISHER, "publish")):
        path_run.by(who).step(draft, verb)


def enter_values(world: World) -> None:
    """A published result of an indicator of a framework, which everybody knows of."""
    path_run = PathRun(world, PATHS[0])
    period = _period(path_run, opens_on=day(), **_OPEN)
    framework = path_run.by("admin").get(period)["framework"]
    indicator = path_run.create("admin", f"{_V1}/indicators", framework=framework, code=WORLDWIDE, **_HECTARES)
    path_run.by("admin").step(indicator["links"]["self"], "publish")
    of = {"indicator_id": indicator["id"], "period_id": period.rpartition("/")[2], "country": path_run.country}
    result = {**of, "method": "measured", "value": "10"}
    _publish(path_run, path_run.create(_AUTHOR, f"{_V1}/results", **result)["links"]["self"])


def _part(value: str) -> list[dict[str, Any]]:
    return [{"dimensions": {"cover": "forest"}, "value": value}]


PATHS = (
    Path(
        "actions.schemes",
        "SB",
        _scheme,
        "draft",
        (
            refused("admin", "publish", "codes_missing", _enter_codes),
            given(_enter_states),
            given(evidence.withdraw),
            refused("admin", "publish", "evidence_not_available", evidence.restore),
            taken("admin", "publish", "current"),
            follows("supersede", "superseded", _publish_another_edition),
        ),
    ),
    Path(
        "actions.indicators",
        "SB",
        _indicator,
        "draft",
        (taken(_PUBLISHER, "publish", "active"), taken(_PUBLISHER, "retire", "retired")),
    ),
    Path(
        "actions.validation_rules",
        "SB",
        _rule,
        "draft",
        (taken(_PUBLISHER, "publish", "active"), taken(_PUBLISHER, "retire", "retired")),
    ),
    Path(
        "actions.periods",
        "SB",
        _period,
        "planned",
        (
            follows("open", "open", later("actions.apply_periods", 2)),
            follows("close", "closed", later("actions.apply_periods", 5)),
            taken("admin", "reopen", "open"),
            given(change("admin", closes_on=day(4))),
            follows("close", "closed", later("actions.apply_periods", 5)),
            follows("lock", "locked", later("actions.apply_periods", 9)),
        ),
    ),
    Path("actions.targets", "SB", _target, "current", ()),
    Path(
        "actions.results",
        "SB",
        _result("PARTS", disaggregations=_DIMENSIONS),
        "draft",
        (
            refused(_AUTHOR, "submit", "value_missing", change(_AUTHOR, value="10")),
            refused(_AUTHOR, "submit", "breakdown_missing", change(_AUTHOR, breakdown=_part("4"))),
            refused(_AUTHOR, "submit", "validation_errors", change(_AUTHOR, breakdown=_part("10"))),
            given(change(_AUTHOR, evidence=lambda path_run: [evidence.document(path_run)])),
            given(evidence.withdraw),
            refused(_AUTHOR, "submit", "evidence_not_available", evidence.restore),
            taken(_AUTHOR, "submit", "submitted"),
            refused("admin", "approve", "is_the_author"),
            taken(_FOCAL_POINT, "approve", "approved"),
            refused("admin", "accept", "not_independent"),
            taken(_OFFICER, "accept", "accepted"),
            taken(_PUBLISHER, "publish", "published"),
            taken(_PUBLISHER, "retract", "retracted"),
        ),
    ),
    Path(
        "actions.results",
        "SB",
        _result("SHARE", "150", measure="percentage", unit=None),
        "draft",
        (
            taken(_AUTHOR, "submit", "submitted"),
            refused(_FOCAL_POINT, "approve", "warnings_open"),
            taken(_FOCAL_POINT, "approve", "approved", acknowledge=["percentage_range"]),
            taken(_OFFICER, "accept", "accepted"),
            taken(_PUBLISHER, "publish", "published"),
            follows("supersede", "superseded", _revise),
        ),
    ),
    Path(
        "actions.results",
        "SB",
        _result("LATE", "10", last={}),
        "draft",
        (
            given(later("actions.apply_periods", 5)),
            refused(_AUTHOR, "submit", "period_closed", _extend),
            taken(_AUTHOR, "submit", "submitted"),
            taken(_PUBLISHER, "return", "draft"),
            given(later("actions.apply_periods", 9)),
            refused(_AUTHOR, "submit", "period_locked"),
            taken(_AUTHOR, "discard", "discarded"),
        ),
    ),
)
