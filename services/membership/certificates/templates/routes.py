"""Templates of certificates over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.certificates.templates import operations
from services.membership.certificates.templates.queries import LISTING
from services.membership.certificates.templates.schemas import CertificateTemplate, CertificateTemplateBody, present
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

router = record_routes(
    RecordApi(
        kind=operations.TEMPLATES,
        roles=ROLES,
        listing=LISTING,
        response_model=CertificateTemplate,
        present=present,
        bodies=Bodies(CertificateTemplateBody),
        create=operations.create,
        update=operations.update,
        steps=Steps(operations.transition),
    )
)
