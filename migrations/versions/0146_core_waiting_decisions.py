"""Nominations wait for who selects, and calls for who decides them, once the panel has done its part; reviewers of the
Global Report say that they are done."""

from migrations.rules import grant, role, run, searching

revision = "0146_core_waiting_decisions"
down_revision = "0145_membership_availability"

_WORK, _OTHER_WORK = "member_published_work", "member_work_without_decisions"
_DUE, _ASSESSED = "member_decision_due(uuid)", "member_is_assessed(uuid)"
_READ = {"member_score": "expert_id", "member_call": "seats"}
"""What the functions read and `escm_search` could not read before."""
_IS_CLEAR = "e.id <> n.expert_id AND NOT n.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', e.id))"
_SEATS = """
    CROSS JOIN LATERAL jsonb_array_elements(c.panel) seat(value)
    JOIN member_expert e ON e.id = (seat.value ->> 'expert_id')::uuid
"""
_IS_CHAIR = f"seat.value ->> 'office' = 'chair' AND e.account_id IS NOT NULL AND {_IS_CLEAR}"
_CALLS = "FROM member_call c"
_IS_ASSESSED = "c.status = 'assessing' AND n.status = 'nominated' AND due.verb IS NOT NULL"
_NOMINATIONS = "JOIN member_nomination n ON n.call_id = c.id CROSS JOIN LATERAL member_decision_due(n.id) due(verb)"
_INVITATION = ("invited", "accepted", "declined", "withdrawn")
_COLUMNS = "'membership.nominations', n.id, n.ref, n.country, due.verb, NULL::timestamptz"


def upgrade() -> None:
    for table, column in _READ.items():
        run(f"GRANT SELECT ({column}) ON {table} TO {role('search')}")
    run(f"""
CREATE FUNCTION member_decision_due(nomination uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER COST 1000 SET search_path = escm, pg_temp AS $$
    SELECT CASE
        WHEN c.seats <= (
            SELECT count(*) FROM member_nomination o WHERE o.call_id = c.id AND o.status = 'selected'
        ) THEN 'pass_over'
        WHEN 2 <= (
            SELECT count(*) FROM member_score s
            WHERE s.nomination_id = n.id
                AND NOT n.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', s.expert_id))
        ) THEN 'select'
    END
    FROM member_nomination n
    JOIN member_call c ON c.id = n.call_id
    WHERE n.id = nomination AND n.status = 'nominated' AND c.status = 'assessing'
$$
--;
CREATE FUNCTION member_is_assessed(call uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER COST 1000 SET search_path = escm, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT FROM member_nomination n WHERE n.call_id = call AND n.status IN ('awaiting_nominator', 'nominated')
    )
$$
--;
GRANT EXECUTE ON FUNCTION {_DUE}, {_ASSESSED} TO {role("access")}
""")
    for function in (_DUE, _ASSESSED):
        searching(function, "membership")
    run(f"""
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS
    SELECT * FROM {_OTHER_WORK}
    UNION ALL
    SELECT 'membership.calls', c.id, c.ref, c.country, 'decide', NULL::timestamptz, NULL::uuid
    {_CALLS}
    WHERE c.status = 'assessing' AND member_is_assessed(c.id)
    UNION ALL
    SELECT {_COLUMNS}, e.account_id
    {_CALLS} {_SEATS} {_NOMINATIONS}
    WHERE {_IS_ASSESSED} AND {_IS_CHAIR}
    UNION ALL
    SELECT {_COLUMNS}, o.principal_id
    {_CALLS} {_NOMINATIONS}
    CROSS JOIN (
        SELECT DISTINCT g.principal_id FROM access_published_grant g
        WHERE g.principal_kind = 'account' AND g.scope_kind = 'global' AND g.role = 'secretariat_admin'
    ) o
    WHERE {_IS_ASSESSED} AND NOT EXISTS (
        SELECT 1 FROM (SELECT c.panel) c {_SEATS} WHERE {_IS_CHAIR}
        UNION ALL
        SELECT 1 FROM member_expert e WHERE e.account_id = o.principal_id AND NOT ({_IS_CLEAR})
    )
""")
    grant(_WORK, "SELECT", "access")
    _invitations_are(*_INVITATION, "completed")


def _invitations_are(*states: str) -> None:
    """An invitation to review for the Global Report is in one of these states."""
    run(f"""
ALTER TABLE action_reviewer DROP CONSTRAINT action_reviewer_status_check
--;
ALTER TABLE action_reviewer ADD CONSTRAINT action_reviewer_status_check
    CHECK (status IN ('{"', '".join(states)}')) NOT VALID
--;
ALTER TABLE action_reviewer VALIDATE CONSTRAINT action_reviewer_status_check
""")


def downgrade() -> None:
    run("""
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
UPDATE action_reviewer SET status = 'accepted' WHERE status = 'completed'
""")
    _invitations_are(*_INVITATION)
    run(f"""
DROP VIEW {_WORK}
--;
ALTER VIEW {_OTHER_WORK} RENAME TO {_WORK}
--;
DROP FUNCTION {_DUE}, {_ASSESSED}
""")
    for table, column in _READ.items():
        run(f"REVOKE SELECT ({column}) ON {table} FROM {role('search')}")
