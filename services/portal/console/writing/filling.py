"""A form of any fields: shown with its texts and faults, read into values, with the records that it names."""

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from services.portal.console.describing.fields import Field
from services.portal.console.describing.resources import kinds
from services.portal.console.forms.faults import faults_of, placed
from services.portal.console.forms.inputs import Input, all_of, inputs_of
from services.portal.console.forms.reading import Fault, as_entered, texts_in, values_of
from services.portal.console.forms.texts import Texts
from services.portal.console.frame.naming import title_of
from services.portal.console.records.reading import names_of
from services.portal.console.session.caller import Caller
from services.portal.console.session.guards import Form
from services.portal.console.writing.attaching import attached, may_attach
from services.portal.register.views import country_choices
from shared.kernel.ids import is_id
from shared.reading.api import Reply

MORE = "_more"
"""The name of a button that asks for one more row; its value is the path of the rows."""
_REF = re.compile(r"[A-Z]{2,5}-[0-9]{1,12}")
_MOST_CANDIDATES = 8
_MOST_READ = "100"
_UNKNOWN = "unknown_reference"
_OWN = "_"


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that was sent: its texts, the values that it says, and its faults. `wants_row`: the person asked for one
    more row, and for nothing else."""

    sent: Texts
    values: Mapping[str, Any]
    faults: tuple[Fault, ...] = ()
    candidates: Mapping[str, tuple[tuple[str, str], ...]] | None = None

    @property
    def more(self) -> list[str]:
        """The paths of rows that get one more."""
        return self.sent.get(MORE, [])

    @property
    def wants_row(self) -> bool:
        return bool(self.more)

    def own(self, name: str) -> str:
        """A value of the form that is not one of its fields, such as the version that it was made for."""
        return next(iter(self.sent.get(f"{_OWN}{name}", [])), "")

    def refused(self, reply: Reply, below: str = "") -> "Filled":
        """The form with what the API says is wrong with it."""
        faults = (as_entered(fault, self.sent) for fault in faults_of(reply.document, below=below))
        return replace(self, faults=tuple(faults))


async def filled(caller: Caller, fields: Sequence[Field], form: Form, about: Mapping[str, Any] | None = None) -> Filled:
    """A submitted form with the ids of the records that it names. Its files become evidence of the country of the form,
    or of the record that it is `about`."""
    sent = texts_in(form.multi_items())
    resolved, wrong, candidates = await _resolved(caller, fields, sent)
    said = about or {name: texts[-1] for name, texts in resolved.items()}
    if form.files and not said.get("country"):
        said = {**said, "country": await _country_of(caller, fields, said)}
    files, unsent = await attached(caller, fields, sent, form.files, said)
    sent |= files
    values, faults = values_of(fields, {**resolved, **files})
    return Filled(sent, values, (*unsent, *wrong, *faults), candidates)


async def inputs_for(caller: Caller, fields: Sequence[Field], shown: Filled) -> list[Input]:
    """The inputs of a form. What is named by an id is shown by its ref, with its title."""
    made = inputs_of(fields, shown.sent, shown.faults, shown.more)
    references = {
        (one.field.refers, one.text) for each in made for one in all_of(each) if one.field.refers and one.text
    }
    names = await names_of(caller, ((path, text) for path, text in references if path and "\n" not in text))
    candidates = shown.candidates or {}

    def named(one: Input) -> Input:
        name = names.get((one.field.refers or "", one.text))
        return replace(
            one,
            text=name.ref if name else one.text,
            named=name.title if name else "",
            candidates=candidates.get(one.path, ()),
            parts=tuple(named(part) for part in one.parts),
            rows=tuple(tuple(named(part) for part in row) for row in one.rows),
        )

    return [named(each) for each in made]


async def form_values(
    caller: Caller, fields: Sequence[Field], given: Filled, refused: Mapping[str, Any]
) -> dict[str, Any]:
    """What the template of a form shows: its inputs, what is wrong with them, and why the API refused it."""
    made = await inputs_for(caller, fields, given)
    sends_files = any(one.field.kind == "file" for one in made) or await may_attach(caller, made)
    language, settings = caller.language, caller.request.app.state.settings
    return {
        "status": 422 if given.faults else 200,
        "failure": "",
        "request_id": "",
        **refused,
        "inputs": made,
        "sends_files": sends_files,
        "faults": given.faults,
        "unplaced": unplaced(made, given.faults),
        "countries": partial(country_choices, language, fictional=settings.fictional_countries),
    }


def unplaced(made: Sequence[Input], faults: Sequence[Fault]) -> list[Fault]:
    """The faults that no input of the form shows."""
    paths = {one.path.removesuffix("!") for each in made for one in all_of(each)}
    return placed(faults, paths).get("", [])


async def _resolved(
    caller: Caller, fields: Sequence[Field], sent: Texts
) -> tuple[Texts, list[Fault], dict[str, tuple[tuple[str, str], ...]]]:
    """The texts with ids in place of refs and names of records."""
    asked = [
        (one.path, refers, line.strip())
        for each in inputs_of(fields, sent)
        for one in all_of(each)
        if one.field.kind in ("reference", "lines") and (refers := one.field.refers or _line_refers(one.field))
        for line in one.text.split("\n")
        if line.strip() and not is_id(line.strip())
    ]
    found = await asyncio.gather(*(_matches(caller, refers, text) for _, refers, text in asked))
    resolved, faults, candidates = dict(sent), [], {}
    for (path, _, text), matches in zip(asked, found, strict=True):
        if len(matches) == 1:
            lines = "\n".join(resolved[path]).split("\n")
            resolved[path] = ["\n".join(matches[0][0] if line.strip() == text else line for line in lines)]
        else:
            faults.append(Fault(path, _UNKNOWN))
            resolved[path] = [""]
            candidates[path] = tuple(matches)
    return resolved, faults, candidates


async def _country_of(caller: Caller, fields: Sequence[Field], said: Mapping[str, Any]) -> str | None:
    """The country of the first record that a form names and that has one."""
    named = [(field.refers, key) for field in fields if field.refers and is_id(key := str(said.get(field.name, "")))]
    for path, key in named:
        reply = await caller.get(f"{path}/{key}")
        if reply.status_code == 200 and reply.document.get("country"):
            return str(reply.document["country"])
    return None


def _line_refers(field: Field) -> str | None:
    return field.parts[0].refers if field.kind == "lines" and field.parts else None


async def _matches(caller: Caller, path: str, text: str) -> list[tuple[str, str]]:
    """The ids and titles of the records that a text may mean: by ref, else by a part of a name. Lists that do not
    search by a name are short."""
    if _REF.fullmatch(text.upper()):
        reply = await caller.get(f"{path}/{text.upper()}")
        return [(str(reply.document["id"]), text)] if reply.status_code == 200 else []
    searches = path not in kinds() or any(field.name == "q" for field in kinds()[path].filters)
    reply = await caller.get(path, {"q": text, "limit": str(_MOST_CANDIDATES)} if searches else {"limit": _MOST_READ})
    items = reply.document.get("items", []) if reply.status_code == 200 else []
    named = [(str(one["id"]), f"{title_of(one, caller.language)} ({one.get('ref', '')})") for one in items]
    fitting = named if searches else [one for one in named if text.casefold() in one[1].casefold()]
    return fitting[:_MOST_CANDIDATES]


def own_fields(**values: str) -> Iterator[tuple[str, str]]:
    """What a form carries besides its fields, without what is empty."""
    return ((f"{_OWN}{name}", value) for name, value in values.items() if value)
