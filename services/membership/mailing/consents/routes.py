"""Consents over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.mailing.consents import operations
from services.membership.mailing.consents.queries import LISTING
from services.membership.mailing.consents.schemas import Consent, ConsentBody, columns, present
from shared.web.records.records import RecordApi

router = RecordApi(
    kind=operations.CONSENTS,
    roles=ROLES,
    listing=LISTING,
    response_model=Consent,
    create_body=ConsentBody,
    present=present,
    create=operations.create,
    columns=columns,
    transition=operations.transition,
).routes()
