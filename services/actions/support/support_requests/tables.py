"""Requests for support."""

from services.actions.support.support_requests.record import SupportRequest
from shared.records.columns import table_of

support_request = table_of(SupportRequest, "action_support_request")
