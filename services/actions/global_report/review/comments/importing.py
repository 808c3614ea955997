"""Comments in imports: a row comments on blocks of a chapter. One with a number is the comment of that number, which an
import never changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.actions.access import ROLES
from services.actions.global_report.contributions.operations import comments_lock
from services.actions.global_report.contributions.participants import parts_of
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.review.comments import operations, queries
from services.actions.global_report.review.comments.operations import COMMENTS, Said
from services.actions.global_report.review.comments.queries import LISTING
from services.actions.global_report.review.comments.schemas import LINE, CommentRow, as_line
from services.actions.global_report.review.rounds.domain import takes_comments
from services.actions.global_report.review.rounds.record import ReviewRound
from shared.bulk.importable import Importable
from shared.bulk.reading import UNKNOWN_REFERENCE, Cells, RowFault
from shared.bulk.row_records import Resolved, ResolvedRow, RowRecords
from shared.bulk.rows import Columns, Entry, ParsedRow, RowFormat, Values
from shared.database.locks import lock_names
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import Conflict, Invalid
from shared.kernel.text import fold
from shared.records.access_scope import AccessScope, access_scope_for
from shared.web.contract.rows import validated

_NAMES = {"from": "first", "to": "last"}
_HEADINGS = {name: heading for heading, name in _NAMES.items()}
_NUMBERS = ("number", "first", "last", "round")
_READ = ("number", "chapter", "from", "to", "quote", "kind", "comment", "round")
"""The headings of what a row says; the others of a line are the authors' and are not read."""
_CLOSED = RowFault("round_not_open", "chapter: no open round has it in which you comment.")
_AMBIGUOUS = RowFault("not_unique", "chapter: several contributions are here; name one by its ref.")
_CHANGED = RowFault("conflict", "number: a comment is not changed by an import.")


@dataclass(frozen=True, slots=True)
class _Batch:
    """What the rows of a batch may name: for the caller's access, contributions by ref and key, open rounds, and what
    was said."""

    access: AccessScope
    contributions: Sequence[Contribution]
    rounds: Sequence[ReviewRound]
    said: Sequence[Row]

    def said_as(self, values: Values) -> Row | None:
        """The comment that a row repeats. Raises RowFault for a number that is not there, or is about something
        else."""
        chapter, number = self._of_chapter(values["chapter"]), values.get("number")
        found = [row for row in self.said if row["contribution_id"] in chapter and self._is_known(row)]
        same = [row for row in found if _content(row) == _said(values) and number in (None, row["number"])]
        if number is not None and not same:
            raise _CHANGED if any(row["number"] == number for row in found) else UNKNOWN_REFERENCE
        return same[0] if same else None

    def place_of(self, values: Values) -> tuple[Contribution, ReviewRound]:
        """Where a row comments. Raises RowFault."""
        named = self._of_chapter(values["chapter"])
        if not named:
            raise UNKNOWN_REFERENCE
        found = [
            (named[key], one)
            for one in self.rounds
            for key in one.contributions
            if key in named and values.get("round") in (None, one.number) and self._takes(named[key], one)
        ]
        if not found:
            raise _CLOSED
        if len({of.id for of, _ in found}) > 1:
            raise _AMBIGUOUS
        return found[0]

    def _takes(self, of: Contribution, named: ReviewRound) -> bool:
        return takes_comments(named, now()) and operations.may_comment(self.access, of, named)

    def _of_chapter(self, chapter: str) -> dict[UUID, Contribution]:
        return {of.id: of for of in self.contributions if chapter in (of.ref, of.outline_key)}

    def _is_known(self, row: Row) -> bool:
        return self.access.may("resolve", None, COMMENTS.record.scope_of(row))


