"""Reading what builds are made of: the texts and figures of an issue of an edition."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.global_report.builds.domain import TAKEN
from services.actions.global_report.contributions.record import Contribution
from services.actions.global_report.contributions.tables import contribution
from services.actions.global_report.editions.domain import MOST_ISSUES
from services.actions.global_report.editions.record import Edition
from services.actions.global_report.figures.record import Figure
from services.actions.global_report.figures.tables import figure, figure_data
from services.actions.global_report.versions.tables import erratum, version
from services.actions.global_report.volumes.domain import Correction, Passage, Since, Whole, Writer
from services.actions.global_report.volumes.domain import Text as TextOf
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Row
from shared.records.access_scope import constant
from shared.records.rows import records_of

_v, _c = version.c, contribution.c
_MOST_TEXTS, _MOST_ROWS = 10_000, 200_000
"""Most contributions and figures of an edition, and most versions or authors of those."""
_PASSAGES = Lookup(
    select(contribution)
    .where(_c.edition_id == bindparam("edition", type_=Uuid), _c.status == any_(bindparam("states", type_=ARRAY(Text))))
    .order_by(_c.number)
    .limit(_MOST_TEXTS)
)
_VERSIONS = Lookup(
    select(_v.contribution_id, _v.number, _v.language, _v.translates, _v.sha256, _v.created_at)
    .where(_v.contribution_id == any_(bindparam("contributions", type_=ARRAY(Uuid))))
    .order_by(_v.contribution_id, _v.number)
    .limit(_MOST_ROWS)
)
_FIGURES = Lookup(
    select(figure)
    .where(figure.c.edition_id == bindparam("edition", type_=Uuid), figure.c.status != constant("dropped"))
    .order_by(figure.c.id)
    .limit(_MOST_TEXTS)
)
_DATA = Lookup(
    select(figure.c.key, figure_data.c.content)
    .join(figure, figure.c.id == figure_data.c.figure_id)
    .where(figure.c.edition_id == bindparam("edition", type_=Uuid), figure.c.status == constant("frozen"))
    .limit(_MOST_TEXTS)
)
_NAMES = Lookup(
    select(views.EXPERTS.c.id, views.EXPERTS.c.display_name)
    .where(views.EXPERTS.c.id == any_(bindparam("experts", type_=ARRAY(Uuid))))
    .limit(_MOST_ROWS)
)
_ERRATA = Lookup(
    select(erratum)
    .where(erratum.c.edition_id == bindparam("edition", type_=Uuid))
    .order_by(erratum.c.issue)
    .limit(MOST_ISSUES)
)


async def whole_of(
    connection: Connection, edition: Edition, kind: str, issue: int | None = None, *, has_contents: bool = True
) -> Whole:
    """What a build of an issue of an edition prints now, by default of the present one, whatever the caller may read;
    without `has_contents` without the data of figures."""
    of = edition if issue is None else replace(edition, issue=issue)
    rows = await _PASSAGES.fetch(connection, edition=edition.id, states=list(TAKEN[kind]))
    found = records_of(Contribution, rows)
    versions = await _VERSIONS.fetch(connection, contributions=[one.id for one in found])
    errata = await _ERRATA.fetch(connection, edition=edition.id)
    experts = {UUID(key) for one in found for author in one.authors if (key := author["expert_id"])}
    names = {row["id"]: row["display_name"] for row in await _NAMES.fetch(connection, experts=sorted(experts))}
    figures = records_of(Figure, await _FIGURES.fetch(connection, edition=edition.id))
    contents = await contents_of(connection, edition.id) if has_contents else {}
    passages = [_passage(one, of, _own(versions, one), _own(errata, one), names) for one in found]
    known = [one for one in passages if one is not None]
    latest = max((row["created_at"] for row in versions), default=edition.created_at)
    at = next((row["published_at"] for row in errata if row["issue"] == of.issue), edition.frozen_at or latest)
    corrected = {one.number: _corrections(_own(errata, one), of.issue) for one in found}
    corrections = {number: said for number, said in corrected.items() if said}
    since = {
        text.number: _since(text, of, _own(versions, one), _own(errata, one))
        for one, text in zip(found, passages, strict=True)
        if text is not None
    }
    return Whole(of, known, figures, contents, at, corrections, since)


async def contents_of(connection: Connection, edition: UUID) -> dict[str, str]:
    """The frozen data of the figures of an edition, by their keys."""
    return {row["key"]: row["content"] for row in await _DATA.fetch(connection, edition=edition)}


def _own(rows: Sequence[Row], of: Contribution) -> list[Row]:
    return [row for row in rows if row["contribution_id"] == of.id]


def _passage(
    of: Contribution, edition: Edition, versions: Collection[Row], errata: Sequence[Row], names: Mapping[UUID, str]
) -> Passage | None:
    """A contribution with its texts in an issue; None without one in its language."""
    later = next((row["replaces"] for row in errata if row["issue"] > edition.issue), of.published_version)
    own = [row for row in versions if row["translates"] is None and later in (None, row["number"])]
    if not own:
        return None
    present = own[-1]
    others = [row for row in versions if row["translates"] is not None and row["translates"] <= present["number"]]
    current = {row["language"]: _text(row) for row in others if row["translates"] == present["number"]}
    authors = [
        Writer(
            author["name"] or names.get(UUID(author["expert_id"] or str(UUID(int=0))), "–"),
            author["orcid"],
            author["affiliation"],
            author["roles"],
            author["corresponding"],
        )
        for author in of.authors
    ]
    return Passage(
        of.id,
        of.number,
        of.outline_key,
        of.titles,
        of.abstract,
        of.keywords,
        of.funding,
        of.conflicts,
        authors,
        _text(present),
        current,
        frozenset(row["language"] for row in others) - current.keys(),
    )


def _since(of: Passage, edition: Edition, versions: Sequence[Row], errata: Sequence[Row]) -> Since:
    """From when the present text is: the erratum that published it, else the freeze, else its version."""
    number = of.text.number
    if (published := next((row for row in errata if row["version"] == number), None)) is not None:
        return Since(published["issue"], published["published_at"])
    sent = next(row["created_at"] for row in versions if row["number"] == number)
    return Since(0, edition.frozen_at or sent)


def _corrections(rows: Sequence[Row], issue: int) -> list[Correction]:
    return [
        Correction(row["issue"], row["version"], row["severity"], row["texts"], row["published_at"].date())
        for row in rows
        if row["issue"] <= issue
    ]


def _text(row: Row) -> TextOf:
    return TextOf(row["number"], row["language"], row["sha256"])
