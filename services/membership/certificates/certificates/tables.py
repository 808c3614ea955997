"""Certificates."""

from services.membership.certificates.certificates.record import Certificate
from shared.records.columns import table_of

certificate = table_of(Certificate, "member_certificate")
