"""Declarations of interests."""

from services.membership.selection.declarations.record import Declaration
from shared.records.columns import table_of

declaration = table_of(Declaration, "member_declaration")
