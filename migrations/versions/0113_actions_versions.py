"""Versions of contributions to the Global Report, and manuscripts that wait to be read."""

from migrations.rules import grant, run

revision = "0113_actions_versions"
down_revision = "0112_actions_editions"

_WORK, _OTHER_WORK = "action_published_work", "action_work_without_versions"
_STATES = ("proposed", "draft", "declined", "dropped")
_MORE = ("submitted", "in_review", "changes_requested")


def upgrade() -> None:
    run(f"""
ALTER TABLE action_contribution ADD COLUMN corresponding_id uuid,
    DROP CONSTRAINT action_contribution_status_check,
    ADD CONSTRAINT action_contribution_status_check CHECK (status IN {(*_STATES, *_MORE)})
--;
DROP INDEX action_contribution_due_idx
--;
CREATE INDEX action_contribution_due_idx ON action_contribution (due) WHERE status IN ('draft', 'changes_requested')
--;
CREATE TABLE action_version (
    id uuid PRIMARY KEY,
    contribution_id uuid NOT NULL REFERENCES action_contribution (id),
    number integer NOT NULL,
    language text NOT NULL,
    translates integer,
    sha256 text NOT NULL,
    words integer NOT NULL,
    blocks jsonb NOT NULL,
    content jsonb NOT NULL,
    cited jsonb NOT NULL,
    warnings jsonb NOT NULL,
    note text,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    UNIQUE (contribution_id, number)
)
--;
CREATE TABLE action_manuscript (
    id uuid PRIMARY KEY,
    contribution_id uuid NOT NULL REFERENCES action_contribution (id),
    media_type text NOT NULL,
    content bytea NOT NULL,
    language text NOT NULL,
    translates integer,
    cited jsonb NOT NULL,
    note text,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL
)
""")
    _security()
    steps = (
        ("draft", "submit", "e.account_id", "JOIN member_published_expert e ON e.id = c.corresponding_id"),
        ("changes_requested", "submit", "e.account_id", "JOIN member_published_expert e ON e.id = c.corresponding_id"),
        (
            "changes_requested",
            "confirm_authorship",
            "e.account_id",
            "JOIN member_published_expert e ON e.id = ANY(c.unconfirmed_ids) AND e.account_id IS NOT NULL",
        ),
        ("submitted", "take", _EDITOR, ""),
        ("in_review", "return", _EDITOR, ""),
    )
    parts = " UNION ALL ".join(_step(*step) for step in steps)
    run(f"""
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS SELECT * FROM {_OTHER_WORK} UNION ALL {parts}
""")
    grant(_WORK, "SELECT", "access")


_EDITOR = """(
    SELECT g.principal_id FROM access_published_grant g
    WHERE g.principal_kind = 'account' AND g.principal_id = c.editor_id AND g.scope_kind = 'edition'
        AND g.scope_id = c.edition_id::text AND g.role IN ('editor_in_chief', 'editor') LIMIT 1
)"""


def _step(status: str, verb: str, account: str, joined: str) -> str:
    due = "((c.due + '23:59:59'::time without time zone) AT TIME ZONE 'UTC'::text)"
    due = due if verb in ("submit", "confirm_authorship") else "NULL::timestamptz"
    return f"""
    SELECT 'actions.contributions', c.id, c.ref, c.country, '{verb}', {due}, {account}, c.edition_id, NULL::date, NULL
    FROM action_contribution c {joined} WHERE c.status = '{status}'"""


def _security() -> None:
    """What belongs to a contribution is read by who reads it. Versions are entered by the worker alone, manuscripts by who
    reads the contribution, and read by the worker."""
    everywhere = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
    known = "EXISTS (SELECT FROM action_contribution c WHERE c.id = contribution_id)"
    for table, read, insert in (("action_version", known, everywhere), ("action_manuscript", everywhere, known)):
        run(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY
--;
CREATE POLICY {table}_read ON {table} FOR SELECT USING ({read})
--;
CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({insert})
""")
    run(f"CREATE POLICY action_manuscript_delete ON action_manuscript FOR DELETE USING ({everywhere})")
    grant("action_version", "SELECT, INSERT", "actions")
    grant("action_manuscript", "SELECT, INSERT, DELETE", "actions")


def downgrade() -> None:
    run(f"""
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
DROP VIEW {_WORK}
--;
ALTER VIEW {_OTHER_WORK} RENAME TO {_WORK}
--;
DROP TABLE action_version, action_manuscript
--;
DROP INDEX action_contribution_due_idx
--;
CREATE INDEX action_contribution_due_idx ON action_contribution (due) WHERE status = 'draft'
--;
UPDATE action_contribution SET status = 'draft' WHERE status IN {_MORE}
--;
ALTER TABLE action_contribution DROP COLUMN corresponding_id, DROP CONSTRAINT action_contribution_status_check,
    ADD CONSTRAINT action_contribution_status_check CHECK (status IN {_STATES})
""")
