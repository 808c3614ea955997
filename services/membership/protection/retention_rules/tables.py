"""Retention rules."""

from services.membership.protection.retention_rules.record import RetentionRule
from shared.records.columns import table_of

retention_rule = table_of(RetentionRule, "member_retention_rule")
