"""Centres over HTTP: the routes of every record, from this description."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from services.centres.access import ROLES
from services.centres.centres import operations
from services.centres.centres.guards import with_own_applications
from services.centres.centres.queries import LISTING
from services.centres.centres.schemas import Centre, CentreBody, CentreFields, present
from shared.web.records import RecordApi
from shared.web.route import ResourceRouter

CENTRE_API = RecordApi(
    kind=operations.CENTRES,
    roles=ROLES,
    listing=LISTING,
    response_model=Centre,
    body=CentreBody,
    present=present,
    guard_context=operations.load_guard_context,
    create=operations.create,
    update=operations.update,
    fields=CentreFields,
    keeps_null=True,
    dependency=with_own_applications,
    is_public=True,
)
"""Without transitions, whose states have targets from the settings."""


def routes(targets: Mapping[str, int]) -> ResourceRouter:
    """The routes; `targets` are the days that states allow."""
    return replace(CENTRE_API, transition=partial(operations.transition, targets)).routes()
