"""Pairs of records that may be one."""

from services.membership.register.duplicates.record import Duplicate
from shared.records.columns import table_of

duplicate = table_of(Duplicate, "member_duplicate")
