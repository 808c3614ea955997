"""What the client asks the contract for. Written by `clients.python.generate`."""

from typing import TYPE_CHECKING, cast

from .resources import Service
from .transport import Transport

if TYPE_CHECKING:
    from .models.access import AccessService
    from .models.actions import ActionsService
    from .models.centres import CentresService
    from .models.membership import MembershipService

VERSION = "0.1.0"
"""Of this client, and of the API that it was written for."""
RESOURCES = (
    "access.accounts",
    "access.api_keys",
    "access.audit",
    "access.authorizations",
    "access.clients",
    "access.event_types",
    "access.events",
    "access.factors",
    "access.grants",
    "access.identities",
    "access.identity_providers",
    "access.jobs",
    "access.me",
    "access.notifications",
    "access.sessions",
    "access.signing_keys",
    "access.vocabularies",
    "access.webhooks",
    "access.work_list",
    "actions.actions",
    "actions.assessments",
    "actions.calendars",
    "actions.comments",
    "actions.contributions",
    "actions.correspondence",
    "actions.countries",
    "actions.delegations",
    "actions.editions",
    "actions.endorsements",
    "actions.evidence",
    "actions.exports",
    "actions.figures",
    "actions.focal_points",
    "actions.frameworks",
    "actions.government_bodies",
    "actions.imports",
    "actions.indicators",
    "actions.jobs",
    "actions.links",
    "actions.mappings",
    "actions.meetings",
    "actions.milestones",
    "actions.naming_consents",
    "actions.offers",
    "actions.open_data",
    "actions.periods",
    "actions.programmes",
    "actions.report_comments",
    "actions.report_templates",
    "actions.reports",
    "actions.results",
    "actions.review_rounds",
    "actions.reviewers",
    "actions.schemes",
    "actions.statistics",
    "actions.support_requests",
    "actions.targets",
    "actions.tasks",
    "actions.timeline",
    "actions.validation_rules",
    "centres.agreements",
    "centres.annual_reports",
    "centres.centres",
    "centres.committee_meetings",
    "centres.committees",
    "centres.decisions",
    "centres.evaluations",
    "centres.exports",
    "centres.imports",
    "centres.jobs",
    "centres.links",
    "centres.networks",
    "centres.open_data",
    "centres.partnerships",
    "centres.register",
    "centres.report_templates",
    "centres.reviewers",
    "centres.seats",
    "centres.statistics",
    "centres.terms",
    "centres.work_list",
    "membership.affiliations",
    "membership.broadcasts",
    "membership.calls",
    "membership.certificate_templates",
    "membership.certificates",
    "membership.congresses",
    "membership.consents",
    "membership.declarations",
    "membership.duplicates",
    "membership.erasures",
    "membership.experts",
    "membership.exports",
    "membership.imports",
    "membership.initiatives",
    "membership.institutions",
    "membership.jobs",
    "membership.links",
    "membership.merges",
    "membership.nominations",
    "membership.notices",
    "membership.open_data",
    "membership.participations",
    "membership.processing_record",
    "membership.retention_rules",
    "membership.statistics",
    "membership.supports",
)
"""The addresses right below those of the services."""


class Services:
    """The services, each with its resources."""

    def __init__(self, transport: Transport) -> None:
        self.transport = transport
        self.access = cast("AccessService", Service("access", transport))
        self.actions = cast("ActionsService", Service("actions", transport))
        self.centres = cast("CentresService", Service("centres", transport))
        self.membership = cast("MembershipService", Service("membership", transport))
