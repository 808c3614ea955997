"""Consents over HTTP: the routes of every record, from this description."""

from services.membership.access import ROLES
from services.membership.mailing.consents import operations
from services.membership.mailing.consents.queries import LISTING
from services.membership.mailing.consents.schemas import Consent, ConsentBody, columns, present
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps

router = record_routes(
    RecordApi(
        kind=operations.CONSENTS,
        roles=ROLES,
        listing=LISTING,
        response_model=Consent,
        present=present,
        bodies=Bodies(creation=ConsentBody, columns=columns),
        create=operations.create,
        steps=Steps(operations.transition),
    )
)
