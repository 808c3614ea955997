"""Congresses."""

from services.membership.events.congresses.record import Congress
from shared.records.columns import table_of

congress = table_of(Congress, "member_congress")
