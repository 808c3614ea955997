"""The actions app."""

from services.actions.access import ROLES
from services.actions.bulk import EXPORTABLE, IMPORTABLE, STEPPABLE
from services.actions.classification.codes.routes import router as codes
from services.actions.classification.mappings.routes import all_mappings
from services.actions.classification.mappings.routes import router as mappings
from services.actions.classification.schemes.routes import router as schemes
from services.actions.classification.states.routes import router as states
from services.actions.coordination.calendars.routes import router as calendars
from services.actions.coordination.focal_points.routes import router as focal_points
from services.actions.coordination.task_comments.routes import router as task_comments
from services.actions.coordination.tasks.reported_routes import router as reported_errors
from services.actions.coordination.tasks.routes import router as tasks
from services.actions.exchange.iati.routes import router as iati
from services.actions.exchange.open_data.routes import router as open_data
from services.actions.exchange.printed_documents.responses import printed_documents
from services.actions.exchange.report_documents.routes import orders as report_orders
from services.actions.exchange.report_documents.routes import router as report_documents
from services.actions.exchange.result_sheets.routes import router as sheets
from services.actions.global_report.builds.edition_routes import router as editions
from services.actions.global_report.builds.routes import edition_builds
from services.actions.global_report.builds.routes import router as builds
from services.actions.global_report.citing.routes import of_contribution as citation_of_contribution
from services.actions.global_report.citing.routes import of_edition as citation_of_edition
from services.actions.global_report.contributions.routes import of_edition
from services.actions.global_report.contributions.routes import router as contributions
from services.actions.global_report.errata.routes import of_edition as errata_of_edition
from services.actions.global_report.errata.routes import router as errata
from services.actions.global_report.figures.routes import router as figures
from services.actions.global_report.review.comments.routes import of_contribution as comments_of_contribution
from services.actions.global_report.review.comments.routes import of_edition as comments_of_edition
from services.actions.global_report.review.comments.routes import router as comments
from services.actions.global_report.review.naming.routes import router as naming
from services.actions.global_report.review.reviewers.routes import of_contribution as reviewers_of_contribution
from services.actions.global_report.review.reviewers.routes import router as reviewers
from services.actions.global_report.review.rounds.routes import of_edition as rounds_of_edition
from services.actions.global_report.review.rounds.routes import router as review_rounds
from services.actions.global_report.versions.routes import router as versions
from services.actions.governments.correspondence.routes import router as correspondence
from services.actions.governments.endorsements.routes import router as endorsements
from services.actions.governments.government_bodies.routes import router as government_bodies
from services.actions.governments.meetings.routes import router as meetings
from services.actions.measurement.aggregates.routes import router as aggregates
from services.actions.measurement.indicators.routes import router as indicators
from services.actions.measurement.periods.routes import extensions
from services.actions.measurement.periods.routes import router as periods
from services.actions.measurement.results.routes import router as results
from services.actions.measurement.results.schemas import ResultFields
from services.actions.measurement.targets.routes import router as targets
from services.actions.measurement.validation_rules.routes import router as validation_rules
from services.actions.measurement.validations.routes import router as validations
from services.actions.overview.countries.routes import router as countries
from services.actions.overview.country_profiles.routes import router as country_profiles
from services.actions.overview.coverage.routes import router as coverage
from services.actions.overview.statistics.routes import router as statistics
from services.actions.plan.actions.routes import router as actions
from services.actions.plan.frameworks.routes import router as frameworks
from services.actions.plan.milestones.routes import router as milestones
from services.actions.plan.programmes.routes import router as programmes
from services.actions.plan.timeline.routes import router as timeline
from services.actions.reporting.assessments.routes import comparisons
from services.actions.reporting.assessments.routes import router as assessments
from services.actions.reporting.evidence.routes import objects
from services.actions.reporting.evidence.routes import router as evidence
from services.actions.reporting.report_templates.routes import router as report_templates
from services.actions.reporting.reports.part_routes import ROUTERS as REPORT_PARTS
from services.actions.reporting.reports.routes import due as expected_reports
from services.actions.reporting.reports.routes import router as reports
from services.actions.reporting.reports.section_routes import router as report_sections
from services.actions.settings import PUBLISHING, ActionsSettings
from services.actions.support.matches.routes import routes as match_routes
from services.actions.support.support_requests.domain import SupportDays
from services.actions.support.support_requests.routes import request_api
from services.actions.support.support_requests.routes import routes as support_routes
from shared.open_data.routes import dataset_copies
from shared.reading.api import public_api
from shared.web.edge.app import Application
from shared.web.edge.app import create_app as create
from shared.web.edge.service import service_parts
from shared.web.jobs.bulk import bulk_routes
from shared.web.jobs.jobs import job_routes
from shared.web.jobs.stepping import stepping_routes

