"""The steps of a record as forms within another page, which they lead back to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from services.portal.console.describing.fields import Field
from services.portal.console.describing.labels import state_label, verb_label, verb_meaning
from services.portal.console.forms.inputs import Input
from services.portal.console.records.reading import Found, Step
from services.portal.console.session.caller import Caller
from services.portal.console.writing.filling import Filled, inputs_for, own_fields
from services.portal.console.writing.stepping import fields_of


@dataclass(frozen=True, slots=True)
class Panel:
    """A form: where it is sent, what it takes, and what it does."""

    title: str
    action: str
    inputs: tuple[Input, ...]
    own: tuple[tuple[str, str], ...]
    meaning: str = ""
    effect: tuple[str, str] | None = None
    requires: tuple[str, ...] = ()


async def step_panels(caller: Caller, found: Found, to: str) -> list[Panel]:
    """The steps that the caller may take now."""
    return [await _step_panel(caller, found, step, to) for step in found.steps if step.allowed]


async def _step_panel(caller: Caller, found: Found, step: Step, to: str) -> Panel:
    name, status = found.kind.name, str(found.record["status"])
    return Panel(
        verb_label(step.verb, name, caller.language),
        f"{found.page}/do/{step.verb}",
        await scoped(caller, fields_of(step), f"{step.verb}-{found.record['ref']}-"),
        tuple(own_fields(etag=found.etag, to=to)),
        verb_meaning(step.verb, name),
        None
        if step.to == status
        else (state_label(status, name, caller.language), state_label(step.to, name, caller.language)),
        step.requires,
    )


async def scoped(caller: Caller, fields: Sequence[Field], scope: str, texts: Any = None) -> tuple[Input, ...]:
    """The inputs of a blank form, or one with these texts, with ids of their own in the page."""
    return tuple(_scoped(each, scope) for each in await inputs_for(caller, fields, Filled(texts or {}, {})))


def _scoped(one: Input, scope: str) -> Input:
    return replace(
        one,
        scope=scope,
        parts=tuple(_scoped(part, scope) for part in one.parts),
        rows=tuple(tuple(_scoped(part, scope) for part in row) for row in one.rows),
    )
