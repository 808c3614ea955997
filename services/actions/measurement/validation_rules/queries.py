"""Reading validation rules, and the indicators that they name."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, cast, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from services.actions.measurement.indicators.record import Indicator
from services.actions.measurement.indicators.tables import indicator
from services.actions.measurement.validation_rules import domain
from services.actions.measurement.validation_rules.evaluation import ActiveRule
from services.actions.measurement.validation_rules.record import ValidationRule
from services.actions.measurement.validation_rules.tables import validation_rule
from shared.database.context import Lookup
from shared.database.statements import Connection
from shared.records.access_scope import constant
from shared.records.listing import one_of, values
from shared.records.plain import by_itself, listing
from shared.records.rows import records_of

_v = validation_rule.c
_IDS = bindparam("ids", type_=ARRAY(Uuid))
_CODES = any_(bindparam("codes", type_=ARRAY(Text)))
_MOST_NAMED, _MOST_RULES = 10_000, 5_000
RULES_LOCK = "validation rules"
"""The lock that who changes which rules are active holds, and who validates results shares: the job that follows such a
change then validates all results that were validated before it."""
LISTING = listing(
    ValidationRule,
    validation_rule,
    domain.LIFECYCLE.states,
    by_itself(validation_rule, domain.PUBLISHED),
    values("framework", _v.framework, "Codes of frameworks, separated by commas"),
    values("code", _v.code, "Codes of rules, separated by commas"),
    values("severity", _v.severity, "Severities, separated by commas", one_of(domain.SEVERITIES)),
    values("operator", _v.operator, "Operators, separated by commas", one_of(domain.OPERATORS)),
)
_NAMED = Lookup(
    select(indicator).where(or_(indicator.c.code == _CODES, cast(indicator.c.id, Text) == _CODES)).limit(_MOST_NAMED)
)
_ACTIVE = Lookup(
    select(validation_rule)
    .where(_v.status == constant("active"), _v.indicator_ids.overlap(_IDS))
    .order_by(_v.code, _v.id)
    .limit(_MOST_RULES)
)


async def indicators_named(connection: Connection, names: Collection[str]) -> list[Indicator]:
    """The indicators with these codes or ids, regardless of the caller."""
    return records_of(Indicator, await _NAMED.fetch(connection, codes=list(names)))


async def active_rules(connection: Connection, indicators: Collection[UUID]) -> list[ActiveRule]:
    """The active rules that name one of the indicators, by code, regardless of the caller; at most 5,000."""
    rows = await _ACTIVE.fetch(connection, ids=list(indicators)) if indicators else []
    return [ActiveRule.of(rule) for rule in records_of(ValidationRule, rows)]
