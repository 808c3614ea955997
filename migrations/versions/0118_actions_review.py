"""Rounds of review of the Global Report, their reviewers and comments; clearing, and consents of countries."""

from migrations.rules import (
    RECORD,
    country_scoped,
    grant,
    json_of,
    record_columns,
    reference_numbers,
    role,
    run,
    setting,
)

revision = "0118_actions_review"
down_revision = "0117_access_client_calls"

_WORK, _OTHER_WORK = "action_published_work", "action_work_without_review"
_PERSONAL, _OTHER_PERSONAL = "action_published_personal", "action_personal_without_review"
_READ = ("member_published_orcid", "member_published_affiliation")
"""What says whether an expert is an author, or of an author's institution."""
_STATES = ("proposed", "draft", "declined", "dropped", "submitted", "in_review", "changes_requested")
_NO_COUNTRY = "    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),"
_REVIEWER = json_of(f"{RECORD} edition_id contribution_id round_id round_number titles conflict_of_interest conflict")
_COMMENT = json_of(
    "id ref version status visibility created_at edition_id contribution_id round_id round_number number chapter on_version"
    " from_block to_block quote kind text government decision answer answered_in"
)


def _columns(states: str, country: str = "country ~ '^[A-Z]{2}$'") -> str:
    """The columns of a record that need not have a country."""
    return record_columns(states).replace(_NO_COUNTRY, f"    country text CHECK ({country}),")


def upgrade() -> None:
    run(f"""
ALTER TABLE action_contribution ADD COLUMN consent jsonb,
    DROP CONSTRAINT action_contribution_status_check,
    ADD CONSTRAINT action_contribution_status_check CHECK (status IN {(*_STATES, "cleared")})
--;
CREATE TABLE action_review_round ({_columns("planned|open|answering|complete", "country IS NULL")}
    edition_id uuid NOT NULL REFERENCES action_edition (id),
    number integer NOT NULL,
    opens timestamptz NOT NULL,
    closes timestamptz NOT NULL,
    audience text NOT NULL,
    contributions uuid[] NOT NULL,
    CONSTRAINT action_review_round_number_key UNIQUE (edition_id, number)
)
--;
CREATE INDEX action_review_round_contributions_idx ON action_review_round USING gin (contributions)
--;
CREATE TABLE action_reviewer ({_columns("invited|accepted|declined|withdrawn")}
    edition_id uuid NOT NULL REFERENCES action_edition (id),
    contribution_id uuid NOT NULL REFERENCES action_contribution (id),
    round_id uuid NOT NULL REFERENCES action_review_round (id),
    round_number integer NOT NULL,
    expert_id uuid NOT NULL,
    titles jsonb NOT NULL,
    conflict_of_interest boolean,
    conflict text
)
--;
CREATE INDEX action_reviewer_expert_idx ON action_reviewer (expert_id)
--;
CREATE INDEX action_reviewer_contribution_idx ON action_reviewer (contribution_id)
--;
CREATE TABLE action_comment ({_columns("open|answered|resolved|withdrawn")}
    edition_id uuid NOT NULL REFERENCES action_edition (id),
    contribution_id uuid NOT NULL REFERENCES action_contribution (id),
    round_id uuid NOT NULL REFERENCES action_review_round (id),
    round_number integer NOT NULL,
    number integer NOT NULL,
    chapter text NOT NULL,
    on_version integer NOT NULL,
    from_block integer NOT NULL,
    to_block integer NOT NULL,
    quote text,
    kind text NOT NULL,
    text text NOT NULL,
    by_id uuid,
    government text,
    decision text,
    answer text,
    answered_in integer,
    was_reopened boolean NOT NULL,
    CONSTRAINT action_comment_number_key UNIQUE (edition_id, number)
)
--;
CREATE INDEX action_comment_edition_idx ON action_comment (edition_id, id)
--;
CREATE INDEX action_comment_contribution_idx ON action_comment (contribution_id, status)
--;
CREATE INDEX action_comment_round_idx ON action_comment (round_id) WHERE status = 'open'
--;
CREATE INDEX action_comment_by_idx ON action_comment (by_id)
""")
    for table, prefix, record, others in (
        ("action_review_round", "RRD", "edition_id", ("id",)),
        ("action_reviewer", "CRV", "expert_id", ("edition_id",)),
        ("action_comment", "CCM", "edition_id", ("contribution_id", "by_id")),
    ):
        reference_numbers(table, prefix, "actions")
        country_scoped(table, "actions", record=record)
        _also_scoped_by(table, others)
    run("""
CREATE POLICY action_review_round_invited_read ON action_review_round FOR SELECT
    USING (EXISTS (SELECT FROM action_reviewer v WHERE v.round_id = action_review_round.id))
""")
    run("""
CREATE FUNCTION action_comment_matches(keys text[]) RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SET search_path = escm, pg_temp AS $$
    SELECT k.key, c.id, true FROM unnest(keys) AS k (key) JOIN action_comment c ON c.id = substr(k.key, 9)::uuid
    WHERE k.key LIKE 'comment:%'
$$
--;
REVOKE EXECUTE ON FUNCTION action_comment_matches(text[]) FROM PUBLIC
""")
    run(f"GRANT EXECUTE ON FUNCTION action_comment_matches(text[]) TO {role('actions')}")
    _views()


