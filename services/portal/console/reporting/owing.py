"""What is owed about a period, and what waits to be validated, as the caller's grants show it."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from services.portal.console.describing.labels import state_label
from services.portal.console.frame.naming import place_of, title_of
from services.portal.console.records.reading import Record, names_of
from services.portal.console.reporting.reminding import reminder
from services.portal.console.session.caller import Caller, accepted
from services.portal.pages.texts import best, unit_of
from shared.kernel.lights import RED, YELLOW
from shared.pages.charts.chart import number_text

PERIODS, TASKS = "/actions/v1/periods", "/actions/v1/tasks"
_EXPECTED, _INDICATORS, _RESULTS = "/actions/v1/reports/expected", "/actions/v1/indicators", "/actions/v1/results"
_MANY = "200"
_MOST_RESULTS = 40
_WORST_FIRST = ("error", "warning", "clean")
VALIDATED = ("submitted", "approved", "accepted")
"""The states of results that somebody validates, returns or publishes."""
VALIDATING = ("approve", "accept", "publish", "return")


@dataclass(frozen=True, slots=True)
class Owed:
    """A report that a programme owes or has sent. `light` is None once it was sent. `is_reminded`: a reminder is
    open."""

    programme: str
    country: str
    framework: str
    due: str
    light: str | None
    state: str
    page: str | None
    on_time: bool | None
    is_reminded: bool

    @property
    def is_late(self) -> bool:
        """Whether its last day has passed."""
        return self.light in (YELLOW, RED)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A result that waits, with the name of its indicator, and what is wrong with it in the reader's language. `value`
    is its number with its unit, the two numbers of a share, or its code; empty for a text."""

    record: Record
    title: str
    value: str
    state: str
    page: str
    violations: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Indicator:
    """What an indicator is called, and the unit of its values."""

    title: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Round:
    """A round of reports. `verbs` are the steps that the caller may take with results; `more` is the list of all that
    wait, if there are further ones."""

    code: str
    periods: Sequence[Record]
    owed: Sequence[Owed]
    sent: Sequence[Owed]
    results: Sequence[Waiting]
    verbs: Sequence[str]
    may_remind: bool
    more: str | None


async def round_of(caller: Caller, code: str) -> Round:
    """What is owed about the periods with a code, the latest first, and what waits to be validated."""
    periods, (expected, reminded, may_remind), (found, verbs, more) = await asyncio.gather(
        caller.items(PERIODS, {"code": code, "limit": _MANY}), owed_about(caller, code), _waiting(caller, code)
    )
    frameworks = {str(one["id"]): str(one["framework"]) for one in periods}
    indicators = await _indicators(caller, frozenset(str(one["indicator_id"]) for one in found), frameworks.values())
    results = [_shown(one, indicators, caller.language) for one in found]
    made = [_owed(one, frameworks, reminded, caller.language) for one in expected]
    owed = sorted((one for one in made if one.light), key=lambda one: (one.due, one.country))
    sent = sorted((one for one in made if not one.light), key=lambda one: one.country)
    return Round(code, periods, owed, sent, results, verbs, may_remind, more)


async def owed_about(caller: Caller, code: str) -> tuple[list[Record], frozenset[str], bool]:
    """The reports that are expected about a period; the programmes that were reminded; whether the caller may do so."""
    asked = {"about_kind": "other", "status": "open,in_progress", "q": code, "limit": _MANY, "include": "permitted"}
    expected, reply = await asyncio.gather(caller.items(_EXPECTED, {"period": code}), caller.get(TASKS, asked))
    tasks = reply.document if reply.status_code == 200 else {"items": []}
    titles = reminder(code)
    reminded = {str(task["about"]["id"]) for task in tasks["items"] if task["titles"] == titles}
    return expected, frozenset(reminded), "create" in tasks.get("permitted", ())


def _owed(one: Record, frameworks: Mapping[str, str], reminded: frozenset[str], language: str) -> Owed:
    report = one["report"]
    return Owed(
        str(one["programme"]),
        str(one["country"]),
        frameworks.get(str(one["period_id"]), ""),
        str(one["due_on"]),
        one["light"],
        state_label(str(one["status"]), "actions.reports", language) if one["status"] else "",
        place_of("actions", "reports", str(report)) if report else None,
        one["on_time"],
        str(one["programme"]) in reminded,
    )


async def _waiting(caller: Caller, code: str) -> tuple[list[Record], list[str], str | None]:
    """The first results that wait, the worst violations first; the verbs of the caller; the list of all."""
    query = {"period": code, "status": ",".join(VALIDATED)}
    asked = {**query, "limit": str(_MOST_RESULTS), "include": "permitted,validation"}
    replies = await asyncio.gather(*(caller.get(_RESULTS, {**asked, "validation": one}) for one in _WORST_FIRST))
    if any(reply.status_code in (403, 404) for reply in replies):
        return [], [], None
    lists = [accepted(reply).document for reply in replies]
    found: list[Record] = [record for one in lists for record in one["items"]]
    permitted = lists[0].get("permitted", ())
    place = f"/console/actions/results?period={code}&status={query['status']}"
    has_more = len(found) > _MOST_RESULTS or any(one["next"] for one in lists)
    verbs = [verb for verb in VALIDATING if verb in permitted]
    return found[:_MOST_RESULTS], verbs, place if has_more else None


async def _indicators(caller: Caller, wanted: frozenset[str], frameworks: Iterable[str]) -> Mapping[str, _Indicator]:
    """Indicators by their ids: those of the frameworks by one request, others without their unit."""
    asked = {"framework": ",".join(sorted({*frameworks})), "fields": "ref,titles,measure,unit", "limit": _MANY}
    listed = await caller.items(_INDICATORS, asked) if wanted and asked["framework"] else []
    known = {str(one["id"]): _Indicator(title_of(one, caller.language), unit_of(one)) for one in listed}
    others = await names_of(caller, [(_INDICATORS, key) for key in sorted(wanted - known.keys())])
    return {**known, **{key: _Indicator(name.title) for (_, key), name in others.items() if name}}


def _shown(record: Record, indicators: Mapping[str, _Indicator], language: str) -> Waiting:
    indicator = indicators.get(str(record["indicator_id"]), _Indicator(str(record["ref"])))
    violated: Sequence[Mapping[str, Any]] = record.get("validation") or ()
    return Waiting(
        record,
        indicator.title,
        _value(record, indicator.unit, language),
        state_label(str(record["status"]), "actions.results", language),
        place_of("actions", "results", str(record["id"])),
        [(str(one["severity"]), best(one["instruction"], language)[1] or str(one["rule"])) for one in violated],
    )


def _value(record: Record, unit: str, language: str) -> str:
    numbers = [record[name] for name in ("value", "numerator", "denominator") if record.get(name)]
    shown = [number_text(Decimal(number), language, is_exact=True) for number in numbers]
    if record.get("value"):
        return f"{shown[0]} {unit}".strip()
    return " / ".join(shown) or str(record.get("code") or "")
