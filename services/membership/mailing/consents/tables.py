"""Consents."""

from services.membership.mailing.consents.record import Consent
from shared.records.columns import table_of

consent = table_of(Consent, "member_consent")
