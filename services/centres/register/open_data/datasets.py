"""The datasets of centres: the present register, and committees."""

from typing import Any

from sqlalchemy import Text, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by, distinct_on
from sqlalchemy.sql.elements import ColumnElement

from services.centres.access import ROLES
from services.centres.committees.committees import domain as committees
from services.centres.committees.committees.record import Committee
from services.centres.committees.committees.tables import committee
from services.centres.register.register.domain import SHOWN
from services.centres.register.register.tables import entry
from shared.contracts import views
from shared.open_data.datasets import Columns, Dataset, dataset_of, if_public, is_public, term_kinds
from shared.open_data.domain import Linked
from shared.open_data.queries import OpenData
from shared.records.access_scope import constant
from shared.records.references import NAMED_INSTITUTIONS

_NONE = cast(literal_column("'{}'"), ARRAY(Text))
_TEXTS, _DOCUMENTS = ("id", "unit", "website"), ("names", "host", "term", "themes", "position", "successor")


def _register() -> Dataset:
    """What the register shows now, without directors: a dated copy would keep names of people who are erased later."""
    of = (entry.c.country, entry.c.registration_number)
    latest = select(*of, entry.c.position, entry.c.status, entry.c.shown).ext(distinct_on(*of))
    found = latest.order_by(*of, entry.c.recorded_on.desc(), entry.c.position.desc()).subquery("latest")
    shown = found.c.shown
    columns: Columns = {
        **{name: shown[name].astext.label(name) for name in _TEXTS},
        "registration_number": found.c.registration_number,
        "country": found.c.country,
        "status": found.c.status,
        **{name: shown[name].label(name) for name in _DOCUMENTS},
    }
    return Dataset(
        name="register",
        title="Register of centres",
        description="The centres that were designated, with their host, term, themes and position, also former ones.",
        columns=columns,
        where=found.c.status.in_([constant(status) for status in sorted(SHOWN)]),
        order=(found.c.country, found.c.registration_number),
        state=(found.c.registration_number, found.c.position),
        country=found.c.country,
        linked=Linked("schema:ResearchOrganization", "/centres/v1/centres", term_kinds(columns, {"names"}, ())),
    )


def _public_partners() -> ColumnElement[Any]:
    """The institutions that work with a committee and are public."""
    named = views.INSTITUTIONS.alias("partner")
    ids = func.array_agg(aggregate_order_by(cast(named.c.id, Text), named.c.id), type_=ARRAY(Text))
    found = select(func.coalesce(ids, _NONE))
    found = found.where(
        named.c.id == func.any(committee.c.partner_institution_ids), is_public(named, NAMED_INSTITUTIONS.published)
    )
    return found.correlate(committee).scalar_subquery().label("partner_institution_ids")


_COMMITTEES = dataset_of(
    Committee,
    committee,
    "National committees",
    "The recognised committee of each country, with its host and its rules.",
    "schema:Organization",
    is_public(committee, committees.PUBLISHED),
    host_institution_id=if_public(committee.c.host_institution_id, views.INSTITUTIONS, NAMED_INSTITUTIONS.published),
    partner_institution_ids=_public_partners(),
)
PUBLISHED = OpenData("centres", ROLES, (_register(), _COMMITTEES))
