"""The centres app."""

from collections.abc import Mapping
from functools import partial

from services.centres.access import ROLES
from services.centres.bulk import EXPORTABLE, IMPORTABLE
from services.centres.committees.committee_meetings.routes import router as committee_meetings
from services.centres.committees.committees.domain import RecognitionRules
from services.centres.committees.committees.routes import routes as committees
from services.centres.committees.decisions.routes import router as decisions
from services.centres.committees.seats.routes import router as seats
from services.centres.designation.agreements.routes import router as agreements
from services.centres.designation.centres.domain import CHANGE, CLOSE, REVOKE_CLOSURE
from services.centres.designation.centres.record import Centre
from services.centres.designation.centres.routes import CENTRE_API
from services.centres.designation.centres.routes import routes as centres
from services.centres.designation.reviewers.routes import of_centre as reviewers_of_centre
from services.centres.designation.reviewers.routes import router as reviewers
from services.centres.designation.reviews.routes import router as reviews
from services.centres.designation.stages.routes import router as stages
from services.centres.designation.tenures import operations as tenures
from services.centres.designation.tenures.presenting import former
from services.centres.designation.terms.routes import router as terms
from services.centres.evaluation.evaluation_scores.routes import router as evaluation_scores
from services.centres.evaluation.evaluations.routes import router as evaluations
from services.centres.network.networks.routes import router as networks
from services.centres.network.partnerships.routes import router as partnerships
from services.centres.overview.statistics.routes import router as statistics
from services.centres.overview.work_list.routes import router as work_list
from services.centres.questions.messages.operations import CONVERSATION
from services.centres.questions.messages.schemas import CentreMessage
from services.centres.questions.report_templates.routes import router as report_templates
from services.centres.register.closures import operations as closures
from services.centres.register.open_data.routes import router as open_data
from services.centres.register.profiles.routes import router as profiles
from services.centres.register.register.forms import FORMS
from services.centres.register.register.routes import router as register
from services.centres.reporting.annual_reports.routes import router as annual_reports
from services.centres.settings import CentresSettings
from shared.open_data.routes import dataset_copies
from shared.web.edge.app import Application
from shared.web.edge.app import create_app as create
from shared.web.edge.service import service_parts
from shared.web.jobs.bulk import bulk_routes
from shared.web.jobs.jobs import job_routes
from shared.web.records.conversations import message_routes
from shared.web.records.records import Items, Take


def create_app(settings: CentresSettings | None = None) -> Application:
    """The app of the centres service. The settings default to those of the environment."""
    settings = settings or CentresSettings()
    rules = RecognitionRules(settings.recognition_seats, settings.recognition_institutions)
    targets = settings.targets.model_dump()
    messages = message_routes(CENTRE_API, CONVERSATION, CentreMessage)
    return create(
        "centres",
        settings,
        [
            committees(rules),
            seats,
            committee_meetings,
            decisions,
            centres(_verbs(targets), targets, Items(forms=FORMS, members=former)),
            stages,
            reviewers,
            reviewers_of_centre,
            reviews,
            messages,
            terms,
            agreements,
            register,
            open_data,
            report_templates,
            annual_reports,
            evaluations,
            evaluation_scores,
            profiles,
            networks,
            partnerships,
            work_list,
            statistics,
            *bulk_routes("centres", ROLES, IMPORTABLE, EXPORTABLE),
            job_routes("centres", ROLES),
        ],
        title="Centres",
        description="Committees and their meetings; centres, their terms, reviews, agreements, reports, evaluations.",
        tags={
            "committees": "National committees, at most one active per country.",
            "seats": "The offices of a committee, with persons and dates.",
            "committee_meetings": "Meetings of committees, with their quorum and minutes.",
            "decisions": "What committees decide at their meetings.",
            "centres": "Collaborating centres, from application to designation and renewal.",
            "stages": "How far the files of centres are, and what is needed next.",
            "reviewers": "Experts who are invited to review a centre's application.",
            "reviews": "Opinions on a centre's application.",
            "messages": "Questions, answers and internal notes on the files of centres.",
            "terms": "The spans for which a centre is designated.",
            "agreements": "Agreements with centres and their hosts.",
            "register": "The public register of centres, as it was at the end of any day.",
            "open_data": "What everybody may know, in formats that others read.",
            "annual_reports": "What centres owe for each year of a term, with the light of what is late.",
            "evaluations": "Evaluations of centres by panels of experts, with their scores.",
            "networks": "Networks that centres are members of.",
            "partnerships": "Partnerships of centres with centres, institutions and networks.",
            "report_templates": "The questions of applications, reports and evaluations, in versions.",
            "statistics": "How long the files of centres take, and numbers of what centres report.",
            "work_list": "What the caller may do now.",
        },
        **service_parts(dataset_copies),
    )


def _verbs(targets: Mapping[str, int]) -> Mapping[str, Take[Centre]]:
    """The transitions of centres that other rooms take."""
    return {CHANGE: tenures.change, CLOSE: partial(closures.close, targets), REVOKE_CLOSURE: closures.revoke}
