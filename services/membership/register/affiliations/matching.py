"""Matches the texts of affiliations to institutions, in batches."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import orjson

from services.membership.access import ROLES
from services.membership.register.affiliations import queries
from services.membership.register.affiliations.changes import record_affiliation_change
from services.membership.register.affiliations.domain import NEAR_ENOUGH, SHOWN
from services.membership.register.affiliations.operations import decision
from services.membership.register.affiliations.record import Candidate
from services.membership.register.experts.tables import affiliation
from services.membership.register.institutions.matching.ranking import rank
from services.membership.register.institutions.matching.texts import Affiliation, take_apart
from services.membership.register.institutions.operations import INSTITUTIONS
from services.membership.register.institutions.queries import Institutions, MatchableInstitution
from shared.database.statements import Connection, Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import SYSTEM
from shared.records.access_scope import access_scope_for

AT_ONCE = 2500
_TEXTS_AT_ONCE = 250
_FIRST = UUID(int=0)
_MOST_CACHED = 50_000
_SYSTEM_ACCESS = access_scope_for(SYSTEM, ROLES, INSTITUTIONS.resource).reading_everything()
_STORED_COLUMNS = ("id", "match_status", "match", "match_candidates", "institution_id", "version")
_STORE = f"""
UPDATE {affiliation.fullname} a SET match_status = w.match_status, match = w.match,
    match_candidates = w.match_candidates, institution_id = w.institution_id, version = w.version, matched_at = $2,
    updated_at = CASE WHEN w.institution_id IS NULL THEN a.updated_at ELSE $2 END
FROM json_to_recordset($1::text::json) w (id uuid, match_status text, match jsonb, match_candidates jsonb,
    institution_id uuid, version integer)
WHERE a.id = w.id
"""  # noqa: S608
Text: TypeAlias = tuple[str, str]
"""The text of an affiliation, case folded, and its expert's country."""


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of a text, the best first, and the chosen one."""

    candidates: tuple[Candidate, ...] = ()
    chosen: UUID | None = None


@dataclass
class Matcher:
    """Matches affiliations in batches. Looks up each text once in its lifetime."""

    before: datetime | None = None
    """If set, checks only texts that were checked before this instant without a match."""
    after: UUID = _FIRST
    _known: dict[Text, Found] = field(default_factory=dict)
    _institutions: Institutions = field(default_factory=lambda: Institutions(_SYSTEM_ACCESS))

    async def batch(self, uow: UnitOfWork) -> int:
        """Matches up to 2,500 affiliations. Returns how many. A link is a change of its affiliation; an open question
        is not. Decisions of persons do not change."""
        rows = await queries.lock_unmatched(uow.connection, self.after, AT_ONCE, before=self.before)
        if rows:
            self.after = rows[-1]["id"]
            await self._look_up(uow.connection, {_text(row) for row in rows} - self._known.keys())
            found = [(row, self._known[_text(row)]) for row in rows]
            await _store(uow, [(row, one) for row, one in found if self.before is None or _is_news(row, one)])
        return len(rows)

    async def _look_up(self, connection: Connection, texts: set[Text]) -> None:
        if len(self._known) > _MOST_CACHED:
            self._known = {}
        if not texts:
            return
        ordered = sorted(texts)
        parts = [ordered[start : start + _TEXTS_AT_ONCE] for start in range(0, len(ordered), _TEXTS_AT_ONCE)]
        asked = await self._ask(connection, parts[0])
        for some, following in zip(parts, [*parts[1:], []], strict=True):
            matching = asyncio.create_task(asyncio.to_thread(_match_all, some, *asked))
            asked = await self._ask(connection, following)
            self._known |= dict(zip(some, await matching, strict=True))

    async def _ask(
        self, connection: Connection, texts: Sequence[Text]
    ) -> tuple[list[Affiliation], list[list[MatchableInstitution]]]:
        """The parsed texts, and the candidates of each."""
        if not texts:
            return [], []
        said = await asyncio.to_thread(_take_all_apart, texts)
        return said, await self._institutions.candidates(connection, said)


def _is_news(row: Row, found: Found) -> bool:
    return found.chosen is not None or (row["match_candidates"] or []) != list(found.candidates)


def _text(row: Row) -> Text:
    return row["raw"].casefold(), row["country"]


def _take_all_apart(texts: Sequence[Text]) -> list[Affiliation]:
    return [take_apart(text) for text, _ in texts]


def _match_all(
    texts: Sequence[Text], said: Sequence[Affiliation], found: Sequence[Sequence[MatchableInstitution]]
) -> list[Found]:
    return [_match(one, country, known) for (_, country), one, known in zip(texts, said, found, strict=True)]


def _match(said: Affiliation, country: str, found: Sequence[MatchableInstitution]) -> Found:
    """Leaves out restricted institutions, and unpublished ones of other countries than the expert's: readers of the
    affiliation may not know of them. Links only a published one without a person."""
    shown = [
        known.candidate
        for known in found
        if not known.is_restricted and (known.is_published or known.candidate.country == country)
    ]
    matches = rank(said, shown, None if said.countries else country)
    close = [match for match in matches[:SHOWN] if match.score >= NEAR_ENOUGH]
    first = close[0] if close else None
    is_sure = first and first.chosen and any(one.is_published for one in found if one.candidate is first.candidate)
    candidates: tuple[Candidate, ...] = tuple(
        {"institution_id": str(match.candidate.key), "score": match.score, "method": match.method} for match in close
    )
    return Found(candidates, first.candidate.key if first and is_sure else None)


async def _store(uow: UnitOfWork, found: Sequence[tuple[Row, Found]]) -> None:
    if not found:
        return
    at = now()
    outcomes = [_outcome(row, one, at) for row, one in found]
    stored = [{name: after[name] for name in _STORED_COLUMNS} for after in outcomes]
    await uow.connection.execute(_STORE, orjson.dumps(stored, default=str).decode(), at)
    for (before, _), after in zip(found, outcomes, strict=True):
        if after["institution_id"] is not None:
            record_affiliation_change(uow, before, "link", before, after)


def _outcome(row: Row, found: Found, at: datetime) -> dict[str, Any]:
    after = {**row, "match": None, "match_candidates": list(found.candidates) or None}
    if found.chosen is None:
        return {**after, "match_status": "open" if found.candidates else "unknown"}
    return {
        **after,
        "match_status": "linked",
        "match": {**decision(found.candidates[0], "system", at), "of_version": row["version"]},
        "institution_id": found.chosen,
        "version": row["version"] + 1,
        "updated_at": at,
    }
