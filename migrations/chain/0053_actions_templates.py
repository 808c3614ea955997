"""National indicators that are copies of an indicator of a framework."""

from migrations.rules import index_beside_writers, run

revision = "0053_actions_templates"
down_revision = "0052_actions_codes"

_INDEX = "action_indicator_template_idx"


def upgrade() -> None:
    run("""
ALTER TABLE action_indicator ADD COLUMN template_id uuid
--;
ALTER TABLE action_indicator ADD CONSTRAINT action_indicator_template_id_fkey FOREIGN KEY (template_id)
    REFERENCES action_indicator (id) NOT VALID
""")
    index_beside_writers(_INDEX, "action_indicator (template_id, id) WHERE template_id IS NOT NULL")


def downgrade() -> None:
    run("ALTER TABLE action_indicator DROP COLUMN template_id")
