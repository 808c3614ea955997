"""The tables of the kinds of record, what makes their rows published, and which kinds grants over others include."""

from importlib import import_module

from deploy.local.folder import PROJECT
from deploy.matrix.demands import Ask
from deploy.matrix.operations import operations
from shared.database.tables import metadata

for _file in PROJECT.glob("services/**/tables.py"):
    import_module(".".join(_file.relative_to(PROJECT).with_suffix("").parts))

PUBLISHED = {
    "experts": "status = 'active'",
    "institutions": "status = 'verified'",
    "congresses": "status = 'planned'",
    "initiatives": "status = 'open'",
    "supports": "status = 'accepted'",
    "committees": "status = 'recognised'",
    "seats": "status = 'appointed'",
    "centres": "status = 'active', registration_number = ref, registration_serial = right(ref, 6)::integer,"
    " designated_on = '2026-03-01'",
    "annual_reports": "status = 'accepted'",
    "networks": "status = 'active'",
    "partnerships": "status = 'active', centre_visibility = 'public', partner_visibility = 'public'",
    "report_templates": "status = 'retired'",
    "calls": "status = 'published'",
    "editions": "status = 'call'",
    "figures": "status = 'frozen', as_of = '2026-01-01', release = '', sha256 = ''",
    "programmes": "status = 'approved'",
    "actions": "status = 'planned'",
    "milestones": "status = 'in_progress'",
    "endorsements": "status = 'verified', verified_on = '2026-01-02'",
    "correspondence": "status = 'logged'",
    "evidence": "status = 'available'",
    "indicators": "status = 'active'",
    "targets": "status = 'current'",
    "validation_rules": "status = 'active'",
    "schemes": "status = 'current'",
    "results": "status = 'published'",
    "government_bodies": "status = 'active'",
    "focal_points": "status = 'active', starts = '2026-01-01'",
    "meetings": "status = 'held'",
    "assessments": "status = 'published'",
    "support_requests": "status = 'matching'",
    "reports": "status = 'published', published_at = '2026-01-01'",
    "progress_report_templates": "status = 'retired'",
}
"""Each kind with published states, and what makes a row published in addition to its visibility."""
FIXED_BODIES = {
    "createLink": {"path": "/membership/v1/experts?format=csv"},
    "createCentresLink": {"path": "/centres/v1/annual_reports?format=csv"},
    "createActionsLink": {"path": "/actions/v1/results?format=csv"},
    "createSampleEvent": {"type": "escm.centres.centre.designated.v1"},
}
"""The body of an operation that enters no record."""
DATASETS = {"membership": "institutions", "centres": "register", "actions": "actions"}
"""A dataset of the open data of each service."""
_NAMESAKES = {
    ("actions", "report_templates"): "progress_report_templates",
    ("actions", "reviewers"): "report_reviewers",
}
"""The names here of kinds whose plural another service has, too."""


def named(service: str, plural: str) -> str:
    """The name here of a kind of a service."""
    return _NAMESAKES.get((service, plural), plural)


def plural_of(name: str) -> str:
    """The plural of a kind in addresses."""
    return next((plural for (_, plural), each in _NAMESAKES.items() if each == name), name)


TABLES = {"affiliations": "member_affiliation"} | {
    named(record.resource_type.service, record.resource_type.plural): table.name
    for table in metadata.tables.values()
    if (record := table.info.get("record"))
}
"""The table of each kind."""
_UNDER = {
    named(each.service, each.resource): each.demand.under for each in operations() if each.demand.ask is Ask.ENTER_UNDER
}
ABOVE = {
    **_UNDER,
    **{plural: plural for plural in ("actions", "milestones", "reports", "evaluations")},
    **dict.fromkeys(("reviewers", "report_reviewers", "offers"), "peers"),
    **dict.fromkeys(("review_rounds", "comments"), "editions"),
    **dict.fromkeys(("delegations", "report_comments"), "reports"),
    "terms": "centres",
    "erasures": "experts",
    "nominations": "calls",
    "assessments": "programmes",
    "contributions": "editions",
    "figures": "editions",
    "task_comments": "tasks",
}
"""Kinds that a grant over a record of another kind includes: those whose records are created under one, except for
some, and more."""
