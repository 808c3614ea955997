"""Offers."""

from sqlalchemy import Text, Uuid, column
from sqlalchemy import table as sql_table

from services.actions.support.offers.record import Offer
from shared.database.tables import SCHEMA
from shared.records.columns import table_of

offer = table_of(Offer, "action_offer")
request = sql_table("action_support_request", column("id", Uuid), column("status", Text), schema=SCHEMA)
"""The columns of a request that say whether its experts are at work."""
