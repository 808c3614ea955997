"""The membership app."""

from services.membership.access import ROLES
from services.membership.affiliations.routes import matches
from services.membership.affiliations.routes import router as affiliations
from services.membership.broadcasts.routes import router as broadcasts
from services.membership.bulk import EXPORTABLE, IMPORTABLE, STEPPABLE
from services.membership.bulk_issues.routes import router as bulk_issues
from services.membership.calls.routes import router as calls
from services.membership.certificate_files.routes import printing
from services.membership.certificate_files.routes import router as certificate_files
from services.membership.certificate_mails.routes import router as certificate_mails
from services.membership.certificate_templates.routes import router as certificate_templates
from services.membership.certificates.routes import router as certificates
from services.membership.claims.routes import router as claims
from services.membership.congresses.routes import router as congresses
from services.membership.consents.routes import router as consents
from services.membership.credentials.guards import credential_parts
from services.membership.credentials.routes import at_the_root as did_document
from services.membership.credentials.routes import router as credentials
from services.membership.declarations.routes import router as declarations
from services.membership.duplicates.routes import router as duplicates
from services.membership.erasures.routes import requests as erasure_requests
from services.membership.erasures.routes import router as erasures
from services.membership.experts.routes import EXPERT_API
from services.membership.experts.routes import router as experts
from services.membership.initiative_counts.routes import router as initiative_counts
from services.membership.initiatives.routes import router as initiatives
from services.membership.institutions.routes import matching
from services.membership.institutions.routes import router as institutions
from services.membership.merges.routes import router as merges
from services.membership.messages.operations import CONVERSATION
from services.membership.messages.schemas import ExpertMessage
from services.membership.nominations.routes import router as nominations
from services.membership.notices.routes import router as notices
from services.membership.open_data.routes import router as open_data
from services.membership.orcid.routes import router as orcid
from services.membership.outreach.routes import router as outreach
from services.membership.participations.routes import router as participations
from services.membership.privacy.routes import router as privacy
from services.membership.processing_record.routes import router as processing_record
from services.membership.rankings.routes import router as rankings
from services.membership.retention_rules.routes import router as retention_rules
from services.membership.scores.routes import router as scores
from services.membership.settings import MembershipSettings
from services.membership.statistics.routes import router as statistics
from services.membership.supports.routes import router as supports
from services.membership.supports.routes import signatures
from services.membership.supports.schemas import SupportFields
from services.membership.verification.routes import router as verification
from shared.open_data.routes import dataset_copies
from shared.web.app import Application
from shared.web.app import create_app as create
from shared.web.bulk import bulk_routes
from shared.web.conversations import message_routes
from shared.web.jobs import job_routes
from shared.web.service import service_parts
from shared.web.stepping import stepping_routes


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
