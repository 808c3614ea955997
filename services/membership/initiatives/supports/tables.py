"""Supports."""

from services.membership.initiatives.supports.record import Support
from shared.records.columns import table_of

support = table_of(Support, "member_support")
