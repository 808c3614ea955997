"""An export about a person says of their grants how they asked for them and where they were given."""

from migrations.personal_parts import narrowed, widened

revision = "0105_access_personal_grants"
down_revision = "0104_actions_offices"

_VIEW, _FORMER = "access_published_personal", "access_personal_without_places"


def upgrade() -> None:
    widened(_VIEW, _FORMER, "grants", "access_grant", "letter proof place")


def downgrade() -> None:
    narrowed(_VIEW, _FORMER)
