"""Erasures of experts."""

from services.membership.protection.erasures.record import Erasure
from shared.records.columns import table_of

erasure = table_of(Erasure, "member_erasure")
