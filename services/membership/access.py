"""Permissions in membership. Pure rules; rows are filtered by `visible_to`, transitions are defined by the
lifecycles."""

from shared.kernel.principal import RoleTable


def _permissions(resources: str, verbs: str) -> frozenset[tuple[str, str]]:
    return frozenset((resource, verb) for resource in resources.split() for verb in verbs.split())


_SCREENING = (
    "assign invite request_info start_review approve reject reopen renew suspend reinstate resign mark_deceased"
    " unmark_deceased"
)
_EXPERT_OFFICE = _permissions("experts", f"read history create update publish import apply resubmit {_SCREENING}")
_INSTITUTION_OFFICE = _permissions(
    "institutions",
    "read history create update publish import verify link reject deactivate reactivate withdraw",
)
_DUPLICATES_OFFICE = _permissions("duplicates", "read history dismiss reopen")
_STATEMENTS_OFFICE = _permissions("declarations", "read history create update assess") | _permissions(
    "consents", "read history create withdraw"
)
_CONGRESSES_OFFICE = _permissions("congresses", "read history create update publish hold cancel") | _permissions(
    "participations", "read history create update attend absent import"
)
_CONGRESSES = _permissions("congresses participations", "read history")
_CERTIFICATES = _permissions("certificates", "read history")
_CERTIFICATES_OFFICE = _CERTIFICATES | _permissions("certificates", "create suspend reinstate revoke replace")
_CALLS_OFFICE = _permissions("calls", "read history create update publish open extend decide cancel") | _permissions(
    "nominations", "read history extend"
)
_PANEL = (
    _permissions("calls", "read history")
    | _permissions("nominations", "read history recuse select pass_over")
    | _permissions("scores", "read create update")
)
_MESSAGES = _permissions("messages", "read create")
_MESSAGES_OFFICE = _MESSAGES | _permissions("internal_messages", "read create")
_MERGING = _permissions("merges", "read history create undo")
_INITIATIVES = _permissions("initiatives", "read history")
_SUPPORTS_OFFICE = _permissions("supports", "read history create update import verify reject annul")
_SUPPORTS_LIST = _permissions("supports", "read history create import")
_LIST = (
    _permissions("experts", "read history create update import")
    | _permissions("institutions", "read history create update import")
    | _permissions("duplicates", "read history")
    | _CONGRESSES
    | _MERGING
    | _SUPPORTS_LIST
)
INITIATIVE_MAKER = "initiative_maker"
"""The role of people of the office over the initiatives that they entered, which belong to no country. It is never
granted."""
_READ_BOTH = _permissions("experts", "read history") | _permissions("institutions", "read history")

ROLES: RoleTable = {
    "secretariat_admin": frozenset({("*", "*")}),
    "secretariat_officer": _EXPERT_OFFICE
    | _INSTITUTION_OFFICE
    | _DUPLICATES_OFFICE
    | _STATEMENTS_OFFICE
    | _CONGRESSES_OFFICE
    | _CERTIFICATES_OFFICE
    | _CALLS_OFFICE
    | _MESSAGES_OFFICE
    | _MERGING
    | _INITIATIVES
    | _permissions("initiatives", "create")
    | _SUPPORTS_OFFICE,
    INITIATIVE_MAKER: _INITIATIVES | _permissions("initiatives", "update publish open close reopen withdraw"),
    "auditor": _permissions("*", "read history"),
    "reviewer": _READ_BOTH | _PANEL,
    "committee_president": _READ_BOTH,
    "committee_secretary": _READ_BOTH,
    "government_focal_point": _READ_BOTH,
    "national_author": _LIST,
    "national_publisher": _LIST | {("experts", "publish"), ("institutions", "publish")},
    "institution_representative": _permissions("institutions", "read history update")
    | _permissions("supports", "read history create update verify withdraw")
    | _CERTIFICATES,
    "centre_director": _CERTIFICATES,
    "expert": _permissions(
        "experts",
        "read history update publish apply resubmit confirm_profile renew resign subject_export erase"
        " restrict_processing lift_restriction orcid_link",
    )
    | _permissions("declarations", "read history create update sign")
    | _permissions("consents", "read history create withdraw")
    | _permissions("participations", "read history")
    | _permissions("erasures", "read history cancel")
    | _CERTIFICATES
    | _permissions("certificates", "replace")
    | _permissions("nominations", "read history create update submit change_nominator appeal")
    | _permissions("scores", "read")
    | _permissions("supports", "read history create update verify withdraw")
    | _MESSAGES,
    "api_client": _LIST | {("outreach", "report")},
}
"""Role → permissions. `publish` makes a record public; `subject_export` exports everything about a person, `erase`
requests its erasure; `orcid_link` links the person's ORCID iD; `report` reports bounces. A merge needs the permission
to update both records."""
SOURCES = {"secretariat_admin": "secretariat", "secretariat_officer": "secretariat"}
"""Role → the source of what its holders write; that of other offices is `government`."""
