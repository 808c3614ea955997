"""The accounts that hold a centre, its file or another scope, for the queries of audiences."""

from typing import Any

from sqlalchemy import Select, Text, Uuid, and_, any_, bindparam, case, cast, null, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.contracts import views
from shared.records.access_scope import constant

KEYS = any_(bindparam("keys", type_=ARRAY(Uuid)))
"""The ids of the records of facts."""
ACCOUNT = constant("account")
OFFICE = [constant(role) for role in ("secretariat_admin", "secretariat_officer")]
"""The roles that handle files, and read internal messages."""
_held, _expert, _centre = views.GRANTS, views.EXPERTS, views.CENTRES
_clock, _reviewer = views.CLOCKS, views.REVIEWERS


def holders_over(kind: str, subject: ColumnElement[Any], source: Any, scope: ColumnElement[Any]) -> Select[Any]:
    """The accounts with a grant over the scope of this kind that belongs to the subject."""
    return (
        select(subject.label("subject"), _held.c.principal_id.label("account_id"))
        .select_from(source)
        .where(
            subject == KEYS,
            _held.c.principal_kind == ACCOUNT,
            _held.c.scope_kind == constant(kind),
            _held.c.scope_id == cast(scope, Text),
        )
    )


def director_of(subject: ColumnElement[Any], source: Any, centre: ColumnElement[Any]) -> Any:
    """The account of the centre's director, and the holders of grants over the centre."""
    of_expert = (
        select(subject.label("subject"), _expert.c.account_id)
        .select_from(source.join(_expert, _expert.c.id == _centre.c.director_id))
        .where(subject == KEYS, _expert.c.account_id.is_not(None))
    )
    return of_expert.union_all(holders_over("centre", subject, source, centre))


def owner_of_task(subject: ColumnElement[Any], source: Any) -> Any:
    """The account that owns the task of the subject, or the accounts with its role in the country. Callers check the
    regions."""
    task = views.TASKS.c
    by_account = named_in(source, task.owner_id, subject)
    covers = or_(_held.c.scope_kind.in_([constant("global"), constant("region")]), _held.c.scope_id == task.country)
    region = case((_held.c.scope_kind == constant("region"), _held.c.scope_id)).label("region")
    by_role = (
        select(subject.label("subject"), _held.c.principal_id.label("account_id"), region)
        .select_from(source.join(_held, and_(_held.c.principal_kind == ACCOUNT, _held.c.role == task.owner_role)))
        .where(subject == KEYS, covers)
    )
    return by_account.where(subject == KEYS).union_all(by_role)


def office_of(record: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
    """The accounts of the office that handles the files of a country. Callers check the regions."""
    covers = or_(_held.c.scope_kind.in_([constant("global"), constant("region")]), _held.c.scope_id == record.c.country)
    region = case((_held.c.scope_kind == constant("region"), _held.c.scope_id)).label("region")
    return (
        select(record.c.id.label("subject"), _held.c.principal_id.label("account_id"), region)
        .select_from(record.join(_held, and_(_held.c.principal_kind == ACCOUNT, _held.c.role.in_(OFFICE), covers)))
        .where(*conditions)
    )


def named_in(record: Any, account: ColumnElement[Any], subject: ColumnElement[Any] | None = None) -> Select[Any]:
    """The account that a record names, if any. The subject is the record unless it is given."""
    region, of = null().cast(Text).label("region"), record.c.id if subject is None else subject
    found = select(of.label("subject"), account.label("account_id"), region)
    return found.select_from(record).where(account.is_not(None))


_is_with_reviewers = _clock.c.holder == constant("reviewers")
_is_expected = and_(
    _reviewer.c.centre_id == _clock.c.id,
    _reviewer.c.status.in_([constant("invited"), constant("accepted")]),
    _reviewer.c.conflict_of_interest.is_not(true()),
)
_nobody_is_expected = ~select(_reviewer.c.id).where(_is_expected).exists()
_with_office = or_(_clock.c.holder == constant("secretariat"), and_(_is_with_reviewers, _nobody_is_expected))
_of_office = select(_clock).where(_clock.c.id == KEYS, _with_office).subquery()
_reviewers = (
    select(_clock.c.id.label("subject"), _expert.c.account_id, null().cast(Text).label("region"))
    .select_from(_clock.join(_reviewer, _is_expected).join(_expert, _expert.c.id == _reviewer.c.expert_id))
    .where(_clock.c.id == KEYS, _is_with_reviewers, _expert.c.account_id.is_not(None))
)
HOLDER_OF_CENTRE = named_in(_of_office, _of_office.c.assignee).union_all(
    office_of(_of_office, _of_office.c.assignee.is_(None)), _reviewers
)
"""Who has the file of a centre: the assigned officer or else the office, or the reviewers who are expected. As long as
nobody is invited to review it, the office has it."""