_PLANS = (frameworks, programmes, actions, milestones)
_RESULTS = (
    indicators,
    validation_rules,
    periods,
    extensions,
    targets,
    stepping_routes(STEPPABLE["results"], ResultFields),
    sheets,
    validations,
    results,
    comparisons,
    assessments,
)
_OPEN_DATA = (open_data, country_profiles, report_documents, iati)
_REPORTS = (report_templates, expected_reports, reports, report_orders, report_sections, *REPORT_PARTS)
_REVIEW = (review_rounds, reviewers, comments, naming, rounds_of_edition, reviewers_of_contribution)
_GLOBAL_REPORT = (
    *(editions, of_edition, builds, contributions, versions, errata, errata_of_edition, figures),
    *(*_REVIEW, comments_of_contribution, comments_of_edition, citation_of_edition, citation_of_contribution),
)
_SCHEMES = (schemes, codes, states, mappings, all_mappings, coverage)
_JOBS = job_routes("actions", ROLES, others=[PUBLISHING])
_BULK = (*bulk_routes("actions", ROLES, IMPORTABLE, EXPORTABLE), _JOBS)
_GOVERNMENTS = (
    *(endorsements, correspondence, government_bodies, focal_points, meetings, reported_errors, tasks, task_comments),
)


def create_app(settings: ActionsSettings | None = None) -> Application:
    """The app of the actions service. The settings default to those of the environment."""
    settings = settings or ActionsSettings()
    days = SupportDays(settings.support_accept_days, settings.support_offer_days, settings.support_confirm_days)
    support = request_api(days)
    governments = (*_GOVERNMENTS, *support_routes(support), match_routes(support))
    routers = (*_PLANS, *_SCHEMES, evidence, *_RESULTS, *_REPORTS, *_GLOBAL_REPORT, *governments)
    return create(
        "actions",
        settings,
        (*routers, calendars, countries, timeline, statistics, aggregates, *_OPEN_DATA, *_BULK),
        title="Actions",
        description="Country programmes with their actions and milestones, indicators, results and progress reports,"
        " endorsements, letters, requests for support, editions of the Global Report, and country stages.",
        tags={
            "frameworks": "Plans that programmes follow, with their pillars.",
            "programmes": "A country's programme under a framework.",
            "actions": "What a programme does, with budget, baseline and participants.",
            "milestones": "Dated milestones of an action.",
            "schemes": "Classification schemes in editions, with their codes.",
            "evidence": "Files that prove what records claim.",
            "indicators": "What is measured, in which unit, and how values of several countries become one.",
            "validation_rules": "What is expected of results, beyond the rules of every result.",
            "periods": "Times for which results are expected, with the days on which they are entered.",
            "extensions": "More time for one country to enter results of a period.",
            "assessments": "What assessors found, and how it compares with what countries report.",
            "targets": "What countries, actions and centres are to reach in a period.",
            "results": "What was measured, from draft to publication, and its revisions.",
            "report_templates": "The questions of progress reports.",
            "reports": "What programmes report about periods, from draft to publication.",
            "report_sections": "The answers of a report, section by section.",
            "delegations": "Sections of reports that others are asked to write.",
            "report_comments": "What reviewers say about sections of reports, and the answers.",
            "editions": "Editions of the Global Report, with their calls and outlines.",
            "contributions": "What is written for an edition, and its authors.",
            "review_rounds": "Times in which contributions are reviewed.",
            "reviewers": "Experts who are invited to review contributions.",
            "comments": "What reviewers and governments say about contributions, and the answers.",
            "naming_consents": "Who is named with comments and answers on a published edition.",
            "builds": "The files of an edition: PDF, HTML, JATS and Markdown, each with its digest.",
            "errata": "What was corrected in contributions after their publication.",
            "figures": "Public statistics in an edition, live, then frozen.",
            "government_bodies": "Ministries and agencies of a country.",
            "focal_points": "People who speak for a country.",
            "meetings": "Meetings and what they decided.",
            "tasks": "What somebody is to do by a day.",
            "task_comments": "What is said about tasks.",
            "endorsements": "Approvals of a programme by a level of government.",
            "correspondence": "Letters to and from governments.",
            "support_requests": "What countries need help with, and the experts who match.",
            "offers": "Experts who are asked to help with a request.",
            "countries": "Each country with the stage it has reached.",
            "calendars": "Addresses to which calendar programs subscribe.",
            "timeline": "What a country or programme planned and did over time.",
            "open_data": "What everybody may know, in formats that others read.",
            "statistics": "How many there are of what, exact at once.",
        },
        **service_parts(objects, printed_documents, edition_builds, dataset_copies, public_api),
    )
