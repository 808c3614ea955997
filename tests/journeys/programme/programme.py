"""A programme whose years pass, and what everybody reads of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from lxml import etree

from tests.journeys.paths import actions, centres
from tests.journeys.paths.calls import expert_with_account
from tests.journeys.paths.ladder import LADDER
from tests.journeys.paths.path import day
from tests.journeys.paths.world import DOCUMENT, V1, World
from tests.journeys.paths.years import YEAR, Years
from tests.journeys.programme.truth import (
    AUTHOR,
    EXPERT,
    FACTS,
    FOCAL_POINT,
    OFFICER,
    PILLARS,
    PUBLISHER,
    Activity,
    Compared,
    Page,
    Plan,
    Truth,
)
from tests.support.running import Client, eventually

Values = dict[str, tuple[str | None, str | None]]
Comparison = dict[tuple[str, str], Compared]
ACTIONS = V1["actions"]
RESEARCH = "core"
"""The pillar, and the name, of the research project."""
DUE = 90
"""How many days after the opening of its period a report is due."""
COUNTED = (
    "programmes",
    "actions",
    "milestones",
    "endorsements",
    "results",
    "reports",
    "assessments",
    "support_requests",
)
HELD = {"actions", "assessments", "milestones", "programmes", "reports", "support_requests", "tasks"}
"""The kinds of records whose lists have the filter `holder=me`."""
_ACTIVE = ("programmes", "actions")
"""The kinds of records that are activities of IATI."""
_INDICATOR = {
    "code": "LAND",
    "titles": {"en": "Restored land"},
    "level": "outcome",
    "measure": "unit",
    "unit": {"code": "ha", "label": "hectares"},
    "across": "sum",
    "over_time": "latest",
}


def _question(key: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"key": key, "titles": {"en": key}, "type": kind, "public": True, **more}


_SECTIONS = (
    ("summary", None, _question("achieved", "text", required=True, prefill=True)),
    ("whole", None, _question("completion", "self_assessment")),
    ("parts", "action", _question("part", "self_assessment")),
    ("numbers", None, _question("shown", "results", required=True)),
)


class Programme(Years):
    """The programme of a country under a framework of its own, with an indicator. `truth` is what the test knows, and
    `paths` the addresses of records by their kind and name."""

    def __init__(self, running: dict[str, Any], world: World) -> None:
        super().__init__(running, world, "WS")
        self.truth = Truth()
        self.paths: dict[tuple[str, str], str] = {}
        self._refs: dict[tuple[str, str], str] = {}
        self.framework, _ = self.world.framework()
        self.periods: dict[str, str] = {}
        made = self.admin.create(f"{ACTIONS}/indicators", {"framework": self.framework, **_INDICATOR})
        self.admin.step(made["links"]["self"], "publish")
        self.indicator = str(made["id"])
        sections = [
            {"key": key, "titles": {"en": key}, "repeat": repeat, "questions": [question]}
            for key, repeat, question in _SECTIONS
        ]
        form = {"framework": self.framework, "version": "1", "titles": {"en": "Progress"}, "sections": sections}
        self.admin.step(self.admin.create(f"{ACTIONS}/report_templates", form)["links"]["self"], "activate")

    def pass_days(self, days: int, *schedules: str) -> None:
        """Days pass, and workers do what the calendar asks of them. What follows from facts of today follows first."""
        eventually(lambda: all(self.page(by) == self.truth.page(self.day) for by in (None, self.admin)))
        reminding = ("remind_of_reports", "remind_of_missing_reports")
        followed = ("apply_periods", "follow_reports", *reminding, "follow_support_requests", "follow_tasks")
        super().pass_days(days, *(f"actions.{name}" for name in followed), *schedules)
        self.truth.day = self.day

    def found_country(self) -> None:
        """The country has all that a programme needs, and is at the fifth stage."""
        for line in LADDER.lines[:3]:
            assert line.act is not None
            line.act(self.run)
        centres.designated(self.run, starts=day(), ends=day(10 * YEAR))
        self.admin.change(f"{V1['centres']}/centres/{self.run.notes['centre']}", {"visibility": "public"})
        centres.endorsement(self.run, level=3)
        dated = {"contact": "2026-09-01", "preparatory_committee": str(DOCUMENT["date"])}
        for key in FACTS[:5]:
            self.truth.meets(key, self._day_of(dated[key]) if key in dated else None)
        for kind, names in {"experts": ("Dora", "Rosa", "Rosa 2"), "institutions": ("host", "partner")}.items():
            for name in names:
                self.truth.enters(kind, name, "active")
        self.truth.enters("centres", "centre", "active")
        self.truth.enters("endorsements", "ministry", "verified")

    def plan_period(self, number: int) -> None:
        """Enters a period of a year, which opens in so many years; its report is due `DUE` days later."""
        year, opens = self.date_of(0).year + number, number * YEAR
        days = {name: day(opens + after) for name, after in (("opens_on", 0), ("due_on", DUE), ("closes_on", 300))}
        time = {"code": str(year), "starts": f"{year}-01-01", "ends": f"{year}-12-31", **days}
        made = self.admin.create(f"{ACTIONS}/periods", {"framework": self.framework, **time})
        self.periods[time["code"]] = str(made["id"])
        self.truth.due[time["code"]] = (opens, opens + DUE)

    def add(self, who: str, kind: str, name: str, status: str, /, *, below: str = "", **body: Any) -> str:
        """A new record of a state. Returns its id."""
        made = self.run.create(who, f"{below or ACTIONS}/{kind}", **body)
        assert made["status"] == status
        self.paths[kind, name] = str(made["links"]["self"])
        self.truth.enters(kind, name, status)
        return str(made["id"])

    def takes(
        self, who: str, kind: str, name: str, verb: str, to: str, waits: Mapping[str, str] | None = None, **fields: Any
    ) -> dict[str, Any]:
        """Somebody takes a step that leads to a state. `waits`: who is to do what next, if not as usual."""
        done = self.run.by(who).step(self.paths[kind, name], verb, reason="As agreed", fields=fields)
        assert done["status"] == to
        self.truth.enters(kind, name, to, waits)
        return done

    def refused(self, who: str, kind: str, name: str, verb: str, **fields: Any) -> str:
        """Why a step is refused."""
        response = self.run.by(who).try_step(self.paths[kind, name], verb, reason="As agreed", fields=fields)
        assert response.status_code == 409, response.text
        return str(response.json()["reason"])

    def id_of(self, kind: str, name: str) -> str:
        """The id of a record."""
        return self.paths[kind, name].rpartition("/")[2]

    def launch(self) -> None:
        """A public programme is launched, with an action for each pillar and a research project."""
        body = {"country": self.country, "framework": self.framework}
        self.run.notes["programme"] = self.add(AUTHOR, "programmes", "programme", "exploring", **body)
        path = self.paths["programmes", "programme"]
        self.run.by(PUBLISHER).change(path, {"visibility": "public"})
        self.run.by(AUTHOR).change(path, {"centre_id": self.run.notes["centre"]})
        self.takes(AUTHOR, "programmes", "programme", "launch", "designing")
        for number, pillar in enumerate((*PILLARS, RESEARCH)):
            plan = self.truth.plans[pillar] = Plan(30 + number, 6 * YEAR + number)
            self.paths["actions", pillar] = actions.action(
                self.run,
                pillar,
                kind="research_project" if pillar == RESEARCH else "action",
                planned_start=day(plan.starts),
                planned_end=day(plan.ends),
                participants=[{"institution_id": self.run.notes["host"], "role": 4}],
                baseline={"value": 12, "unit": "stations", "date": "2026"},
            )
            self.truth.enters("actions", pillar, "proposed")

    def enter_result(self, period: str, value: str, target: str) -> None:
        """A public result and its target. It passes everybody who checks it."""
        subject = {"indicator_id": self.indicator, "period_id": self.periods[period], "country": self.country}
        self.run.create(PUBLISHER, f"{ACTIONS}/targets", **subject, value=target, visibility="public")
        self.truth.targets[period] = target
        self.add(AUTHOR, "results", period, "draft", **subject, method="measured", value=value)
        self.admin.change(self.paths["results", period], {"visibility": "public"})
        self._publish(period, value)
        self.truth.publishes(period, value)

    def revise_result(self, period: str, value: str) -> None:
        """The published result is replaced."""
        revised, body = f"{period} revised", {"reason": "Counted anew", "value": value}
        response = self.run.by(AUTHOR).send("POST", f"{self.paths['results', period]}/revisions", json=body)
        assert response.status_code == 201, response.text
        self.paths["results", revised] = response.json()["links"]["self"]
        self._publish(revised, value)
        self.truth.enters("results", period, "superseded")
        self.truth.publishes(period, value)

    def _publish(self, name: str, value: str) -> None:
        steps = ((AUTHOR, "submit", "submitted"), (FOCAL_POINT, "approve", "approved"), (OFFICER, "accept", "accepted"))
        for who, verb, to in (*steps, (PUBLISHER, "publish", "published")):
            assert self.takes(who, "results", name, verb, to)["value"] == value

    def start_report(self, period: str, name: str = "", **more: Any) -> None:
        """A public draft about a period."""
        name = name or period
        ids = {"programme_id": self.run.notes["programme"], "period_id": self.periods[period]}
        self.add(AUTHOR, "reports", name, "draft", **ids, **more)
        self.admin.change(self.paths["reports", name], {"visibility": "public"})

    def write_report(self, name: str, **completions: str) -> None:
        """The authors write what was achieved, and how far the programme and actions have come."""
        path, author = self.paths["reports", name], self.run.by(AUTHOR)
        author.change(f"{path}/sections/summary", {"answers": {"achieved": f"All of {name}, on day {self.day}"}})
        for subject, completion in completions.items():
            is_whole = subject == "programme"
            section = "whole" if is_whole else f"parts/{self.id_of('actions', subject)}"
            question = "completion" if is_whole else "part"
            author.change(f"{path}/sections/{section}", {"answers": {question: completion}})

    def submit_report(self, name: str, **completions: str) -> None:
        """The report is submitted, with these completions of the programme and actions."""
        self.takes(AUTHOR, "reports", name, "submit", "submitted")
        self.truth.own.update({(name.split()[0], subject): said for subject, said in completions.items()})

    def ask_expert(self, who: str, request: str) -> None:
        """The secretariat asks an expert with an account to help."""
        expert = expert_with_account(self.run, who)
        self.truth.enters("experts", who, "active")
        self.add(OFFICER, "offers", who, "offered", below=self.paths["support_requests", request], expert_id=expert)

    def activities(self) -> dict[str, Activity]:
        """The activities of IATI, by the names of the programme and of its actions."""
        response = self.world.everybody.get(f"{ACTIONS}/open_data/iati/activities.xml?country={self.country}")
        if response.status_code == 404:
            return {}
        found = etree.fromstring(response.content)
        names = {f"XM-DEMO-ESCM-{self._ref_of(*key)}": key[1] for key in self.paths if key[0] in _ACTIVE}
        return {names[str(one.findtext("iati-identifier"))]: self._activity(one, names) for one in found}

    def _ref_of(self, kind: str, name: str) -> str:
        key = kind, name
        if key not in self._refs:
            self._refs[key] = self.admin.get(self.paths[key])["ref"]
        return self._refs[key]

    def _activity(self, of: etree._Element, names: Mapping[str, str]) -> Activity:
        codes = {str(date(int(code), 1, 1) - timedelta(days=self.day)): code for code in self.periods}
        values = {
            codes[_attribute(one, "period-start", "iso-date")]: (_value(one, "target"), _value(one, "actual"))
            for one in of.iterfind("result/indicator/period")
        }
        days = {str(one.get("type")): self._day_of(str(one.get("iso-date"))) for one in of.iterfind("activity-date")}
        related = frozenset(names[str(one.get("ref"))] for one in of.iterfind("related-activity"))
        return Activity(str(of.get("hierarchy")), _attribute(of, "activity-status", "code"), days, related, values)

    def page(self, by: Client | None = None, day: int | None = None) -> Page:
        """The page of the country, as somebody or everybody reads it, of today or as of a day."""
        shown = self._page(by, **self._as_of(day))
        met = {one["key"]: self._day_of(one["date"]) for one in shown["facts"] if one["met"]}
        return Page(shown["stage"], met, shown["counts"])

    def pillars(self) -> dict[str, tuple[int, str | None]] | None:
        """What the page says to everybody of the programme's pillars; None without a programme."""
        shown = self._page(None)["programme"]
        if shown is None:
            return None
        assert (shown["id"], shown["status"]) == (
            self.run.notes["programme"],
            self.truth.state("programmes", "programme"),
        )
        assert shown["core"]["centre_id"] == self.run.notes["centre"]
        return {one["pillar"]: (one["count"], one["status"]) for one in shown["actions"]}

    def profile(self) -> tuple[dict[str, str], Values, Comparison]:
        """What the public profile says: the states of programme and actions, target and actual value of each period,
        and the comparison."""
        shown = self.world.everybody.get(f"{ACTIONS}/open_data/countries/{self.country}").json()
        named = {self.id_of(*key): key[1] for key in self.paths if key[0] in _ACTIVE}
        records = [shown["programme"], *shown["actions"]] if shown["programme"] else []
        values = {
            period["code"]: (_of(period["target"], "value"), _of(period["actual"], "value"))
            for one in shown["indicators"]
            for period in one["periods"]
        }
        compared = {
            self._compared(one): Compared(one["self"], one["independent"], one["difference"])
            for one in shown["comparison"]
        }
        return {named[one["id"]]: one["status"] for one in records}, values, compared

    def comparison(self) -> Comparison:
        """What the authors read of both sides."""
        found = self.run.by(AUTHOR).get(f"{ACTIONS}/assessments/comparison", country=self.country)["items"]
        return {
            self._compared(one): Compared(
                _of(one["self"], "completion"), _of(one["independent"], "completion"), one["difference"]
            )
            for one in found
        }

    def _compared(self, of: Mapping[str, Any]) -> tuple[str, str]:
        codes = {key: code for code, key in self.periods.items()}
        return codes[of["period_id"]], self._names()[of["subject"]["id"]][1]

    def counted(self, kind: str, day: int | None = None) -> Counter[str]:
        """How many records the statistics count in each state, today or as of a day."""
        asked = {"of": kind, "by": "status", "country": self.country}
        shown = self.admin.get(f"{ACTIONS}/statistics", **asked, **self._as_of(day))
        return Counter({one["status"]: one["count"] for one in shown["items"]})

    def values(self, day: int | None = None) -> dict[str, str]:
        """The value of each period, today or as of a day."""
        asked = {"indicator": self.indicator, "by": "country,period"}
        shown = self.admin.get(f"{ACTIONS}/statistics/values", **asked, **self._as_of(day))
        return {one["period"]: one["value"] for one in shown["items"] if one["value"] is not None}

    def reports(self) -> dict[str, tuple[str | None, str | None]]:
        """The light of the report that is owed about each period, and its state."""
        found = self.run.by(AUTHOR).get(f"{ACTIONS}/reports/expected", country=self.country)["items"]
        return {one["period"]: (one["light"], one["status"]) for one in found}

    def owed(self) -> dict[str, tuple[str | None, bool | None]]:
        """What the page of the country says to everybody of the report about each period."""
        return {one["period"]: (one["light"], one["on_time"]) for one in self._page(None)["reports"]}

    def lights(self) -> Counter[str]:
        """How many reports that were made and are awaited have each light."""
        asked = {"of": "reports", "by": "light", "country": self.country}
        return Counter(
            {one["light"]: one["count"] for one in self.admin.get(f"{ACTIONS}/statistics", **asked)["items"]}
        )

    def waiting(self, who: str) -> set[tuple[str, str, str]]:
        """The work list of a caller: the kind and the name of the record, and the step. That of the expert is empty
        before somebody asks."""
        names = self._names()
        if who == EXPERT and who not in self.run.notes:
            return set()
        found = [(*names[key], verb) for _, key, verb in self.work(self.run.by(who), "actions")]
        assert len(found) == len(set(found)), found
        return set(found)

    def held(self, who: str, kinds: Iterable[str]) -> set[tuple[str, str]]:
        """What waits for a caller in the lists of these kinds: the kind and the name of the record."""
        names, by = self._names(), self.run.by(who)
        lists = [by.get(f"{ACTIONS}/{kind}", holder="me", country=self.country, limit="200")["items"] for kind in kinds]
        return {names[one["id"]] for items in lists for one in items}

    def announced(self, fact: str) -> int:
        """How often a fact of the country was announced."""
        number, asked = 0, {"type": f"escm.actions.{fact}.*", "limit": "1000"}
        while (page := self.admin.get("/access/v1/events", **asked))["next_after"] != asked.get("after"):
            number += sum(one["data"]["country"] == self.country for one in page["items"])
            asked["after"] = page["next_after"]
        return number

    def days_until(self, instant: str) -> int:
        """The days from today to an instant."""
        return (datetime.fromisoformat(instant).date() - self.date_of(self.day)).days

    def _names(self) -> dict[str, tuple[str, str]]:
        return {path.rpartition("/")[2]: key for key, path in self.paths.items()}

    def _day_of(self, day: str) -> int:
        """The day of the story that is now called so."""
        return (date.fromisoformat(day) - self.date_of(0)).days

    def _as_of(self, day: int | None) -> dict[str, str]:
        return {} if day is None else {"as_of": str(self.date_of(day))}

    def _page(self, by: Client | None, **query: str) -> Any:
        path = f"{ACTIONS}/countries/{self.country}"
        return by.get(path, **query) if by else self.world.everybody.get(path, params=query).json()


def _attribute(of: etree._Element, path: str, name: str) -> str:
    (found,) = of.iterfind(path)
    return str(found.get(name))


def _value(of: etree._Element, path: str) -> str | None:
    """The number of a target or of an actual value, if there is one."""
    return next((one.get("value") for one in of.iterfind(path)), None)


def _of(found: Mapping[str, Any] | None, name: str) -> Any:
    return None if found is None else found[name]
