"""Notices."""

from services.membership.register.notices.record import Notice
from shared.records.columns import table_of

notice = table_of(Notice, "member_notice")
