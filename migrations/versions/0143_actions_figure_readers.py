"""Figures for those who comment on a contribution of their edition."""

from migrations.rules import run, setting

revision = "0143_actions_figure_readers"
down_revision = "0142_actions_reported_errors"

_IS_AUTHOR = f"c.status NOT IN ('proposed', 'declined', 'dropped') AND c.expert_ids::text[] && {setting('records')}"


def _let_read(name: str, condition: str) -> None:
    run(f"""
CREATE POLICY action_figure_{name}_read ON action_figure FOR SELECT USING (EXISTS (
    SELECT FROM action_contribution c WHERE c.edition_id = action_figure.edition_id AND ({condition})
))
""")


def upgrade() -> None:
    run("DROP POLICY action_figure_author_read ON action_figure")
    _let_read("participant", f"{_IS_AUTHOR} OR c.id::text = ANY({setting('records')})")


def downgrade() -> None:
    run("DROP POLICY action_figure_participant_read ON action_figure")
    _let_read("author", _IS_AUTHOR)
