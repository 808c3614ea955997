"""Calls, nominations and scores. Nobody reads the nominations about which they have a conflict of interest, unless it is
their own, nor the scores of others before the decision."""

from migrations.following import follow_expert, unfollow_expert
from migrations.rules import country_scoped, grant, record_columns, reference_numbers, role, run, searching, setting

revision = "0033_membership_calls"
down_revision = "0032_membership_credentials"

_STATES = "draft|awaiting_nominator|nominated|declined|lapsed|selected|not_selected"
_TO_PANEL = "('nominated', 'selected', 'not_selected')"
_SCORED = "('decided', 'published')"
_CONFLICTED = f"""{{row}}.conflicts <> '[]' AND EXISTS (
    SELECT FROM jsonb_array_elements({{row}}.conflicts) c WHERE c ->> 'expert_id' = ANY({setting("records")})
)"""
_SEATS = "member_call c CROSS JOIN LATERAL jsonb_array_elements(c.panel) seat"
_WORK = """
CREATE VIEW member_published_work AS
    SELECT 'membership.experts' AS resource, id, ref, country,
        CASE status WHEN 'invited' THEN 'apply' WHEN 'info_requested' THEN 'resubmit'
            WHEN 'applied' THEN 'start_review' ELSE 'approve' END AS verb,
        clock_target AS due,
        CASE WHEN status IN ('invited', 'info_requested') THEN account_id ELSE assignee END AS account_id
    FROM member_expert
    WHERE status IN ('invited', 'info_requested', 'applied', 'under_review') AND merged_into IS NULL
        AND erased_at IS NULL AND (status IN ('applied', 'under_review') OR account_id IS NOT NULL)
    UNION ALL
    SELECT 'membership.institutions', id, ref, country, 'verify', NULL, NULL
    FROM member_institution WHERE status = 'submitted' AND merged_into IS NULL
    UNION ALL
    SELECT 'membership.declarations', id, ref, country, 'assess', NULL, NULL
    FROM member_declaration WHERE status = 'signed'
    UNION ALL
    SELECT 'membership.erasures', id, ref, country, 'confirm', NULL, NULL
    FROM member_erasure WHERE status = 'proposed'"""
_MORE_WORK = f"""
    UNION ALL
    SELECT 'membership.calls', id, ref, country, 'publish', NULL, NULL
    FROM member_call WHERE status = 'decided'
    UNION ALL
    SELECT 'membership.nominations', id, ref, country, 'answer_appeal', NULL, NULL
    FROM member_nomination WHERE status = 'not_selected' AND appeal IS NOT NULL AND appeal ->> 'replied_at' IS NULL
    UNION ALL
    SELECT 'membership.nominations', n.id, n.ref, n.country, 'score', NULL, e.account_id
    FROM {_SEATS} JOIN member_expert e ON e.id = (seat ->> 'expert_id')::uuid
    JOIN member_nomination n ON n.call_id = c.id
    WHERE c.status = 'assessing' AND n.status = 'nominated' AND e.account_id IS NOT NULL
        AND NOT n.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', seat -> 'expert_id'))
        AND NOT EXISTS (SELECT FROM member_score s WHERE s.nomination_id = n.id AND s.expert_id = e.id)"""


