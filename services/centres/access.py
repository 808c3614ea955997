"""Permissions in centres. Pure rules; rows are filtered by `visible_to`, transitions are defined by the lifecycles."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from shared.kernel.principal import Principal, RoleTable


def _permissions(resources: str, verbs: str) -> frozenset[tuple[str, str]]:
    return frozenset((resource, verb) for resource in resources.split() for verb in verbs.split())


_READ = _permissions("committees seats centres terms report_templates networks", "read history") | _permissions(
    "partnerships", "read"
)
_READ_FILES = _READ | _permissions("agreements annual_reports", "read history")
_COMMITTEE = _permissions("committees", "create update form request_recognition") | _permissions(
    "seats", "create update end"
)
_APPLY = (
    _permissions("centres", "create update submit resubmit submit_renewal withdraw")
    | _permissions("agreements", "create update send")
    | _permissions("messages", "read create")
)
_SIGN = _permissions("agreements", "sign")
_STAGES = _permissions("stages", "read")
_CHANGE = _permissions("centres", "change")
_REPORT = _permissions("annual_reports", "update start submit")
_PROFILE = _permissions("profiles", "update")
_EVALUATION = _permissions(
    "evaluations", "read history create update start complete cancel meet_condition"
) | _permissions("evaluation_scores", "read")
_EVALUATED = _permissions("evaluations", "read")
_PARTNER = _permissions("partnerships", "history create update accept decline end")
_MEETINGS = _permissions("committee_meetings", "read history create update hold approve cancel") | _permissions(
    "decisions", "read history create update adopt reject defer"
)
APPLICANTS = frozenset(
    ("committee_president", "committee_secretary", "institution_representative", "centre_director", "api_client")
)
"""The roles for which the file of a centre waits while the applicant has it."""
REPORTING = frozenset(("institution_representative", "centre_director", "api_client"))
"""The roles for which a report waits until it is submitted."""

ROLES: RoleTable = {
    "secretariat_admin": frozenset({("*", "*")}),
    "secretariat_officer": _READ_FILES
    | _COMMITTEE
    | _MEETINGS
    | _permissions("committees", "publish return suspend reinstate abandon")
    | _APPLY
    | _SIGN
    | _permissions("centres", "publish assign accept_complete return_incomplete request_info recommend decline")
    | _STAGES
    | _CHANGE
    | _REPORT
    | _PROFILE
    | _PARTNER
    | _EVALUATION
    | _permissions("terms", "meet_condition")
    | _permissions("annual_reports", "create publish accept return import")
    | _permissions("internal_messages", "read create")
    | _permissions("reviewers", "read history create update replace")
    | _permissions("reviews", "read create update record"),
    "auditor": _permissions("*", "read history"),
    "reviewer": _READ
    | _permissions("reviews", "read create update")
    | _permissions("evaluations", "read")
    | _permissions("evaluation_scores", "read create update"),
    "expert": _permissions("reviewers", "read history accept decline")
    | _permissions("evaluations evaluation_scores", "read"),
    "committee_president": _READ_FILES | _COMMITTEE | _MEETINGS | _APPLY | _STAGES | _CHANGE | _PROFILE,
    "committee_secretary": _READ_FILES | _COMMITTEE | _MEETINGS | _APPLY | _STAGES | _CHANGE | _PROFILE,
    "institution_representative": _READ_FILES
    | _APPLY
    | _SIGN
    | _STAGES
    | _CHANGE
    | _REPORT
    | _PROFILE
    | _PARTNER
    | _EVALUATED,
    "centre_director": _READ_FILES
    | _APPLY - _permissions("centres", "create")
    | _STAGES
    | _CHANGE
    | _REPORT
    | _PROFILE
    | _PARTNER
    | _EVALUATED
    | _permissions("evaluations", "respond"),
    "government_focal_point": _READ_FILES,
    "national_author": _READ_FILES,
    "national_publisher": _READ_FILES,
    "api_client": _READ_FILES | _COMMITTEE | _MEETINGS | _APPLY | _STAGES | _CHANGE | _REPORT | _PROFILE | _PARTNER,
}
"""Role → permissions. `publish` makes a record public; `record` (reviews) enters the review of another person. A grant
over an institution permits its representative to apply for a centre that it hosts, and to read and complete the
applications that they entered for it, and the designated centres that it hosts, as a grant over the centre does."""

_CLIENT, _ADMIN, _OFFICER = "api_client", "secretariat_admin", "secretariat_officer"


OFFICE_SIGNS: RoleTable = {_ADMIN: _SIGN, _OFFICER: _SIGN}
"""Who signs agreements for the secretariat, and for other sides with what these have signed."""
REPRESENTATIVE_SIGNS: RoleTable = {"institution_representative": _SIGN}
"""Who signs agreements for the host of a centre that a grant covers."""


def _changing(*roles: str) -> RoleTable:
    return {role: _permissions("centres", "change") for role in roles}


CHANGING: Mapping[str, RoleTable] = {
    **dict.fromkeys(("names", "unit", "address"), _changing(_ADMIN, _OFFICER, "centre_director", _CLIENT)),
    "director": _changing(
        _ADMIN, _OFFICER, "institution_representative", "committee_president", "committee_secretary", _CLIENT
    ),
    "host": _changing(_ADMIN),
}
"""Who may take `change`, by what changes: a director changes no director, the secretariat's administrators alone the
host."""


_OF_CHANGES = {
    "names": "names", "unit": "unit", "address": "address", "position": "address", "director_id": "director",
}  # fmt: skip


def not_corrected(principal: Principal, country: str, centre: UUID, fields: Iterable[str]) -> list[str]:
    """Those of the fields of a designated centre that a principal may not correct, since they may not `change` them."""
    changed = {field: CHANGING[_OF_CHANGES[field]] for field in fields if field in _OF_CHANGES}
    return [
        field
        for field, roles in changed.items()
        if not principal.permission_scope(roles, "centres.centres", "change").covers(country, centre)
    ]
