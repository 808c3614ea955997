"""`/console/reporting`: the periods; `/console/reporting/{period}`: a round of reports, and reminders about it."""

import re
from datetime import date, timedelta

from fastapi import Response

from services.portal.console.describing.labels import verb_label
from services.portal.console.frame.responses import page, seen
from services.portal.console.frame.route import console_router
from services.portal.console.records.reading import Record
from services.portal.console.reporting.owing import PERIODS, TASKS, owed_about, round_of
from services.portal.console.reporting.reminding import reminder
from services.portal.console.session.caller import accepted
from services.portal.console.session.guards import CurrentCaller, SentForm
from shared.kernel.clock import today
from shared.kernel.errors import NotFound
from shared.kernel.lights import GREEN
from shared.web.contract.route_options import RouteOptions

router = console_router()
_PAGE = RouteOptions(is_public=True)
_CODE = re.compile(r"[0-9]{4}(-[HQ]?[0-9]{1,2})?")
_MOST_REMINDED = 50
_TO_ANSWER = timedelta(days=14)


@router.get("/console/reporting", options=_PAGE)
async def choose_period(caller: CurrentCaller) -> Response:
    """The periods that have opened, the latest first."""
    found = await caller.items(PERIODS, {"status": "open,closed,locked", "limit": "200"})
    by_code: dict[str, list[Record]] = {}
    for one in sorted(found, key=lambda period: (str(period["ends"]), str(period["framework"])), reverse=True):
        by_code.setdefault(str(one["code"]), []).append(one)
    return page(caller, "reporting_periods.html", here="reporting", rounds=by_code)


@router.get("/console/reporting/{period}", options=_PAGE)
async def show_round(period: str, caller: CurrentCaller) -> Response:
    """Who owes a report about the period, the latest first; what came in; the results to validate."""
    found = await round_of(caller, _known(period))
    if not found.periods:
        raise NotFound("There is no such period.")
    return page(
        caller,
        "reporting.html",
        here="reporting",
        round=found,
        late=sum(one.is_late for one in found.owed),
        verbs=[(verb, verb_label(verb, "actions.results", caller.language)) for verb in found.verbs],
    )


@router.post("/console/reporting/{period}/remind", options=_PAGE)
async def remind(period: str, caller: CurrentCaller, form: SentForm) -> Response:
    """Gives the authors of each chosen country a task to send the report. Leaves out programmes that owe none, or have
    an open reminder."""
    code, chosen = _known(period), frozenset(form.getlist("item"))
    expected, reminded, _ = await owed_about(caller, code)
    wanted = [one for one in expected if one["light"] and str(one["programme"]) in chosen - reminded]
    for one in sorted(wanted, key=lambda owed: str(owed["programme"]))[:_MOST_REMINDED]:
        accepted(await caller.send("POST", TASKS, _task(one)))
    return seen(f"/console/reporting/{code}", done="reminded" if wanted else "none_chosen")


def _task(owed: Record) -> Record:
    """The task that reminds of a report: due with the report, or two weeks from now if that is later."""
    due, soonest = date.fromisoformat(owed["due_on"]), today() + _TO_ANSWER
    return {
        "country": owed["country"],
        "titles": reminder(owed["period"]),
        "due": max(due, soonest).isoformat(),
        "priority": "normal" if owed["light"] == GREEN else "high",
        "owner": {"role": "national_author"},
        "about": {"kind": "other", "id": owed["programme"]},
    }


def _known(period: str) -> str:
    if not _CODE.fullmatch(period):
        raise NotFound("There is no such period.")
    return period
