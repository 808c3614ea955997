"""The membership app."""

from services.membership.access import ROLES
from services.membership.bulk import EXPORTABLE, IMPORTABLE, STEPPABLE
from services.membership.certificates.certificates.routes import router as certificates
from services.membership.certificates.mails.routes import router as certificate_mails
from services.membership.certificates.templates.routes import router as certificate_templates
from services.membership.events.congresses.routes import router as congresses
from services.membership.events.participations.routes import router as participations
from services.membership.initiatives.initiative_counts.routes import router as initiative_counts
from services.membership.initiatives.initiatives.routes import router as initiatives
from services.membership.initiatives.supports.routes import router as supports
from services.membership.initiatives.supports.routes import signatures
from services.membership.initiatives.supports.schemas import SupportFields
from services.membership.issuing.bulk_issues.routes import router as bulk_issues
from services.membership.issuing.credentials.guards import credential_parts
from services.membership.issuing.credentials.routes import at_the_root as did_document
from services.membership.issuing.credentials.routes import router as credentials
from services.membership.issuing.files.routes import printing
from services.membership.issuing.files.routes import router as certificate_files
from services.membership.issuing.verification.routes import router as verification
from services.membership.mailing.broadcasts.routes import router as broadcasts
from services.membership.mailing.consents.routes import router as consents
from services.membership.mailing.outreach.routes import router as outreach
from services.membership.overview.open_data.routes import router as open_data
from services.membership.overview.statistics.routes import router as statistics
from services.membership.protection.erasures.routes import requests as erasure_requests
from services.membership.protection.erasures.routes import router as erasures
from services.membership.protection.privacy.routes import router as privacy
from services.membership.protection.processing_record.routes import router as processing_record
from services.membership.protection.retention_rules.routes import router as retention_rules
from services.membership.register.affiliations.routes import matches
from services.membership.register.affiliations.routes import router as affiliations
from services.membership.register.claims.routes import router as claims
from services.membership.register.duplicates.routes import router as duplicates
from services.membership.register.experts.routes import EXPERT_API
from services.membership.register.experts.routes import router as experts
from services.membership.register.institutions.routes import matching
from services.membership.register.institutions.routes import router as institutions
from services.membership.register.merges.routes import router as merges
from services.membership.register.messages.operations import CONVERSATION
from services.membership.register.messages.schemas import ExpertMessage
from services.membership.register.notices.routes import router as notices
from services.membership.register.orcid.routes import router as orcid
from services.membership.selection.calls.routes import router as calls
from services.membership.selection.declarations.routes import router as declarations
from services.membership.selection.nominations.routes import router as nominations
from services.membership.selection.rankings.routes import router as rankings
from services.membership.selection.scores.routes import router as scores
from services.membership.settings import MembershipSettings
from shared.open_data.routes import dataset_copies
from shared.web.edge.app import Application
from shared.web.edge.app import create_app as create
from shared.web.edge.service import service_parts
from shared.web.jobs.bulk import bulk_routes
from shared.web.jobs.jobs import job_routes
from shared.web.jobs.stepping import stepping_routes
from shared.web.records.conversations import message_routes


def create_app(settings: MembershipSettings | None = None) -> Application:
    """The app of the membership service. The settings default to those of the environment."""
    return create(
        "membership",
        settings or MembershipSettings(),
        [
            claims,
            experts,
            stepping_routes(STEPPABLE["experts"]),
            stepping_routes(STEPPABLE["supports"], SupportFields),
            privacy,
            erasure_requests,
            erasures,
            orcid,
            affiliations,
            matches,
            message_routes(EXPERT_API, CONVERSATION, ExpertMessage),
            matching,
            institutions,
            notices,
            declarations,
            consents,
            congresses,
            participations,
            certificate_files,
            certificate_templates,
            verification,
            credentials,
            did_document,
            bulk_issues,
            certificate_mails,
            certificates,
            calls,
            rankings,
            nominations,
            scores,
            retention_rules,
            processing_record,
            initiatives,
            initiative_counts,
            signatures,
            supports,
            broadcasts,
            outreach,
            duplicates,
            merges,
            statistics,
            open_data,
            *bulk_routes("membership", ROLES, IMPORTABLE, EXPORTABLE),
            job_routes("membership", ROLES),
        ],
        title="Membership",
        description="Experts, their affiliations and institutions.",
        tags={
            "experts": "People of the network, with their terms and affiliations.",
            "messages": "Questions, answers and internal notes on the files of experts.",
            "notices": "The texts of declarations and consents, in versions.",
            "consents": "What experts agreed to, for each purpose.",
            "congresses": "Congresses of the plan, planned, held or cancelled.",
            "participations": "Who takes part in a congress, in what role.",
            "declarations": "What experts declare about their interests, for each year.",
            "certificate_templates": "The wording of certificates, by kind and language.",
            "certificates": "What the secretariat certifies about experts, institutions and centres.",
            "calls": "Calls for nominations, their panels, rankings and results.",
            "nominations": "Nominations of experts to calls, their nominators and scores.",
            "initiatives": "Initiatives of the plan, the form that signs them, and how many support them.",
            "supports": "Who supports initiatives, and which signatures wait.",
            "broadcasts": "Mails to many experts, their approval and their recipients.",
            "outreach": "Unsubscribing from broadcasts, and mails that came back.",
            "erasures": "Requests to erase everything about a person, and what each service has erased.",
            "retention_rules": "How long records stay in a state, and what follows.",
            "processing_record": "What is stored about people, why, for whom and how long.",
            "institutions": "Organisations that experts belong to and centres are hosted by.",
            "duplicates": "Pairs of records that may be one, for offices to decide about.",
            "merges": "Merges of two records into one, and their undo.",
            "open_data": "What everybody may know, in formats that others read.",
            "statistics": "How many there are of whom, exact at once.",
        },
        **service_parts(credential_parts, printing, dataset_copies),
    )