def _also_scoped_by(table: str, columns: tuple[str, ...]) -> None:
    """Rows are also those of grants over what these columns name."""
    readable, writable = (
        " OR ".join(f"{column}::text = ANY({setting(name)})" for column in columns)
        for name in ("records", "write_records")
    )
    run(f"""
CREATE POLICY {table}_own_read ON {table} FOR SELECT USING ({readable})
--;
CREATE POLICY {table}_own_insert ON {table} FOR INSERT WITH CHECK ({writable})
--;
CREATE POLICY {table}_own_update ON {table} FOR UPDATE USING ({writable}) WITH CHECK ({writable})
--;
CREATE POLICY {table}_own_delete ON {table} FOR DELETE USING ({writable})
""")


def _views() -> None:
    run(f"""
CREATE VIEW action_published_reviewer AS
    SELECT id, ref, version, country, status, visibility, edition_id, contribution_id, expert_id FROM action_reviewer
--;
CREATE VIEW action_published_comment AS
    SELECT id, ref, version, country, status, visibility, edition_id, contribution_id, by_id FROM action_comment
--;
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS
    SELECT * FROM {_OTHER_WORK}
    UNION ALL
    SELECT 'actions.contributions', c.id, c.ref, c.country, 'consent', NULL::timestamptz, NULL::uuid, c.edition_id,
        NULL::date, NULL
    FROM action_contribution c
    WHERE c.status = 'in_review' AND c.country IS NOT NULL AND c.consent IS NULL
    UNION ALL
    SELECT 'actions.review_rounds', r.id, r.ref, r.country, 'complete', NULL::timestamptz, NULL::uuid, r.edition_id,
        NULL::date, NULL
    FROM action_review_round r WHERE r.status = 'answering'
    UNION ALL
    SELECT 'actions.reviewers', v.id, v.ref, v.country, 'accept', r.closes, e.account_id, v.expert_id, NULL::date, NULL
    FROM action_reviewer v
    JOIN action_review_round r ON r.id = v.round_id
    JOIN member_published_expert e ON e.id = v.expert_id
    WHERE v.status = 'invited' AND r.status IN ('planned', 'open') AND e.account_id IS NOT NULL
--;
ALTER VIEW {_PERSONAL} RENAME TO {_OTHER_PERSONAL}
--;
CREATE VIEW {_PERSONAL} AS
    SELECT * FROM {_OTHER_PERSONAL}
    UNION ALL
    SELECT expert_id, 'contribution_reviewers', id, {_REVIEWER} FROM action_reviewer
    UNION ALL
    SELECT e.id, 'contribution_comments', c.id, c.shown
    FROM (SELECT id, by_id, {_COMMENT} AS shown FROM action_comment) c
    JOIN member_published_expert e ON e.account_id = c.by_id
""")
    for view in _READ:
        grant(view, "SELECT", "actions")
    grant("action_published_reviewer", "SELECT", "access")
    grant("action_published_comment", "SELECT", "access")
    grant(_WORK, "SELECT", "access")
    grant(_PERSONAL, "SELECT", "membership")


def downgrade() -> None:
    run(f"""
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
DROP VIEW {_PERSONAL}
--;
ALTER VIEW {_OTHER_PERSONAL} RENAME TO {_PERSONAL}
--;
DROP VIEW {_WORK}
--;
ALTER VIEW {_OTHER_WORK} RENAME TO {_WORK}
--;
REVOKE SELECT ON {", ".join(_READ)} FROM {role("actions")}
--;
DROP VIEW action_published_comment, action_published_reviewer
--;
DROP FUNCTION action_comment_matches(text[])
--;
DROP TABLE action_comment, action_reviewer, action_review_round
--;
DROP SEQUENCE action_comment_ref_seq
--;
DROP SEQUENCE action_reviewer_ref_seq
--;
DROP SEQUENCE action_review_round_ref_seq
--;
UPDATE action_contribution SET status = 'in_review' WHERE status = 'cleared'
--;
ALTER TABLE action_contribution DROP COLUMN consent, DROP CONSTRAINT action_contribution_status_check,
    ADD CONSTRAINT action_contribution_status_check CHECK (status IN {_STATES})
""")
