"""Committees over HTTP: the routes of every record, from this description."""

from functools import partial

from services.centres.access import ROLES
from services.centres.committees.committees import operations
from services.centres.committees.committees.domain import RecognitionRules
from services.centres.committees.committees.queries import LISTING
from services.centres.committees.committees.schemas import Committee, CommitteeBody, CommitteeFields, present
from shared.web.records.record_routes import record_routes
from shared.web.records.records import Bodies, RecordApi, Steps
from shared.web.request.error_mapping import register_constraint
from shared.web.request.route import ResourceRouter

register_constraint("centre_committee_living_key", "/country", "This country has an active committee already.")


def routes(rules: RecognitionRules) -> ResourceRouter:
    """The routes under the given rules of recognition."""
    return record_routes(
        RecordApi(
            kind=operations.COMMITTEES,
            roles=ROLES,
            listing=LISTING,
            response_model=Committee,
            present=present,
            bodies=Bodies(CommitteeBody),
            create=operations.create,
            update=operations.update,
            steps=Steps(
                partial(operations.transition, rules),
                guards=partial(operations.load_guard_context, rules),
                fields=CommitteeFields,
            ),
            is_public=True,
        )
    )
