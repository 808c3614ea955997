"""Indicators over HTTP: the routes of every record, from this description."""

from services.actions.access import ROLES
from services.actions.indicators import operations
from services.actions.indicators.queries import LISTING
from services.actions.indicators.schemas import Indicator, IndicatorBody, IndicatorCreate, present
from shared.web.error_mapping import register_constraint
from shared.web.records import RecordApi

register_constraint("action_indicator_code_key", "/code", "There is an indicator of this code.")
router = RecordApi(
    kind=operations.INDICATORS,
    roles=ROLES,
    listing=LISTING,
    response_model=Indicator,
    create_body=IndicatorCreate,
    body=IndicatorBody,
    present=present,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
).routes()
