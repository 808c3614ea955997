"""Paths through lifecycles: who requests which transition, what a guard rejects, and the act that satisfies it."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx

from tests.journeys.paths import inventory
from tests.support.lifecycles import refusal
from tests.support.running import Client, eventually
from tests.support.waiting import PATIENCE

if TYPE_CHECKING:
    from tests.journeys.paths.world import World

_REASON = "The path asks for it."


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a path.

    `by` requests the transition `verb` with `fields`. It is rejected with `code`, whereupon `act` satisfies the guard,
    or it leads `to` a state; with `second`, that account confirms it. Without `by` the transition follows from `act`,
    or from a schedule; without a verb `act` only prepares the next line.
    """

    verb: str = ""
    by: str = ""
    code: str = ""
    to: str = ""
    second: str = ""
    act: "Act | None" = None
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Path:
    """The lifecycle of one record in a country. `start` creates it and returns its address; its state is `first`."""

    resource: str
    country: str
    start: "Callable[[PathRun], str]"
    first: str
    lines: tuple[Line, ...]
    status: Callable[[Mapping[str, Any]], str] = lambda record: str(record["status"])
    """The state that a response shows."""

    def shows(self) -> Iterator[str]:
        """The parts of the inventory that this path shows."""
        yield inventory.state(self.resource, self.first)
        for line in self.lines:
            if line.code:
                yield refusal(self.resource, line.verb, line.code)
            elif line.to:
                yield inventory.state(self.resource, line.to)
                if line.verb:
                    yield inventory.step(self.resource, line.verb)
            if line.second:
                yield inventory.pair(self.resource, line.verb)

    def meets(self) -> Iterator[str]:
        """The rejections after which the path makes the transition."""
        for place, line in enumerate(self.lines):
            if line.code and any(later.to and later.verb == line.verb for later in self.lines[place:]):
                yield refusal(self.resource, line.verb, line.code)


def taken(by: str, verb: str, to: str, /, **fields: Any) -> Line:
    """A successful transition. Fields may be functions of the run."""
    return Line(verb, by, to=to, fields=fields)


def agreed(by: str, second: str, verb: str, to: str, /, **fields: Any) -> Line:
    """A transition that one proposes and another confirms."""
    return Line(verb, by, to=to, second=second, fields=fields)


def refused(by: str, verb: str, code: str, meets: "Act | None" = None, /, **fields: Any) -> Line:
    """A transition that a guard rejects with this code, and the act that satisfies the guard."""
    return Line(verb, by, code=code, act=meets, fields=fields)


def confirmed(second: str, verb: str, to: str) -> Line:
    """A waiting transition that is confirmed."""
    return Line(verb, to=to, second=second, act=lambda path_run: path_run.confirm(second))


def follows(verb: str, to: str, act: "Act") -> Line:
    """A transition that nobody requests: it follows from an act, or from a schedule. Without a verb the state does."""
    return Line(verb, to=to, act=act)


def given(act: "Act") -> Line:
    """Another act on the way."""
    return Line(act=act)


class PathRun:
    """One run of a path."""

    def __init__(self, world: "World", path: Path) -> None:
        self.world = world
        self.country = path.country
        self.path = path
        self.record = ""
        self.notes: dict[str, Any] = {}
        """What `start` and acts store for later lines."""

    def run(self) -> None:
        """Makes every transition of the path. AssertionError for a response that differs from the path."""
        self.record = self.path.start(self)
        self._permission_scopes(self.path.first)
        for line in self.path.lines:
            self._follow(line)

    def by(self, who: str) -> Client:
        """The caller with this name: an account or client of the demonstration, of the run, or a holder of the role in
        the path's country."""
        return self.notes[who] if isinstance(self.notes.get(who), Client) else self.world.caller(who, self.country)

    def create(self, who: str, path: str, **body: Any) -> dict[str, Any]:
        """A record that this caller creates."""
        return self.by(who).create(path, body)

    def confirm(self, second: str) -> dict[str, Any]:
        """The record after the transition that waits for a second person."""
        (waiting,) = self.by(second).get(f"{self.record}/transitions/pending")["items"]
        done = self.by(second).send("POST", waiting["links"]["self"], json={"decision": "confirm"})
        assert done.status_code == 200, done.text
        return dict(done.json())

    @property
    def id(self) -> str:
        """The id of the path's record."""
        return self.record.rpartition("/")[2]

    def _follow(self, line: Line) -> None:
        if line.by and line.code:
            self._is_refused(line)
        elif line.by:
            self._is_taken(line)
        if line.act:
            line.act(self)
        if line.to and not line.by:
            self._permission_scopes(line.to)

    def _is_refused(self, line: Line) -> None:
        fields = _resolved(self, line.fields)
        response = self._ask(line, fields, lambda response: _refusal(response) == line.code)
        assert response["code"] in ("transition_not_allowed", "forbidden", line.code)
        offers = {offer["action"]: offer["reason"] for offer in self._read(line.by).get("allowed_actions", ())}
        assert fields or offers.get(line.verb, line.code) == line.code

    def _is_taken(self, line: Line) -> None:
        wanted = 202 if line.second else 200
        response = self._ask(line, _resolved(self, line.fields), lambda response: response.status_code == wanted)
        if line.second:
            response = self.confirm(line.second)
        assert self.path.status(response) == line.to

    def _ask(self, line: Line, fields: dict[str, Any], is_right: Callable[[httpx.Response], bool]) -> dict[str, Any]:
        """The response to the transition, once it is the expected one: facts of other services take a moment."""
        until = time.monotonic() + PATIENCE
        asker = self.by(line.by)
        while not is_right(response := asker.try_step(self.record, line.verb, reason=_REASON, fields=fields)):
            assert time.monotonic() < until, f"{self.record} {line}: {response.status_code} {response.text}"
            time.sleep(0.05)
        return dict(response.json())

    def _permission_scopes(self, status: str) -> None:
        eventually(lambda: self.path.status(self._read("secretariat")) == status)

    def _read(self, who: str) -> dict[str, Any]:
        """The record as this caller reads it. AssertionError for an available action without a title of its verb, its
        target or its reason."""
        record = dict(self.by(who).get(self.record))
        for offer in record.get("allowed_actions", ()):
            for vocabulary, code in (("verbs", "action"), ("states", "to"), ("reasons", "reason")):
                assert offer[code] is None or offer[code] in self.world.titled(vocabulary), offer
        return record


Act = Callable[[PathRun], object]
"""An act of a person on the way, over the API."""


def change(who: str, **values: Any) -> Act:
    """Sets new values of the path's record. They may be functions of the run."""
    return lambda path_run: path_run.by(who).change(path_run.record, _resolved(path_run, values))


def later(schedule: str, days: int = 0) -> Act:
    """Runs scheduled work of a worker whose clock is so many days ahead: `<service>.<name of the schedule>`."""
    return lambda path_run: path_run.world.time_passes(schedule, days)


def day(ahead: int = 0) -> str:
    """The day so many days from today."""
    return (datetime.now(UTC).date() + timedelta(days=ahead)).isoformat()


def _resolved(path_run: PathRun, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value(path_run) if callable(value) else value for name, value in values.items()}


def _refusal(response: httpx.Response) -> str | None:
    """The reason of a rejection by a guard, or by the rules for second persons."""
    return str(response.json().get("reason")) if response.status_code in (403, 409) else None
