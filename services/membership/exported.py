"""The lists of membership that are exported and not imported."""

from services.membership.access import ROLES
from services.membership.certificates.certificates import queries as certificates
from services.membership.certificates.certificates import schemas as certificate
from services.membership.certificates.certificates.operations import CERTIFICATES
from services.membership.events.congresses import queries as congresses
from services.membership.events.congresses import schemas as congress
from services.membership.events.congresses.operations import CONGRESSES
from services.membership.initiatives.initiatives import queries as initiatives
from services.membership.initiatives.initiatives import schemas as initiative
from services.membership.initiatives.initiatives.operations import INITIATIVES
from services.membership.selection.calls import queries as calls
from services.membership.selection.calls import schemas as call
from services.membership.selection.calls.operations import CALLS
from services.membership.selection.nominations import queries as nominations
from services.membership.selection.nominations import schemas as nomination
from services.membership.selection.nominations.operations import NOMINATIONS
from shared.bulk.exported_list import ExportedList

EXPORTED = tuple(
    ExportedList(kind.resource, ROLES, listing, response.model_fields, present)
    for kind, listing, response, present in (
        (CALLS, calls.LISTING, call.Call, call.present),
        (CERTIFICATES, certificates.LISTING, certificate.Certificate, certificate.present),
        (CONGRESSES, congresses.LISTING, congress.Congress, congress.present),
        (INITIATIVES, initiatives.LISTING, initiative.Initiative, initiative.present),
        (NOMINATIONS, nominations.LISTING, nomination.Nomination, nomination.present),
    )
)