def parsed_row(cells: Cells) -> ParsedRow:
    """The row as a comment. Raises RowFault with the code of its first fault."""
    texts = {name: cell if isinstance(cell, str) else "; ".join(cell) for name, cell in cells.items()}
    given: dict[str, Any] = {_NAMES.get(name, name): cell for name, cell in texts.items() if name in _READ}
    given |= {name: _number(_HEADINGS.get(name, name), given[name]) for name in _NUMBERS if name in given}
    values = validated(CommentRow, given, _HEADINGS)
    identity = (str(values.get("number", "")), values["chapter"], *map(str, _said(values)[:2]), fold(values["comment"]))
    return ParsedRow(identity, (), None, values)


def _number(heading: str, cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 6):
        raise RowFault("invalid_format", f"{heading}: a whole number.")
    return int(cell)


def _said(values: Values) -> tuple[int, int, str]:
    return values["first"], values.get("last") or values["first"], values["comment"]


def _content(row: Row) -> tuple[int, int, str]:
    return row["from_block"], row["to_block"], row["text"]


async def resolve(uow: UnitOfWork, rows: Sequence[Values], _is_dry: bool) -> Resolved:
    """The rows, with the columns of a new comment as `columns`, or why there is none as `fault`; the key is that of the
    comment which a row repeats."""
    actor = uow.origin.actor
    lent = await parts_of(uow.connection, actor)
    access = access_scope_for(actor.holding(*lent), ROLES, COMMENTS.resource)
    contributions = await queries.contributions_named(uow.connection, {values["chapter"] for values in rows})
    editions = sorted({of.edition_id for of in contributions})
    await lock_names(uow.connection, *map(comments_lock, editions))
    keys = [of.id for of in contributions]
    rounds, said = await queries.open_rounds(uow.connection, keys), await queries.said_about(uow.connection, keys)
    await uow.allow_record(*(one.scope_id for one in lent))
    batch = _Batch(access, contributions, rounds, said)
    numbers: dict[UUID, int] = {}
    return Resolved([await _resolved(uow, batch, values, numbers) for values in rows], {})


async def _resolved(uow: UnitOfWork, batch: _Batch, values: Values, numbers: dict[UUID, int]) -> ResolvedRow:
    try:
        known = batch.said_as(values)
        if known is not None:
            return ResolvedRow(values, (f"comment:{known['id']}",))
        return ResolvedRow({**values, "columns": await _columns(uow, batch, values, numbers)}, ())
    except RowFault as fault:
        return ResolvedRow({**values, "fault": fault}, ())


async def _columns(uow: UnitOfWork, batch: _Batch, values: Values, numbers: dict[UUID, int]) -> Columns:
    of, named = batch.place_of(values)
    first, last, text = _said(values)
    said = Said(first, last, values.get("quote"), values.get("kind", "substance"), text)
    try:
        version = await operations.place(uow.connection, of, named, said)
    except (Invalid, Conflict) as error:
        raise RowFault(error.code, error.detail) from None
    if of.edition_id not in numbers:
        numbers[of.edition_id] = await queries.next_number(uow.connection, of.edition_id)
    number, numbers[of.edition_id] = numbers[of.edition_id], numbers[of.edition_id] + 1
    columns = operations.columns_of(batch.access, of, named, said)
    return {**columns, "number": number, "on_version": version}


def enter(values: Values, _registry: bool) -> Columns:
    """The columns of a new comment. Raises RowFault for a row that makes none."""
    if "fault" in values:
        raise values["fault"]
    columns: Columns = values["columns"]
    return columns


def change(_row: Values, _values: Values) -> Columns:
    """Nothing: a row that leads to a comment repeats it."""
    return {}


def cells(row: Values, access: AccessScope) -> dict[str, str]:
    """The comment in an export, under import headings."""
    return {name: str(value) for name, value in as_line(row, access).items() if value is not None}


COMMENT_IMPORT = Importable(
    kind=COMMENTS,
    roles=ROLES,
    rows=RowFormat(LINE, parsed_row, cells),
    entry=Entry(enter, change),
    listing=LISTING,
    records=RowRecords(matches="action_comment_matches", resolve=resolve),
)