def upgrade() -> None:
    of_a_country_or_none = record_columns("draft|open|assessing|decided|published|cancelled").replace(
        "country text NOT NULL", "country text"
    )
    run(f"""
CREATE TABLE member_call ({of_a_country_or_none}
    code text NOT NULL UNIQUE,
    kind text NOT NULL CHECK (kind IN ('membership', 'committee', 'editorial', 'evaluation')),
    titles jsonb NOT NULL,
    texts jsonb NOT NULL,
    opens timestamptz NOT NULL,
    nominee_deadline timestamptz NOT NULL,
    nominator_deadline timestamptz NOT NULL,
    first_deadlines jsonb,
    self_nomination boolean NOT NULL,
    nominator_kinds text[] NOT NULL,
    eligibility jsonb NOT NULL,
    criteria jsonb NOT NULL,
    seats integer NOT NULL CHECK (seats BETWEEN 1 AND 500),
    targets jsonb NOT NULL,
    panel jsonb NOT NULL,
    decision jsonb,
    published_at timestamptz,
    search_key text NOT NULL
)
--;
CREATE INDEX member_call_country_idx ON member_call (country, status, id)
--;
CREATE INDEX member_call_deadline_idx ON member_call (nominator_deadline) WHERE status = 'open'
--;
CREATE INDEX member_call_panel_idx ON member_call USING gin (panel jsonb_path_ops)
--;
CREATE TABLE member_nomination ({record_columns(_STATES)}
    call_id uuid NOT NULL REFERENCES member_call (id),
    expert_id uuid NOT NULL,
    nominator jsonb NOT NULL,
    motivation text,
    documents jsonb NOT NULL,
    interests jsonb,
    consents jsonb NOT NULL,
    statement text,
    extended_until timestamptz,
    appeal jsonb,
    nominator_key text NOT NULL,
    nominators_asked integer NOT NULL,
    conflicts jsonb NOT NULL
)
--;
CREATE INDEX member_nomination_call_idx ON member_nomination (call_id, status, id)
--;
CREATE INDEX member_nomination_expert_idx ON member_nomination (expert_id)
--;
CREATE INDEX member_nomination_country_idx ON member_nomination (country, status, id)
--;
CREATE INDEX member_nomination_conflicts_idx ON member_nomination USING gin (conflicts jsonb_path_ops)
--;
CREATE INDEX member_nomination_waiting_idx ON member_nomination (id) WHERE status IN ('draft', 'awaiting_nominator')
--;
CREATE INDEX member_nomination_retention_idx ON member_nomination (status, updated_at)
--;
CREATE TABLE member_score ({record_columns("recorded")}
    nomination_id uuid NOT NULL REFERENCES member_nomination (id) ON DELETE CASCADE,
    call_id uuid NOT NULL REFERENCES member_call (id),
    expert_id uuid NOT NULL,
    scores jsonb NOT NULL,
    comment text,
    recommendation text CHECK (recommendation IN ('select', 'pass_over'))
)
--;
CREATE INDEX member_score_nomination_idx ON member_score (nomination_id, expert_id)
--;
CREATE INDEX member_score_call_idx ON member_score (call_id)
--;
CREATE INDEX member_score_expert_idx ON member_score (expert_id)
""")
    reference_numbers("member_call", "CAL", "membership")
    reference_numbers("member_nomination", "NOM", "membership")
    reference_numbers("member_score", "SCO", "membership")
    country_scoped("member_call", "membership")
    country_scoped("member_nomination", "membership", record="expert_id")
    country_scoped("member_score", "membership", record="expert_id")
    follow_expert("member_nomination")
    _policies()
    _withheld()
    _views()
    _work(_WORK + _MORE_WORK)
    run("""
SET LOCAL escm.write_everywhere = 'on'
--;
INSERT INTO member_retention_rule (id, version, status, visibility, created_at, created_by, updated_at, updated_by,
    resource, state, after, action, basis)
VALUES ('019b76da-a800-7000-8000-000000000024', 1, 'active', 'restricted', now(), 'system', now(), 'system',
    'nominations', NULL, 'P2Y', 'delete', 'Two years after a decision no appeal and no question about it is expected.')
""")


