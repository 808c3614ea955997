"""Finds the records that the rows of results and targets name, and whether they may be written now."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from uuid import UUID

from services.actions.classification.codes import queries as codes
from services.actions.exchange.result_sheets import queries
from services.actions.exchange.result_sheets.domain import ByName, Names, Place, Subject
from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.periods.domain import entry_refusal
from services.actions.measurement.periods.record import Period
from services.actions.measurement.subjects.domain import codes_of_schemes
from shared.bulk.importable import IMPORT
from shared.bulk.reading import UNKNOWN_REFERENCE, RowFault
from shared.bulk.rows import Values
from shared.database.statements import Connection
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import today
from shared.kernel.errors import Invalid
from shared.records.access_scope import AccessScope
from shared.records.documents import with_digests
from shared.records.record import Document

T = TypeVar("T")
_ONE_SUBJECT = RowFault("one_subject", "A country, or one of its actions or centres.")
_REFUSALS = {
    code: RowFault(code, "period: no results of the period are entered now.")
    for code in ("period_not_open", "period_closed", "period_locked")
}
_NOT_ACTIVE = RowFault("indicator_not_active", "indicator: the indicator is not active.")


@dataclass(frozen=True, slots=True)
class Named:
    """The records that rows name, as far as the caller may know of them."""

    access: AccessScope
    indicators: ByName[Indicator]
    periods: ByName[Period]
    actions: ByName[Place]
    centres: ByName[Place]
    extended: Mapping[tuple[UUID, str], date]

    def subject_of(self, names: Names) -> Subject:
        """What a row is about. Raises RowFault."""
        place, action_id, centre_id = None, None, None
        if names.action and names.centre:
            raise _ONE_SUBJECT
        if names.action:
            place = _only(self.actions.get(names.action), "action")
            action_id = place.id
        elif names.centre:
            place = _only(self.centres.get(names.centre), "centre")
            centre_id = place.id
        country = place.country if place else names.country
        if country is None or names.country not in (None, country):
            raise _ONE_SUBJECT
        if not self.access.may(IMPORT, country, centre_id):
            raise RowFault("country_forbidden", "Your grants do not cover this country.")
        of = self._indicator(names.indicator, country)
        if of.reported_by != ("action" if action_id else "centre" if centre_id else "country"):
            raise RowFault("subject_mismatch", "indicator: another kind of subject reports it.")
        return Subject(of, country, action_id, centre_id, self._period(names.period, of) if names.period else None)

    def refusal(self, period: Period, country: str) -> RowFault | None:
        """Why no results of a country are entered in a period now."""
        code = entry_refusal(period, self.extended.get((period.id, country)), today())
        return _REFUSALS[code] if code else None

    def _indicator(self, name: str, country: str) -> Indicator:
        found = self.indicators.get(name)
        own = [one for one in found if one.country == country]
        of = _only(own or [one for one in found if one.country is None], "indicator")
        if of.status != "active":
            raise _NOT_ACTIVE
        return of

    def _period(self, name: str, of: Indicator) -> Period:
        found = self.periods.get(name)
        fitting = [one for one in found if of.framework in (None, one.framework)]
        if found and not fitting:
            raise RowFault("period_mismatch", "period: the period is of another framework.")
        return _only(fitting, "period")


def _only(found: Collection[T], heading: str) -> T:
    if len(found) != 1:
        what = "several records have this code; give the id." if found else "there is none that you know of."
        raise RowFault(UNKNOWN_REFERENCE.code, f"{heading}: {what}")
    return next(iter(found))


async def find_named(connection: Connection, access: AccessScope, rows: Collection[Names]) -> Named:
    """The records that these rows name."""
    principal = access.principal
    indicators = await queries.indicators_named(connection, principal, {one.indicator for one in rows})
    codes = {one.period for one in rows if one.period}
    periods = await queries.periods_named(connection, codes)
    found = {period.id for code in codes for period in periods.get(code)}
    return Named(
        access,
        indicators,
        periods,
        await queries.actions_named(connection, principal, {one.action for one in rows if one.action}),
        await queries.centres_named(connection, principal, {one.centre for one in rows if one.centre}),
        await queries.extensions_of(connection, found),
    )


async def unknown_codes(connection: Connection, named: Named, rows: Sequence[Values]) -> set[tuple[str, str]]:
    """The schemes with codes in the dimensions of these rows that their current edition lacks."""
    given = {
        code
        for values in rows
        for of in named.indicators.get(values["indicator"])
        for _, _, code in codes_of_schemes([values.get("dimensions") or {}], of)
    }
    return await codes.unknown(connection, given) if given else set()


async def documents_of(uow: UnitOfWork, keys: Iterable[UUID]) -> Mapping[UUID, Document | RowFault]:
    """The documents that name these files of evidence, with their digests, or why a file is not referred to."""
    wanted = list(dict.fromkeys(keys))
    found: dict[UUID, Document | RowFault] = {}
    files = await queries.files_of(uow.connection, wanted) if wanted else {}
    while wanted:
        try:
            documents = await with_digests(uow, {f"/{key}": {"evidence_id": str(key)} for key in wanted})
        except Invalid as error:
            faults = {UUID(fault.pointer.split("/")[1]): fault for fault in error.errors if fault.pointer}
            found |= {key: RowFault(one.code, f"evidence_id: {one.detail}") for key, one in faults.items()}
            wanted = [key for key in wanted if key not in faults]
            continue
        for key, document in zip(wanted, documents, strict=True):
            file = files[key]
            day = (file["date"] or file["created_at"].date()).isoformat()
            found[key] = {**(document or {}), "title": file["title"], "date": day, "url": None}
        break
    return found


async def refused(connection: Connection, rows: Collection[Subject], *, in_time: bool) -> Mapping[int, RowFault]:
    """By index, the rows whose indicator is no longer active or, if they are entered `in_time`, whose period no longer
    admits them. Both stay as they are until the transaction ends."""
    indicators = await queries.lock_indicators(connection, {one.indicator.id for one in rows})
    keys = {one.period.id for one in rows if one.period} if in_time else set()
    periods = await queries.lock_periods(connection, keys)
    extended, day = await queries.extensions_of(connection, keys), today()
    found: dict[int, RowFault] = {}
    for place, one in enumerate(rows):
        of = indicators.get(one.indicator.id)
        if of is None or of.status != "active":
            found[place] = _NOT_ACTIVE
        elif one.period is not None and in_time:
            code = entry_refusal(periods[one.period.id], extended.get((one.period.id, one.country)), day)
            if code:
                found[place] = _REFUSALS[code]
    return found
