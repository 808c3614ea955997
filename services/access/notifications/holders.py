"""The accounts that hold a centre or another scope, for the queries of audiences."""

from typing import Any

from sqlalchemy import Select, Text, Uuid, any_, bindparam, cast, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql.elements import ColumnElement

from shared.contracts import views
from shared.records.access_scope import constant

KEYS = any_(bindparam("keys", type_=ARRAY(Uuid)))
"""The ids of the records of facts."""
ACCOUNT = constant("account")
_held, _expert, _centre = views.GRANTS, views.EXPERTS, views.CENTRES


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
