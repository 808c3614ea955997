"""Images of versions of contributions."""

from migrations.rules import grant, run

revision = "0138_actions_images"
down_revision = "0137_actions_review_reminders"

_TABLE = "action_version_image"


def upgrade() -> None:
    run(f"""
ALTER TABLE action_version ADD COLUMN images jsonb NOT NULL DEFAULT '[]'
--;
CREATE TABLE {_TABLE} (
    contribution_id uuid NOT NULL REFERENCES action_contribution (id),
    name text NOT NULL,
    media_type text NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (contribution_id, name)
)
--;
ALTER TABLE {_TABLE} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {_TABLE} FORCE ROW LEVEL SECURITY
--;
CREATE POLICY {_TABLE}_read ON {_TABLE} FOR SELECT
    USING (EXISTS (SELECT FROM action_contribution c WHERE c.id = contribution_id))
--;
CREATE POLICY {_TABLE}_insert ON {_TABLE} FOR INSERT
    WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on')
""")
    grant(_TABLE, "SELECT, INSERT", "actions")


def downgrade() -> None:
    run(f"DROP TABLE {_TABLE}")
    run("ALTER TABLE action_version DROP COLUMN images")