def _policies() -> None:
    read, write = setting("records"), setting("write_records")
    to_panel = f"id::text = ANY({{records}}) OR (call_id::text = ANY({{records}}) AND status IN {_TO_PANEL})"
    is_clear = f"expert_id::text = ANY({read}) OR NOT ({_CONFLICTED.format(row='member_nomination')})"
    is_decided = f"EXISTS (SELECT FROM member_call k WHERE k.id = call_id AND k.status IN {_SCORED})"
    is_of_clear = f"""EXISTS (
    SELECT FROM member_nomination n WHERE n.id = nomination_id AND n.expert_id::text <> ALL(coalesce({read}, '{{}}'))
)"""
    may_write, owner = f"call_id::text = ANY({write})", role("membership")
    run(f"""
CREATE POLICY member_nomination_panel_read ON member_nomination FOR SELECT USING ({to_panel.format(records=read)})
--;
CREATE POLICY member_nomination_panel_update ON member_nomination FOR UPDATE
    USING ({to_panel.format(records=write)}) WITH CHECK ({to_panel.format(records=write)})
--;
CREATE POLICY member_nomination_conflict ON member_nomination AS RESTRICTIVE FOR SELECT TO {owner} USING ({is_clear})
--;
CREATE POLICY member_score_panel_read ON member_score FOR SELECT
    USING (call_id::text = ANY({read}) AND {is_decided})
--;
CREATE POLICY member_score_panel_insert ON member_score FOR INSERT WITH CHECK ({may_write})
--;
CREATE POLICY member_score_panel_update ON member_score FOR UPDATE USING ({may_write}) WITH CHECK ({may_write})
--;
CREATE POLICY member_score_conflict ON member_score AS RESTRICTIVE FOR SELECT TO {owner} USING ({is_of_clear})
""")


def _views() -> None:
    record = "id, ref, version, country, status, visibility"
    run(f"""
CREATE VIEW member_published_call AS SELECT {record} FROM member_call
--;
CREATE VIEW member_published_nomination AS SELECT {record}, call_id, expert_id FROM member_nomination
--;
CREATE VIEW member_published_panel AS
    SELECT md5(c.id::text || (seat ->> 'expert_id'))::uuid AS id, c.id AS call_id, c.country, c.status,
        (seat ->> 'expert_id')::uuid AS expert_id, seat ->> 'office' AS office
    FROM {_SEATS}
""")
    for view in ("call", "nomination", "panel"):
        grant(f"member_published_{view}", "SELECT", "access")


def _withheld() -> None:
    """What must not be known to these experts: nominations about which they have a conflict of interest, scores of
    those and of their own, and, with `is_decision`, that their own were decided. It is the same in every context."""
    searcher = role("search")
    run(f"""
GRANT SELECT (id, call_id, status, conflicts) ON member_nomination TO {searcher}
--;
GRANT SELECT (id, status) ON member_call TO {searcher}
--;
GRANT SELECT (id, nomination_id) ON member_score TO {searcher}
--;
CREATE POLICY member_call_search ON member_call FOR SELECT TO {searcher} USING (true)
--;
CREATE POLICY member_score_search ON member_score FOR SELECT TO {searcher} USING (true)
--;
CREATE FUNCTION member_withheld(experts text[]) RETURNS TABLE (id uuid, is_decision boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    WITH own AS MATERIALIZED (
        SELECT e AS expert FROM unnest(experts) e WHERE e ~ '^[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$'
    ), conflicting AS MATERIALIZED (
        SELECT n.id FROM own
        JOIN member_nomination n ON n.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', own.expert))
    ), nominated AS MATERIALIZED (
        SELECT n.id, n.call_id, n.status FROM own JOIN member_nomination n ON n.expert_id = own.expert::uuid
    )
    SELECT c.id, false FROM conflicting c
    UNION ALL
    SELECT n.id, true FROM nominated n JOIN member_call k ON k.id = n.call_id
    WHERE n.status IN ('selected', 'not_selected') AND k.status <> 'published'
    UNION ALL
    SELECT s.id, false FROM member_score s
    WHERE s.nomination_id IN (SELECT c.id FROM conflicting c UNION ALL SELECT n.id FROM nominated n)
$$
--;
GRANT EXECUTE ON FUNCTION member_withheld(text[]) TO {role("access")}
""")
    searching("member_withheld(text[])", "membership")


def _work(view: str) -> None:
    run("DROP VIEW member_published_work")
    run(view)
    grant("member_published_work", "SELECT", "access")


def downgrade() -> None:
    run("""
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'restricted'
--;
DELETE FROM member_retention_rule WHERE resource = 'nominations'
""")
    _work(_WORK)
    unfollow_expert("member_nomination")
    run("""
DROP VIEW member_published_call, member_published_nomination, member_published_panel
--;
DROP FUNCTION member_withheld(text[])
--;
DROP TABLE member_score, member_nomination, member_call
--;
DROP SEQUENCE member_score_ref_seq, member_nomination_ref_seq, member_call_ref_seq
""")
