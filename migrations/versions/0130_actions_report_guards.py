"""What the last verification of a figure found, and who is named with comments on a published edition."""

from migrations.rules import grant, json_of, role, run, setting

revision = "0130_actions_report_guards"
down_revision = "0129_actions_consent_to_errata"

_PERSONAL, _OTHER_PERSONAL = "action_published_personal", "action_personal_without_naming"
_SHOWN = json_of("id edition_id name consented_at")
_EVERYWHERE = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"


def upgrade() -> None:
    writable = (
        f"{_EVERYWHERE} OR EXISTS (SELECT FROM action_figure f"
        f" WHERE f.id = figure_id AND f.edition_id::text = ANY({setting('write_records')}))"
    )
    run(f"""
ALTER TABLE action_figure_data ADD COLUMN verified_at timestamptz, ADD COLUMN seen_sha256 text,
    ADD COLUMN is_same boolean NOT NULL DEFAULT true
--;
CREATE POLICY action_figure_data_update ON action_figure_data FOR UPDATE USING ({writable}) WITH CHECK ({writable})
--;
ALTER TABLE action_comment ADD COLUMN answered_by_id uuid, ADD COLUMN commenter text, ADD COLUMN answerer text,
    ADD CONSTRAINT action_comment_named_check
        CHECK (visibility <> 'restricted' OR (commenter IS NULL AND answerer IS NULL))
--;
CREATE INDEX action_comment_answered_by_idx ON action_comment (answered_by_id)
--;
CREATE TABLE action_naming (
    id uuid PRIMARY KEY,
    edition_id uuid NOT NULL REFERENCES action_edition (id),
    account_id uuid NOT NULL,
    name text NOT NULL,
    consented_at timestamptz NOT NULL,
    CONSTRAINT action_naming_account_key UNIQUE (edition_id, account_id)
)
--;
CREATE INDEX action_naming_account_idx ON action_naming (account_id)
""")
    grant("action_figure_data", "UPDATE", "actions")
    _naming()
    _answerers()
    run(f"""
ALTER VIEW {_PERSONAL} RENAME TO {_OTHER_PERSONAL}
--;
CREATE VIEW {_PERSONAL} AS
    SELECT * FROM {_OTHER_PERSONAL}
    UNION ALL
    SELECT e.id, 'naming_consents', n.id, n.shown
    FROM (SELECT id, account_id, {_SHOWN} AS shown FROM action_naming) n
    JOIN member_published_expert e ON e.account_id = n.account_id
""")
    grant(_PERSONAL, "SELECT", "membership")


def _naming() -> None:
    """Read by the person, what writes the edition, and the system; written by the person."""
    own = f"account_id::text = ANY({setting('write_records')})"
    run(f"""
ALTER TABLE action_naming ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE action_naming FORCE ROW LEVEL SECURITY
--;
CREATE POLICY action_naming_read ON action_naming FOR SELECT USING (
    'internal' = ANY({setting("visibilities")}) OR account_id::text = ANY({setting("records")}) OR {own}
    OR edition_id::text = ANY({setting("write_records")})
)
--;
CREATE POLICY action_naming_insert ON action_naming FOR INSERT WITH CHECK ({_EVERYWHERE} OR {own})
--;
CREATE POLICY action_naming_update ON action_naming FOR UPDATE
    USING ({_EVERYWHERE} OR {own}) WITH CHECK ({_EVERYWHERE} OR {own})
--;
CREATE POLICY action_naming_delete ON action_naming FOR DELETE USING ({_EVERYWHERE} OR {own})
""")
    grant("action_naming", "SELECT, INSERT, UPDATE, DELETE", "actions")


def _answerers() -> None:
    """Who answered a published comment changes how the answer is named."""
    own = f"answered_by_id::text = ANY({setting('write_records')})"
    run(f"""
CREATE POLICY action_comment_answerer_update ON action_comment FOR UPDATE USING ({own}) WITH CHECK ({own})
""")


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
DROP POLICY action_comment_answerer_update ON action_comment
--;
DROP TABLE action_naming
--;
ALTER TABLE action_comment DROP CONSTRAINT action_comment_named_check, DROP COLUMN answerer, DROP COLUMN commenter,
    DROP COLUMN answered_by_id
--;
DROP POLICY action_figure_data_update ON action_figure_data
--;
REVOKE UPDATE ON action_figure_data FROM {role("actions")}
--;
ALTER TABLE action_figure_data DROP COLUMN is_same, DROP COLUMN seen_sha256, DROP COLUMN verified_at
""")
