"""The records of each service that wait for somebody, for the work list of access.

`account_id` is the account that takes the next step; without one, an office takes it that may do so in the country.
"""

from migrations.rules import grant, index_beside_writers, run

revision = "0024_core_work"
down_revision = "0023_membership_orcid"

_WAITING = "status IN ('invited', 'info_requested', 'applied', 'under_review')"


def _steps(resource: str, table: str, steps: str, *, due: str = "NULL::timestamptz", more: str = "") -> str:
    """The rows of a table in these states, as in `claimed:verify`, which wait for an office."""
    pairs = [step.split(":") for step in steps.split()]
    states = ", ".join(f"'{status}'" for status, _ in pairs)
    verbs = " ".join(f"WHEN '{status}' THEN '{verb}'" for status, verb in pairs)
    return f"""
    SELECT '{resource}' AS resource, id, ref, country, CASE status {verbs} END AS verb, {due} AS due,
        NULL::uuid AS account_id
    FROM {table} WHERE status IN ({states}){more}"""


def upgrade() -> None:
    institutions = _steps(
        "membership.institutions", "member_institution", "submitted:verify", more=" AND merged_into IS NULL"
    )
    declarations = _steps("membership.declarations", "member_declaration", "signed:assess")
    erasures = _steps("membership.erasures", "member_erasure", "proposed:confirm")
    centres = _steps(
        "centres.centres",
        "centre_centre",
        "submitted:accept_complete under_review:recommend awaiting_agreement:designate renewal_review:renew",
        due="clock_target",
    )
    committees = _steps("centres.committees", "centre_committee", "recognition_review:recognise")
    programmes = _steps("actions.programmes", "action_programme", "plan_review:approve")
    actions = _steps("actions.actions", "action_action", "proposed:approve")
    milestones = _steps("actions.milestones", "action_milestone", "claimed:verify")
    endorsements = _steps("actions.endorsements", "action_endorsement", "claimed:verify")
    focal_points = _steps("actions.focal_points", "action_focal_point", "nominated:accept")
    run(f"""
CREATE VIEW member_published_work AS
    SELECT 'membership.experts' AS resource, id, ref, country,
        CASE status WHEN 'invited' THEN 'apply' WHEN 'info_requested' THEN 'resubmit'
            WHEN 'applied' THEN 'start_review' ELSE 'approve' END AS verb,
        clock_target AS due,
        CASE WHEN status IN ('invited', 'info_requested') THEN account_id ELSE assignee END AS account_id
    FROM member_expert
    WHERE {_WAITING} AND merged_into IS NULL AND erased_at IS NULL
        AND (status IN ('applied', 'under_review') OR account_id IS NOT NULL)
    UNION ALL {institutions}
    UNION ALL {declarations}
    UNION ALL {erasures}
--;
CREATE VIEW centre_published_work AS {centres}
    UNION ALL {committees}
--;
CREATE VIEW action_published_work AS {programmes}
    UNION ALL {actions}
    UNION ALL {milestones}
    UNION ALL {endorsements}
    UNION ALL {focal_points}
""")
    for prefix in ("member", "centre", "action"):
        grant(f"{prefix}_published_work", "SELECT", "access")
    index_beside_writers("member_expert_waiting_idx", f"member_expert (country) WHERE {_WAITING}")


def downgrade() -> None:
    run("""
DROP INDEX member_expert_waiting_idx
--;
DROP VIEW member_published_work, centre_published_work, action_published_work
""")
