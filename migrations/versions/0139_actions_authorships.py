"""The titles of contributions, which certificates of authorship name."""

from migrations.rules import grant, run

revision = "0139_actions_authorships"
down_revision = "0138_actions_images"

_VIEW = "action_published_contribution"
_COLUMNS = "id, ref, version, country, status, visibility, edition_id, expert_ids, editor_id"


def upgrade() -> None:
    run(f"CREATE OR REPLACE VIEW {_VIEW} AS SELECT {_COLUMNS}, titles FROM action_contribution")


def downgrade() -> None:
    run(f"DROP VIEW {_VIEW}")
    run(f"CREATE VIEW {_VIEW} AS SELECT {_COLUMNS} FROM action_contribution")
    grant(_VIEW, "SELECT", "access", "membership")
