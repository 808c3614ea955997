"""Certificates over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.certificates.certificates import operations
from services.membership.certificates.certificates.queries import LISTING
from services.membership.certificates.certificates.schemas import (
    Certificate,
    CertificateBody,
    CertificateFields,
    columns,
    present,
)
from shared.web.records.hosting import with_hosted_centres
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint

register_constraint("member_certificate_living_idx", "/subject", "The holder has such a certificate already.")
register_constraint("member_certificate_paper_number_key", "/number", "Another certificate has this number.")
CERTIFICATE_API = RecordApi(
    kind=operations.CERTIFICATES,
    roles=ROLES,
    listing=LISTING,
    response_model=Certificate,
    present=present,
    bodies=Bodies(creation=CertificateBody, columns=columns),
    create=operations.create,
    steps=Steps(operations.transition, guards=operations.load_guard_context, fields=CertificateFields),
    dependency=with_hosted_centres,
)
router = record_routes(CERTIFICATE_API)
