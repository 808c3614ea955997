"""Eight years of a centre in a system of its own: two terms, whose register, certificates and work lists are those that
the test knows, also as of every earlier year."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.journeys.paths import centres, forms
from tests.journeys.paths.calls import expert_with_account
from tests.journeys.paths.path import day
from tests.journeys.paths.world import DOCUMENT, V1, World
from tests.journeys.paths.years import YEAR, Years, living
from tests.support.running import Client, eventually

_CENTRES = V1["centres"]
_TERM = 4 * YEAR
_SCORES = dict.fromkeys(("relevance", "capacity", "governance", "plan", "results"), 4)
_ANSWERED = {"answers": {"summary": "Twelve stations", "needs": "A boat"}, "figures": {"staff": 12}}


class Centre(Years):
    """A centre whose years pass, in review at first. `shown` is what the register said at the end of days: the day, the
    state and the name."""

    def __init__(self, running: dict[str, Any], world: World) -> None:
        super().__init__(running, world, "BT")
        self.shown: list[tuple[int, str | None, str]] = []
        for kind in ("annual_report", "final_report"):
            forms.activate(kind)(self.run)
        self.path = centres.reviewed(self.run)
        self.applicant = self.run.by("committee_secretary")

    def read(self) -> dict[str, Any]:
        return dict(self.admin.get(self.path))

    def clock(self) -> tuple[str, str, int | None, bool]:
        """The stage of the file, its holder, the days until the target, and whether the clock is paused."""
        clock = self.read()["clock"]
        target = clock["target"] and datetime.fromisoformat(clock["target"]).date()
        return (
            clock["stage"],
            clock["holder"],
            target and (target - self.date_of(self.day)).days,
            bool(clock["paused_since"]),
        )

    def shows(self, status: str | None) -> None:
        """Remembers that the register says this of the centre at the end of today."""
        self.shown.append((self.day, status, self.read()["names"]["en"]))

    def registered(self, at: int) -> tuple[str | None, str]:
        """The state and the name in the register at the end of a day."""
        query = {"country": self.country, "former": "true", "as_of": str(self.date_of(at))}
        items = self.admin.get(f"{_CENTRES}/register", **query)["items"]
        return (items[0]["status"], items[0]["names"]["en"]) if items else (None, "")

    def owed(self, **query: Any) -> list[dict[str, Any]]:
        """The reports of the centre, in the order of their last days."""
        asked = {"centre_id": self.run.notes["centre"], "sort": "due", **query}
        return list(self.admin.get(f"{_CENTRES}/annual_reports", **asked)["items"])

    def reports(self, report: dict[str, Any], *, is_returned: bool = False) -> None:
        path, confirmed = report["links"]["self"], {"confirm_prefilled": True}
        self.officer.step(path, "start")
        self.officer.change(path, _ANSWERED)
        self.officer.step(path, "submit", fields=confirmed)
        if is_returned:
            self.admin.step(path, "return", reason="Which stations?", fields={"comments": {"summary": "Which?"}})
            self.officer.step(path, "submit", fields=confirmed)
        self.admin.step(path, "accept")

    def certificate(self) -> dict[str, Any]:
        """The newest certificate, as everybody reads it; empty while there is none."""
        found = self.admin.get(f"{V1['membership']}/certificates", centre_id=self.run.notes["centre"])["items"]
        if not found:
            return {}
        newest = max(found, key=lambda one: str(one["id"]))
        path = f"{V1['membership']}/certificates/verify/{newest['code']}"
        return dict(self.world.secretariat.look(path).json())

    def is_certified_as(self, status: str) -> bool:
        return self.certificate().get("status") == status

    def awaited(self, by: Client | None = None) -> list[tuple[str, str]]:
        """The steps that wait for somebody, an administrator by default, about this centre: by what they are about."""
        items = (by or self.admin).get(f"{_CENTRES}/work_list", limit="200")["items"]
        own = {one["id"] for one in self.owed(limit="200")} | {
            self.run.notes["centre"],
            self.run.notes.get("evaluation"),
        }
        return sorted((one["kind"], one["action"]) for one in items if one["id"] in own)


@pytest.fixture
def centre() -> Iterator[Centre]:
    with living(Centre) as made:
        yield made


def _evaluate(of: Centre) -> None:
    """The evaluation that the renewal planned: a member with a conflict reads and scores nothing; two others do."""
    run = of.run
    (evaluation,) = of.admin.get(f"{_CENTRES}/evaluations", centre_id=run.notes["centre"])["items"]
    run.notes["evaluation"], path = evaluation["id"], evaluation["links"]["self"]
    panel = [{"expert_id": expert_with_account(run, who)} for who in ("chair", "member", "relative")]
    of.officer.change(path, {"panel": panel, "report": DOCUMENT, "recommendation": "renew_with_conditions"})
    for who in ("chair", "member", "relative"):
        eventually(lambda who=who: "panel" in run.by(who).look(path).json())  # type: ignore[misc]
    of.officer.step(path, "start")
    run.by("relative").create(f"{path}/scores", {"conflict_of_interest": True})
    hidden = eventually(lambda: "panel" not in (got := run.by("relative").look(path).json()) and got)
    assert hidden.keys() <= {"id", "ref", "conflict"} or "code" in hidden
    for who in ("chair", "member"):
        run.by(who).create(f"{path}/scores", {"scores": _SCORES, "recommendation": "renew_with_conditions"})
    assert of.officer.step(path, "complete")["status"] == "completed"
    late = run.by("member").send("POST", f"{path}/scores", json={"scores": _SCORES})
    assert late.status_code in (409, 422), late.text


def _apply(of: Centre) -> None:
    """The applicant needs 70 days for an answer to the office, more than a review may take. They do not count."""
    of.pass_days(10)
    assert of.clock() == ("under_review", "reviewers", 50, False)
    of.officer.step(of.path, "request_info", reason="Which staff?")
    assert of.clock() == ("info_requested", "applicant", None, True)
    of.pass_days(70)
    assert of.read()["clock"]["spent"] == {"applicant": 70, "secretariat": 0, "reviewers": 10}
    assert not of.read()["clock"]["overdue"]
    assert (of.awaited(of.applicant), of.awaited()) == ([("centres", "resubmit")], [])
    of.applicant.change(of.path, {"unit": "Faculty of Oceans"})
    of.applicant.step(of.path, "resubmit")
    assert of.clock() == ("under_review", "reviewers", 50, False)
    of.pass_days(49)
    assert not of.read()["clock"]["overdue"]
    of.pass_days(2)
    assert of.read()["clock"]["overdue"]
    centres.agreeable(of.run, of.path)
    assert of.clock() == ("awaiting_agreement", "government", None, False)
    stages = of.admin.get(f"{of.path}/stages")
    assert [(one["stage"], one["holder"], one["days"]) for one in stages if one["days"]] == [
        ("under_review", "reviewers", 10),
        ("info_requested", "applicant", 70),
        ("under_review", "reviewers", 51),
    ]
    sums = Counter[str]()
    for one in stages:
        sums[one["holder"]] += one["days"]
    assert Counter(of.read()["clock"]["spent"]) == sums == Counter(applicant=70, reviewers=61)
    centres.designated(of.run, of.path, starts=day(), ends=day(_TERM - 1))
    of.admin.change(of.path, {"visibility": "public"})


def test_a_centre_lives_for_eight_years(centre: Centre) -> None:
    _apply(centre)
    designated_on = centre.day
    assert [(one["number"], one["light"]) for one in centre.owed()] == [(n, "green") for n in (1, 2, 3, 4)]
    eventually(lambda: centre.is_certified_as("valid"))
    centre.shows("active")

    centre.pass_days(YEAR + 30, "centres.announce_late_reports")
    centre.reports(centre.owed()[0])
    centre.shows("active")

    centre.pass_days(YEAR - 30 + 61, "centres.announce_late_reports")
    late = centre.owed()[1]
    assert (late["light"], late["days_overdue"]) == ("yellow", 1)
    centre.pass_days(30, "centres.announce_late_reports")
    assert centre.owed()[1]["light"] == "red"
    centre.reports(centre.owed()[1])
    director = centre.world.expert("BT", "Nora Next")["id"]
    fields = {"effective": day(), "director_id": director, "names": {"en": "Centre for Atolls"}}
    named = {name: value for name, value in fields.items() if name != "director_id"}
    centre.admin.step(centre.path, "change", reason="Renamed", fields=named)
    centre.admin.step(centre.path, "change", reason="Elected", fields={"effective": day(), "director_id": director})
    centre.shows("active")

    centre.pass_days(YEAR - 91 + 40, "centres.end_terms")
    centre.reports(centre.owed()[2], is_returned=True)
    assert centre.read()["status"] == "active", "the term ends in eleven months"
    centre.pass_days(120, "centres.end_terms")
    assert centre.read()["status"] == "renewal_due"
    assert centre.admin.try_step(centre.path, "submit_renewal").json()["reason"] == "final_report_missing"
    (final,) = [one for one in centre.owed() if one["kind"] == "final"]
    centre.officer.step(final["links"]["self"], "start")
    centre.officer.change(final["links"]["self"], _ANSWERED)
    centre.officer.step(final["links"]["self"], "submit", fields={"confirm_prefilled": True})
    centre.admin.step(final["links"]["self"], "accept")
    assert centre.admin.try_step(centre.path, "submit_renewal").json()["reason"] == "evaluation_missing"
    _evaluate(centre)
    centre.officer.step(centre.path, "submit_renewal")
    centre.shows("renewal_review")
    assert ("centres", "renew") in centre.awaited()
    centre.pass_days(20)
    fourth = next(one for one in centre.owed() if one["number"] == 4 and one["status"] == "due")
    centre.admin.step(fourth["links"]["self"], "waive", reason="The evaluation has it")
    condition = {"text": "Publish the data", "due": day(-1)}
    renewed = centre.admin.step(centre.path, "renew", fields={"conditions": [condition]})
    assert (renewed["status"], renewed["term"]["number"]) == ("active", 2)
    eventually(lambda: centre.certificate()["valid_to"] == renewed["term"]["ends"])
    second = [one for one in centre.owed(limit="200") if one["kind"] == "annual" and one["status"] == "due"]
    assert [one["number"] for one in second] == [1, 2, 3, 4]

    centre.pass_days(2 * YEAR, "centres.announce_late_reports")
    centre.admin.step(centre.path, "suspend", reason="A question", fields={"review_by": day(30)})
    eventually(lambda: centre.is_certified_as("suspended"))
    centre.shows("suspended")
    centre.pass_days(20)
    centre.admin.step(centre.path, "reinstate")
    eventually(lambda: centre.is_certified_as("valid"))
    centre.shows("active")

    centre.pass_days(2 * YEAR, "centres.announce_late_reports")
    closed = centre.admin.step(centre.path, "close", reason="The host left", fields={"cause": "host_withdrew"})
    assert closed["status"] == "closed"
    eventually(lambda: centre.is_certified_as("revoked"))
    centre.shows("closed")
    assert centre.awaited() == []
    assert centre.registered(designated_on - 1) == (None, "")
    for at, status, name in centre.shown:
        assert centre.registered(at) == (status, name), at
