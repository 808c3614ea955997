"""Templates of certificates."""

from services.membership.certificates.templates.record import CertificateTemplate
from shared.records.columns import table_of

certificate_template = table_of(CertificateTemplate, "member_certificate_template")
