"""What a template shows of a form: each field with its texts, its choices and what is wrong with it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from services.portal.console.describing.fields import EVIDENCE_FIELD, Field
from services.portal.console.forms.faults import placed
from services.portal.console.forms.reading import Fault, filled_rows, rows_in
from services.portal.console.forms.texts import AS_JSON, Texts
from shared.kernel.text import LANGUAGES

BLANK_ROWS = 3
"""How many rows a form has below those that are filled in."""


@dataclass(frozen=True, slots=True)
class Input:
    """An input, or a group of them. `parts` are those of a group, or one for each language; `rows` those of each row,
    of which the first `opened` are seen at once and the others are blank. `named` is what a reference names at present;
    `candidates` are the records that a text may mean. `scope` tells its ids from those of other forms of the page.
    `is_needed`: no form without it is right, since all that it is part of is required too."""

    field: Field
    path: str
    text: str = ""
    chosen: tuple[str, ...] = ()
    parts: tuple["Input", ...] = ()
    rows: tuple[tuple["Input", ...], ...] = ()
    opened: int = 0
    is_needed: bool = False
    faults: tuple[Fault, ...] = ()
    named: str = ""
    candidates: tuple[tuple[str, str], ...] = ()
    scope: str = ""

    @property
    def is_json(self) -> bool:
        """Whether its text is JSON."""
        return self.path.endswith(AS_JSON)

    @property
    def key(self) -> str:
        """Its id in the page."""
        return f"f-{self.scope}" + self.path.replace(".", "-").replace(AS_JSON, "-json")


def inputs_of(
    fields: Sequence[Field], sent: Texts, faults: Sequence[Fault] = (), more: Sequence[str] = ()
) -> list[Input]:
    """The inputs of a form with these texts. `more` are the paths of rows that get one more blank row."""
    made = [_input(field, field.name, sent, more, is_within=True) for field in fields]
    paths = {each.path.removesuffix(AS_JSON) for one in made for each in all_of(one)}
    return [_with_faults(each, placed(faults, paths)) for each in made]


def all_of(one: Input) -> Iterator[Input]:
    """An input and all inputs in it."""
    yield one
    for part in (*one.parts, *(part for row in one.rows for part in row)):
        yield from all_of(part)


def _input(field: Field, path: str, sent: Texts, more: Sequence[str], *, is_within: bool = False) -> Input:
    """`is_within`: what it is part of is required."""
    as_json, is_needed = f"{path}{AS_JSON}", is_within and field.is_required and field.name != EVIDENCE_FIELD
    if as_json in sent or field.kind == "json":
        return Input(field, as_json, sent.get(as_json, [""])[-1], is_needed=is_needed)
    if field.kind == "group":
        return Input(field, path, parts=_parts(field, path, sent, more, is_within=is_needed))
    if field.kind in ("rows", "pairs"):
        return _rows(field, path, sent, more, is_within=is_needed)
    if field.kind == "multilingual":
        tags = dict.fromkeys(
            (*LANGUAGES, *(name.removeprefix(f"{path}.") for name in sent if name.startswith(f"{path}.")))
        )
        kind = field.parts[0].kind if field.parts else "text"
        part = replace(field.parts[0] if field.parts else field, kind=kind, is_required=False)
        return Input(
            field, path, parts=tuple(_input(replace(part, name=tag), f"{path}.{tag}", sent, more) for tag in tags)
        )
    texts = sent.get(path, [])
    text = "\n".join(texts) if field.kind == "lines" else next(iter(texts[-1:]), "")
    return Input(field, path, text, tuple(texts), is_needed=is_needed)


def _rows(field: Field, path: str, sent: Texts, more: Sequence[str], *, is_within: bool) -> Input:
    filled = max(filled_rows(path, sent), default=-1) + 1
    blank = BLANK_ROWS if _is_flat(field, path) else 0
    wanted = rows_in(path, sent) + max(blank, 1) if path in more else filled + blank
    opened = max(wanted if path in more else filled, 1 if field.is_required else 0)
    rows = [
        _parts(field, f"{path}.{number}", sent, more, is_within=is_within and number == 0)
        for number in range(max(wanted, opened))
    ]
    return Input(field, path, rows=tuple(rows), opened=opened)


def _is_flat(field: Field, path: str) -> bool:
    """Whether rows have no parts with parts of their own, and are in no other row: others would be too many."""
    is_in_row = any(step.isdecimal() for step in path.split("."))
    return not is_in_row and all(part.kind not in ("rows", "pairs", "group", "json") for part in field.parts)


def _parts(field: Field, prefix: str, sent: Texts, more: Sequence[str], *, is_within: bool) -> tuple[Input, ...]:
    return tuple(_input(part, f"{prefix}.{part.name}", sent, more, is_within=is_within) for part in field.parts)


def _with_faults(one: Input, found: Mapping[str, list[Fault]]) -> Input:
    return replace(
        one,
        faults=tuple(found.get(one.path.removesuffix(AS_JSON), ())),
        parts=tuple(_with_faults(part, found) for part in one.parts),
        rows=tuple(tuple(_with_faults(part, found) for part in row) for row in one.rows),
    )
