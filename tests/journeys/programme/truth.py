"""What a test knows of the years of a programme, from its own steps and without the system. Days are those of the
story, of which 0 is the first."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

AUTHOR, PUBLISHER, OFFICER = "national_author", "national_publisher", "secretariat_officer"
FOCAL_POINT, EXPERT = "government_focal_point", "rana"
CALLERS = (AUTHOR, PUBLISHER, OFFICER, FOCAL_POINT, EXPERT)
PILLARS = ("action-1", "action-2", "action-3")
FACTS = ("contact", "preparatory_committee", "scientific_committee", "centre", "endorsement", "programme", "results")
WAITS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("programmes", "plan_review"): {OFFICER: "approve"},
    ("actions", "proposed"): {PUBLISHER: "approve"},
    ("milestones", "claimed"): dict.fromkeys((OFFICER, PUBLISHER), "verify"),
    ("reports", "draft"): {AUTHOR: "submit"},
    ("reports", "submitted"): {OFFICER: "take"},
    ("reports", "in_review"): {OFFICER: "clear"},
    ("reports", "changes_requested"): {AUTHOR: "submit"},
    ("reports", "cleared"): {PUBLISHER: "publish"},
    ("assessments", "draft"): {OFFICER: "submit"},
    ("assessments", "submitted"): {FOCAL_POINT: "reply"},
    ("support_requests", "submitted"): {OFFICER: "accept"},
    ("support_requests", "delivered"): {FOCAL_POINT: "confirm"},
    ("offers", "offered"): {EXPERT: "accept"},
    ("offers", "accepted"): {FOCAL_POINT: "confirm"},
    ("tasks", "open"): dict.fromkeys((AUTHOR, PUBLISHER, OFFICER, FOCAL_POINT), "start"),
    ("tasks", "in_progress"): dict.fromkeys((AUTHOR, PUBLISHER, OFFICER, FOCAL_POINT), "complete"),
    ("tasks", "done"): {OFFICER: "verify"},
}
"""Who is to do what with a record of a state, unless the step says otherwise."""
REPORTED = ("submitted", "in_review", "cleared", "published", "superseded")
"""The states in which a report says what the country found."""
PUBLISHED = ("published", "superseded")
_SHOWN = ("approved", "implementing", "completed")
_FURTHEST = ("closed", "finalising", "in_progress", "suspended", "planned", "proposed", "cancelled")
_POINTS = ("not_started", "limited", "substantial", "complete")
_IATI = {
    "approved": "1",
    "planned": "1",
    "implementing": "2",
    "in_progress": "2",
    "finalising": "3",
    "completed": "4",
    "closed": "4",
    "cancelled": "5",
    "suspended": "6",
}
"""The codelist ActivityStatus of IATI, for programmes and actions."""


class Plan(NamedTuple):
    """When an action is to start and to end."""

    starts: int
    ends: int


class Activity(NamedTuple):
    """An activity of IATI: `days` by the codes of ActivityDateType, `related` the names of other activities, `values`
    the target and the actual value of each period."""

    hierarchy: str
    status: str
    days: Mapping[str, int]
    related: frozenset[str]
    values: Mapping[str, tuple[str | None, str | None]]


class Page(NamedTuple):
    """The page of a country: the days of the facts that are met, and what is counted."""

    stage: int
    facts: Mapping[str, int]
    counts: Mapping[str, int]


class Compared(NamedTuple):
    """What the country says of a subject, what others found, and how many points that is above."""

    own: str | None
    independent: str | None
    difference: int | None


@dataclass
class _Fact:
    """`since` is the day of the decision. It counts from `starts` until the day before `ends`."""

    key: str
    since: int
    starts: int
    ends: int | None = None


class Truth:
    """The states that records have entered, by their kind and name, and what else was decided."""

    def __init__(self) -> None:
        self.day = 0
        self.plans: dict[str, Plan] = {}
        self.due: dict[str, tuple[int, int]] = {}
        """On which day each period opens, and the last day for its report."""
        self.targets: dict[str, str] = {}
        self.own: dict[tuple[str, str], str] = {}
        """What the country says about a subject in a period."""
        self.independent: dict[tuple[str, str], str] = {}
        """What a published assessment says."""
        self._states: dict[tuple[str, str], list[tuple[int, str]]] = {}
        self._waits: dict[tuple[str, str], Mapping[str, str]] = {}
        self._facts: list[_Fact] = []
        self._values: list[tuple[int, str, str]] = []

    def enters(self, kind: str, name: str, status: str, waits: Mapping[str, str] | None = None) -> None:
        """A record enters a state today. `waits`: who is to do what next."""
        self._states.setdefault((kind, name), []).append((self.day, status))
        self._waits[kind, name] = WAITS.get((kind, status), {}) if waits is None else waits

    def waits(self, kind: str, name: str, who: Mapping[str, str]) -> None:
        """Others are to do something with a record now."""
        self._waits[kind, name] = who

    def meets(self, key: str, since: int | None = None, *, is_again: bool = False) -> None:
        """A fact is met since the day of its decision, by default today; again only from today on."""
        decided = self.day if since is None else since
        self._facts.append(_Fact(key, decided, self.day if is_again else decided))

    def loses(self, key: str) -> None:
        """A fact is no longer met today."""
        (lost,) = (one for one in self._facts if one.key == key and one.ends is None)
        lost.ends = self.day

    def publishes(self, period: str, value: str) -> None:
        """The value of a period is published today, or replaced."""
        self._values.append((self.day, period, value))

    def state(self, kind: str, name: str, day: int | None = None) -> str | None:
        """The state at the end of a day, by default today."""
        until = self.day if day is None else day
        return next((status for on, status in reversed(self._states.get((kind, name), ())) if on <= until), None)

    def first(self, kind: str, name: str, status: str) -> int | None:
        """The first day on which a record entered a state."""
        return next((on for on, entered in self._states[kind, name] if entered == status), None)

    def names(self, kind: str) -> list[str]:
        """The names of all records of a kind."""
        return [name for of, name in self._states if of == kind]

    def counted(self, kind: str, day: int) -> Counter[str]:
        """How many records were in each state at the end of a day."""
        states = (self.state(kind, name, day) for name in self.names(kind))
        return Counter(status for status in states if status is not None)

    def page(self, day: int) -> Page:
        """The page of the country as of a day."""
        met = {one.key: one.since for one in self._facts if one.starts <= day and (one.ends is None or day < one.ends)}
        stage = next((rung for rung, key in enumerate(FACTS) if key not in met), len(FACTS))
        kinds = ("experts", "institutions", "centres")
        return Page(stage, met, {kind: self.counted(kind, day).total() for kind in kinds})

    def pillars(self) -> dict[str, tuple[int, str | None]]:
        """How many actions each pillar has, and the state of the one that is furthest."""
        found = {}
        for pillar in PILLARS:
            states = [self.state("actions", name) for name in self.names("actions") if name == pillar]
            found[pillar] = (len(states), min(states, key=lambda one: _FURTHEST.index(str(one)), default=None))
        return found

    def values(self, day: int) -> dict[str, str]:
        """The published value of each period at the end of a day."""
        return {period: value for on, period, value in self._values if on <= day}

    def is_shown(self) -> bool:
        """Whether everybody may know of the programme."""
        return self.state("programmes", "programme") in _SHOWN

    def activities(self) -> dict[str, Activity]:
        """The activities of IATI by the names of the programme and of its actions."""
        shown = [name for name in self.names("actions") if self.state("actions", name) in _IATI]
        if not self.is_shown():
            return {}
        found = {name: self._action(name) for name in shown}
        days = {
            "1": min(self.plans[name].starts for name in shown),
            "3": max(self.plans[name].ends for name in shown),
            **self._days("programmes", "programme", {"2": "implementing", "4": "completed"}),
        }
        actual = self.values(self.day)
        values = {period: (self.targets.get(period), actual.get(period)) for period in {*self.targets, *actual}}
        status = _IATI[str(self.state("programmes", "programme"))]
        return {**found, "programme": Activity("1", status, days, frozenset(shown), values)}

    def _action(self, name: str) -> Activity:
        plan, status = self.plans[name], _IATI[str(self.state("actions", name))]
        days = {
            "1": plan.starts,
            "3": plan.ends,
            **self._days("actions", name, {"2": "in_progress", "4": "finalising"}),
        }
        return Activity("2", status, days, frozenset({"programme"}), {})

    def _days(self, kind: str, name: str, entered: Mapping[str, str]) -> dict[str, int]:
        """The first days on which a record entered these states."""
        days = {code: self.first(kind, name, status) for code, status in entered.items()}
        return {code: on for code, on in days.items() if on is not None}

    def waiting(self, who: str) -> set[tuple[str, str, str]]:
        """What waits for a caller: the kind and the name of the record, and the step."""
        return {(kind, name, verbs[who]) for (kind, name), verbs in self._waits.items() if who in verbs}

    def reports(self) -> dict[str, tuple[str | None, str | None]]:
        """The light of the report that is owed about each period that has opened, and its state."""
        if self.state("programmes", "programme") in (None, "exploring", "completed"):
            return {}
        return {period: self._light(period, due) for period, (opens, due) in self.due.items() if opens <= self.day}

    def _light(self, period: str, due: int) -> tuple[str | None, str | None]:
        status = self.state("reports", period)
        if status not in (None, "draft", "changes_requested"):
            return None, "published" if status == "superseded" else status
        late = self.day - due
        return "green" if late <= 0 else "yellow" if late <= 60 else "red", status

    def owed(self) -> dict[str, tuple[str | None, bool | None]]:
        """What the page of the country says to everybody of each period: the light, or whether the report was first
        submitted in time."""
        shown = self.reports() if self.is_shown() else {}
        return {period: self._owed(period, light) for period, (light, _) in shown.items()}

    def _owed(self, period: str, light: str | None) -> tuple[str | None, bool | None]:
        submitted = [on for on, status in self._states.get(("reports", period), ()) if status == "submitted"]
        return (None, submitted[0] <= self.due[period][1]) if submitted else (light, None)

    def lights(self) -> Counter[str]:
        """How many reports that were made and are awaited have each light."""
        return Counter(light for light, status in self.reports().values() if light and status)

    def comparison(self, among: Collection[str] = REPORTED) -> dict[tuple[str, str], Compared]:
        """By period and subject, from reports of these states."""
        own = {key: said for key, said in self.own.items() if self.state("reports", key[0]) in among}
        return {key: _compared(own.get(key), self.independent.get(key)) for key in own.keys() | self.independent.keys()}

    def remembered(self) -> Iterator[int]:
        """The days on which anything was entered, which are over."""
        yield from sorted({on for entered in self._states.values() for on, _ in entered if on < self.day})


def _compared(own: str | None, independent: str | None) -> Compared:
    is_both = own is not None and independent is not None
    return Compared(own, independent, _POINTS.index(str(independent)) - _POINTS.index(str(own)) if is_both else None)
