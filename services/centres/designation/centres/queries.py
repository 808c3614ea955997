"""Reading centres, and the inputs of their guards."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Date,
    Integer,
    Interval,
    Text,
    Uuid,
    and_,
    bindparam,
    cast,
    column,
    exists,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.sql.elements import ColumnElement

from services.centres.access import APPLICANTS
from services.centres.designation.centres.clock import APPLICANT, Arrived
from services.centres.designation.centres.domain import (
    ENDORSEMENT_LEVEL,
    LIFECYCLE,
    PUBLISHED,
    RED_REPORTS,
    RENEWAL_MONTHS,
)
from services.centres.designation.centres.record import Centre, Term
from services.centres.designation.centres.tables import centre, term
from services.centres.reporting.annual_reports.domain import OPEN
from services.centres.reporting.annual_reports.tables import annual_report
from shared.contracts import views
from shared.database.context import Lookup
from shared.database.statements import Connection, Statement
from shared.database.tables import Instant
from shared.records.access_scope import constant
from shared.records.listing import Extras
from shared.records.next_steps import TODAY, NextStep, NextSteps
from shared.records.plain import by_itself, listing
from shared.records.reminding import is_due, latest_of, taking
from shared.records.rows import record_of, records_of

_MOST_REMINDED = 2_500
_country = bindparam("country", type_=Text)
_counts = func.escm.centre_designation_inputs(bindparam("centre", type_=Uuid)).table_valued(
    column("reviews", Integer), column("favourable", Integer), column("agreed", Boolean)
)
_consent = func.escm.centre_consent(_country).table_valued(column("endorsement", Uuid), column("level", Integer))
_DESIGNATION_INPUTS = Statement(
    select(*_counts.c, _consent.c.endorsement, _consent.c.level).select_from(_counts.outerjoin(_consent, true()))
)
_CONSENT = Statement(select(_consent.c.endorsement, _consent.c.level))
_NEXT = Statement(select(func.escm.centre_next_serial(_country)))
_one = select(centre).where(centre.c.id == bindparam("centre"))
_ONE, _LOCK = Statement(_one), Statement(_one.with_for_update(key_share=True))
_AWAITING = Statement(
    select(centre.c.id)
    .where(centre.c.country == _country, centre.c.status == "awaiting_agreement")
    .order_by(centre.c.id)
)
_CURRENT_TERM = Statement(
    select(term).where(term.c.centre_id == bindparam("centre"), term.c.status == "current").with_for_update()
)
_decision = views.DECISIONS.c
_DECISION = Lookup(
    select(_decision.status).where(_decision.id == bindparam("key", type_=Uuid), _decision.country == _country).limit(1)
)
_TERMS_OF_COUNTRY = Statement(
    select(term)
    .where(term.c.country == _country, term.c.status == "current", term.c.waiver.is_(None))
    .order_by(term.c.id)
    .with_for_update()
)
_in_term = [constant(status) for status in ("active", "renewal_due", "renewal_review", "suspended")]


def _months_before_end(months: int) -> ColumnElement[Any]:
    return cast(centre.c.term_ends - cast(literal_column(f"'{months} months'"), Interval), Date)


_renewal_opens = _months_before_end(RENEWAL_MONTHS[0])
_DUE = Statement(
    select(centre)
    .where(
        or_(
            and_(centre.c.status == "active", _renewal_opens <= TODAY),
            and_(centre.c.status.in_(_in_term), centre.c.term_ends < TODAY),
        )
    )
    .order_by(centre.c.id)
    .limit(200)
    .with_for_update()
)


_OVERDUE = Statement(
    select(centre)
    .where(
        centre.c.clock_target < bindparam("at", type_=Instant),
        ~centre.c.clock_announced,
        centre.c.clock_holder != constant(APPLICANT),
    )
    .order_by(centre.c.clock_target, centre.c.id)
    .limit(200)
    .with_for_update(skip_locked=True)
)
_of_current_term = (term.c.centre_id == centre.c.id, term.c.status == constant("current"))
_is_red = (annual_report.c.term_id == term.c.id, annual_report.c.announced == constant("red"))
_planned = latest_of([_months_before_end(months) for months in RENEWAL_MONTHS])
_is_in_term = centre.c.status.in_([constant("active"), constant("renewal_due")])
_TAKE_REMINDED = taking(centre, _planned, _is_in_term, is_due(_planned), most=_MOST_REMINDED)
_review_passed = centre.c.review_by + 1
_TAKE_UNREVIEWED = taking(
    centre,
    _review_passed,
    centre.c.status == constant("suspended"),
    _review_passed <= TODAY,
    most=_MOST_REMINDED,
)
_LATE = Statement(
    select(centre)
    .where(
        centre.c.status.in_([constant(status) for status in sorted(PUBLISHED)]),
        select(func.count(annual_report.c.id))
        .where(*_of_current_term, *_is_red, term.c.suspension_proposed_on.is_(None))
        .scalar_subquery()
        >= RED_REPORTS,
    )
    .order_by(centre.c.id)
    .limit(200)
    .with_for_update(skip_locked=True)
)


@dataclass(frozen=True, slots=True)
class DesignationInputs:
    """Reviewers without a conflict of interest, those of them who are favourable, whether a host agreement is in force,
    and the valid endorsement of the highest level."""

    reviews: int
    favourable: int
    agreed: bool
    endorsement: UUID | None
    level: int

    @property
    def arrived(self) -> Arrived:
        """What the file waits for and has arrived."""
        return Arrived(self.reviews, self.agreed, self.level >= ENDORSEMENT_LEVEL)


_proposed = exists().where(
    *_of_current_term,
    *_is_red,
    term.c.suspension_proposed_on.is_not(None),
    annual_report.c.status.in_([constant(status) for status in OPEN]),
)
NEXT_STEPS = NextSteps(
    "centres.centres",
    centre,
    (
        NextStep("draft", "submit", among=APPLICANTS),
        NextStep("info_requested", "resubmit", among=APPLICANTS),
        NextStep("renewal_due", "submit_renewal", among=APPLICANTS),
        NextStep("submitted", "accept_complete", centre.c.assignee),
        NextStep("under_review", "recommend", centre.c.assignee),
        NextStep("awaiting_agreement", "designate", centre.c.assignee),
        NextStep("renewal_review", "renew", centre.c.assignee),
        *(NextStep(status, "suspend", only=_proposed) for status in sorted(PUBLISHED)),
    ),
)
LISTING = listing(
    Centre,
    centre,
    LIFECYCLE.states,
    by_itself(centre, PUBLISHED),
    NEXT_STEPS.holder,
)
_host, _director = views.INSTITUTIONS.c, views.EXPERTS.c
_named = func.jsonb_build_object(
    constant("host"),
    select(_host.ref).where(_host.id == centre.c.host_institution_id).scalar_subquery(),
    constant("director"),
    select(_director.ref).where(_director.id == centre.c.director_id).scalar_subquery(),
)
EXPORTED = replace(LISTING, extras=Extras({"named": cast(_named, Text).label("named")}))
"""The list with the refs of hosts and directors that the caller may know of."""


async def centre_of(connection: Connection, key: UUID) -> Centre | None:
    """The centre within the connection's context."""
    row = await _ONE.fetchrow(connection, centre=key)
    return record_of(Centre, row) if row else None


