"""One transition table per entity, which enforces and documents transitions and returns `allowed_actions`."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Generic, NamedTuple, TypeAlias, TypeVar
from uuid import UUID

from shared.kernel.errors import Conflict, FieldError, Forbidden, Invalid, invalid_field, pointer_to
from shared.kernel.step_up import StepUp

Fields: TypeAlias = Mapping[str, object]
"""The input of a transition in addition to its reason."""
T = TypeVar("T")
GuardContext = TypeVar("GuardContext")
"""The input of a guard: the record and data loaded for it. Each feature has its own frozen dataclass."""


def given(fields: Fields, name: str, of: type[T]) -> T | None:
    """The named field of a transition; None if it is absent. Raises TypeError for another type."""
    value = fields.get(name)
    if value is not None and not isinstance(value, of):
        raise TypeError(f"{name} is no {of.__name__}")
    return value


def given_id(fields: Fields, name: str) -> UUID | None:
    """The id in a field; None for null or an absent field. Raises Invalid for an invalid id."""
    if fields.get(name) is None:
        return None
    try:
        return UUID(str(fields[name]))
    except ValueError:
        raise invalid_field(f"/fields/{name}", "invalid_value", "An id, or null.") from None


def given_day(fields: Fields, name: str) -> date | None:
    """The day in a field; None for null or an absent field. Raises Invalid for an invalid day."""
    try:
        raw = given(fields, name, str)
        return None if raw is None else date.fromisoformat(raw)
    except (TypeError, ValueError):
        raise invalid_field(f"/fields/{name}", "invalid_format", "A date is YYYY-MM-DD.") from None


class NoScheduledTransition(LookupError):
    """The state has no scheduled transition of this verb."""


def always(_guard_context: object) -> None:
    """The guard of a transition without a condition."""


def never(_guard_context: object) -> bool:
    """The rule of a transition that needs no second person."""
    return False


def by_two(_guard_context: object) -> bool:
    """The rule of a transition that always needs a second person."""
    return True


class SecondPersonNeeded(Conflict):
    """The transition is possible, but a second person must confirm it. For a change that is not a transition, `action`
    and `fields` are the transition with the same effect."""

    code = "transition_not_allowed"

    def __init__(self, action: str = "", fields: Mapping[str, object] | None = None) -> None:
        super().__init__("A second person must confirm this transition.", members={"reason": "second_person_needed"})
        self.action = action
        self.fields = dict(fields or {})


@dataclass(frozen=True, slots=True)
class Transition(Generic[GuardContext]):
    """One verb. `guard` returns None, or the code of why the transition is refused; its return type lists the possible
    codes. `target` None returns to the previous state.

    `fact` is the announced past participle, by default the target's name. The body's `fields` may hold the names in
    `fields`, and must hold those in `required`. `is_scheduled`: only schedules take the transition. `second_person`:
    one person proposes it and another confirms it. `step_up` is what it asks of the sign-in of a person."""

    verb: str
    sources: frozenset[str]
    target: str | None
    guard: Callable[[GuardContext], str | None] = always
    reason_required: bool = False
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    fact: str | None = None
    is_scheduled: bool = False
    second_person: Callable[[GuardContext], bool] = never
    outcomes: tuple[str, ...] = ()
    """The states that its field `outcome` may name, where the caller chooses the target."""
    step_up: StepUp | None = None

    def chosen(self, target: str, fields: Fields) -> str:
        """The state that it leads to with these fields. Raises Invalid for another outcome than its own."""
        if not self.outcomes:
            return target
        outcome = fields.get("outcome")
        if outcome not in self.outcomes:
            raise invalid_field("/fields/outcome", "not_one_of", f"One of: {', '.join(self.outcomes)}.")
        return str(outcome)


class AvailableAction(NamedTuple):
    """A verb of the present state as a caller sees it in `allowed_actions`."""

    action: str
    to: str
    allowed: bool
    reason: str | None
    requires: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()


def transition(verb: str, sources: str, target: str | None, **more: object) -> "Transition[GuardContext]":
    """A transition with its sources written as in the design: `"active|grace"`."""
    return Transition(verb, frozenset(sources.split("|")), target, **more)  # type: ignore[arg-type]


def within(verb: str, states: Iterable[str], **more: object) -> "list[Transition[GuardContext]]":
    """A transition for each of these states, after which the record is in the same state."""
    return [transition(verb, state, state, **more) for state in states]


@dataclass(frozen=True)
class Lifecycle(Generic[GuardContext]):
    """All transitions of one entity, and its states in order of life."""

    states: tuple[str, ...]
    transitions: tuple[Transition[GuardContext], ...]
    _by_verb: dict[str, list[Transition[GuardContext]]] = field(init=False, default_factory=dict, compare=False)
    _by_source: dict[str, list[Transition[GuardContext]]] = field(init=False, default_factory=dict, compare=False)
    """The transitions of each state that callers may request."""
    _offers: dict[tuple[str, str, str | None, str | None, bool], AvailableAction] = field(
        init=False, default_factory=dict, compare=False
    )
    """Actions by state, verb, previous state, reason of the refusal, and whether a second person is needed: as many as
    the lifecycle has codes."""

    def __post_init__(self) -> None:
        for transition in self.transitions:
            named = {*transition.sources, *transition.outcomes, transition.target or self.states[0]}
            if unknown := (named - set(self.states)) | (set(transition.required) - set(transition.fields)):
                raise ValueError(f"{transition.verb} names unknown states or fields {sorted(unknown)}")
            self._by_verb.setdefault(transition.verb, []).append(transition)
            for source in () if transition.is_scheduled else transition.sources:
                self._by_source.setdefault(source, []).append(transition)

    def available_actions(
        self, status: str, guard_context: GuardContext, may: Callable[[str], bool], previous: str | None = None
    ) -> list[AvailableAction]:
        """Every verb that leaves `status`, with whether this caller may take it now and why not."""
        found = []
        for transition in self._by_source.get(status, ()):
            reason = transition.guard(guard_context) if may(transition.verb) else "not_permitted"
            offered = status, transition.verb, previous, reason, transition.second_person(guard_context)
            if (action := self._offers.get(offered)) is None:
                action = self._offers[offered] = _offer(transition, *offered)
            found.append(action)
        return found

    @property
    def verbs(self) -> tuple[str, ...]:
        """The verbs of callers, in the order of the table."""
        return tuple(dict.fromkeys(each.verb for each in self.transitions if not each.is_scheduled))

    @property
    def has_transitions_of_two(self) -> bool:
        """Whether any transition may need a second person."""
        return any(transition.second_person is not never for transition in self.transitions)

    def scheduled(self, verb: str, status: str) -> "Transition[GuardContext]":
        """The scheduled transition of this verb from a state. Raises NoScheduledTransition."""
        for transition in self._by_verb.get(verb, ()):
            if transition.is_scheduled and status in transition.sources:
                return transition
        raise NoScheduledTransition(f"No schedule takes {verb!r} from {status!r}.")

    @cached_property
    def remembering(self) -> frozenset[str]:
        """The states from which a transition returns to the state before."""
        return frozenset().union(*(each.sources for each in self.transitions if each.target is None))

    @cached_property
    def steps_up(self) -> Mapping[str, StepUp]:
        """What verbs ask of the sign-in of a person."""
        return {each.verb: each.step_up for each in self.transitions if each.step_up is not None}

    def of(self, verb: str, status: str) -> "Transition[GuardContext]":
        """The transition of this verb from a state. Raises StopIteration if there is none."""
        return next(one for one in self._by_verb[verb] if status in one.sources)

    def check(self, verb: str, reason: str | None, fields: Iterable[str]) -> None:
        """Raises Invalid for a transition that is invalid in every state: an unknown verb or field, or a missing
        reason."""
        self._check(self._known(verb)[0], reason, fields)

    def _known(self, verb: str) -> "list[Transition[GuardContext]]":
        candidates = self._by_verb.get(verb)
        if candidates is None or all(candidate.is_scheduled for candidate in candidates):
            raise Invalid(
                "There is no such action.",
                code="unknown_action",
                errors=[FieldError("unknown_action", "Not an action of this resource.", pointer="/action")],
            )
        return candidates

    def _check(self, transition: Transition[GuardContext], reason: str | None, fields: Iterable[str]) -> None:
        if unknown := sorted(set(fields) - set(transition.fields)):
            raise _wrong(unknown, "unknown_field", "This action does not take this field.")
        if transition.reason_required and not (reason or "").strip():
            raise Invalid(errors=[FieldError("reason_required", "This action needs a reason.", pointer="/reason")])

    def advance(
        self,
        status: str,
        verb: str,
        guard_context: GuardContext,
        may: Callable[[str], bool],
        *,
        reason: str | None = None,
        fields: Collection[str] = (),
        previous: str | None = None,
    ) -> tuple[Transition[GuardContext], str]:
        """The transition and the state it leads to.

        Raises Invalid `unknown_action` or for a missing reason, a missing or unknown field, Forbidden if the caller's
        role lacks the verb, Conflict `transition_not_allowed` if the state or the guard does not allow it.
        """
        candidates = self._known(verb)
        transition = next((c for c in candidates if status in c.sources), candidates[0])
        if not may(verb):
            raise Forbidden("Your grants do not include this action.", members={"reason": "not_permitted"})
        self._check(transition, reason, fields)
        blocked = "not_in_this_state" if status not in transition.sources else transition.guard(guard_context)
        if blocked is not None:
            available_actions = [
                action._asdict() for action in self.available_actions(status, guard_context, may, previous)
            ]
            raise Conflict(
                f"{verb} is not possible now.",
                code="transition_not_allowed",
                members={"current_state": status, "reason": blocked, "allowed_actions": available_actions},
            )
        if missing := [name for name in transition.required if name not in fields]:
            raise _wrong(missing, "required", "This action needs this field.")
        target = transition.target or previous
        if target is None:
            raise Conflict(
                "The previous state is unknown.",
                code="transition_not_allowed",
                members={"current_state": status},
            )
        return transition, target


def _wrong(names: Iterable[str], code: str, detail: str) -> Invalid:
    return Invalid(errors=[FieldError(code, detail, pointer=pointer_to("fields", name)) for name in names])


def _offer(
    transition: Transition[GuardContext], status: str, verb: str, previous: str | None, reason: str | None, of_two: bool
) -> AvailableAction:
    asked = ("reason",) if transition.reason_required else ()
    second, fresh = ("second_person",) if of_two else (), ("step_up",) if transition.step_up else ()
    target = transition.target or previous or status
    return AvailableAction(verb, target, reason is None, reason, (*asked, *second, *fresh), transition.fields)
