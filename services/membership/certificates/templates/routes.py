"""Templates of certificates over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.certificates.templates import operations
from services.membership.certificates.templates.queries import LISTING
from services.membership.certificates.templates.schemas import CertificateTemplate, CertificateTemplateBody, present
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.TEMPLATES,
    roles=ROLES,
    listing=LISTING,
    response_model=CertificateTemplate,
    body=CertificateTemplateBody,
    present=present,
    create=operations.create,
    update=operations.update,
    transition=operations.transition,
).routes()