async def lock_centre(connection: Connection, key: UUID) -> Centre | None:
    """The same, locked; rows that refer to the centre can be inserted meanwhile, so that parallel ones do not wait for
    each other."""
    row = await _LOCK.fetchrow(connection, centre=key)
    return record_of(Centre, row) if row else None


async def awaiting_agreement(connection: Connection, country: str) -> list[UUID]:
    """The country's centres that wait for an agreement or an endorsement."""
    return [row["id"] for row in await _AWAITING.fetch(connection, country=country)]


async def designation_inputs(connection: Connection, key: UUID, country: str) -> DesignationInputs:
    """The inputs of a centre's designation today, regardless of the caller."""
    rows = await _DESIGNATION_INPUTS.fetch(connection, centre=key, country=country)
    row = rows[0]
    return DesignationInputs(row["reviews"], row["favourable"], row["agreed"], row["endorsement"], row["level"] or 0)


async def consent_level(connection: Connection, country: str) -> int:
    """The highest level of the country's verified endorsements that are valid today; 0 without one."""
    row = await _CONSENT.fetchrow(connection, country=country)
    return row["level"] if row else 0


async def state_of_decision(connection: Connection, key: UUID, country: str) -> str | None:
    """The state of a decision of a committee of this country, regardless of the caller; None if there is no such
    one."""
    found: str | None = await _DECISION.fetchval(connection, key=key, country=country)
    return found


async def next_serial(connection: Connection, country: str) -> int:
    """The number under which the country's next centre is registered. Parallel calls wait until this transaction
    ends."""
    found: int = await _NEXT.fetchval(connection, country=country)
    return found


async def lock_current_term(connection: Connection, key: UUID) -> Term | None:
    """The centre's current term, locked."""
    row = await _CURRENT_TERM.fetchrow(connection, centre=key)
    return record_of(Term, row) if row else None


async def lock_endorsed_terms(connection: Connection, country: str) -> list[Term]:
    """The country's current terms with an endorsement, locked."""
    return records_of(Term, await _TERMS_OF_COUNTRY.fetch(connection, country=country))


async def lock_due(connection: Connection, today: date) -> list[Centre]:
    """Centres whose renewal is due or whose term has ended, locked; at most 200."""
    return records_of(Centre, await _DUE.fetch(connection, today=today))


async def lock_overdue(connection: Connection, at: datetime) -> list[Centre]:
    """Centres whose target has passed without a fact, locked; at most 200. Skips those that another transaction
    locks."""
    return records_of(Centre, await _OVERDUE.fetch(connection, at=at))


async def lock_late(connection: Connection) -> list[Centre]:
    """Centres with two very late reports in their current term, and no proposal to suspend them in it, locked; at most
    200. Skips those that another transaction locks."""
    return records_of(Centre, await _LATE.fetch(connection))


async def take_reminded(connection: Connection, today: date) -> list[Centre]:
    """Marks up to 2,500 centres that are to be reminded of their renewal today, and returns them. Skips those that
    another transaction locks. Their versions stay."""
    return records_of(Centre, await _TAKE_REMINDED.fetch(connection, today=today))


async def take_unreviewed(connection: Connection, today: date) -> list[Centre]:
    """Marks up to 2,500 suspended centres whose review should have been made before today, and returns them, each once.
    Skips those that another transaction locks. Their versions stay."""
    return records_of(Centre, await _TAKE_UNREVIEWED.fetch(connection, today=today))
