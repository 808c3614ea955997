"""Parts of builds of the Global Report that stand for the next build."""

from migrations.rules import grant, run

revision = "0131_actions_build_parts"
down_revision = "0130_actions_report_guards"

_EVERYWHERE = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"


def upgrade() -> None:
    """Parts hold texts that are not published: only the worker reads and writes them."""
    run(f"""
CREATE TABLE action_build_part (
    edition_id uuid NOT NULL REFERENCES action_edition (id),
    digest text NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    used_at timestamptz NOT NULL,
    PRIMARY KEY (edition_id, digest)
)
--;
CREATE INDEX action_build_part_sha256_idx ON action_build_part (sha256)
--;
ALTER TABLE action_build_part ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE action_build_part FORCE ROW LEVEL SECURITY
--;
CREATE POLICY action_build_part_worker ON action_build_part USING ({_EVERYWHERE}) WITH CHECK ({_EVERYWHERE})
""")
    grant("action_build_part", "SELECT, INSERT, UPDATE, DELETE", "actions")


def downgrade() -> None:
    run("DROP TABLE action_build_part")
