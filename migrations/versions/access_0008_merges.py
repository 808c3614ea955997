"""Grants over one expert or institution that followed a merge."""

from migrations.rules import grant, role, run

revision = "access_0008"
down_revision = "actions_0007"


def upgrade() -> None:
    run("""
CREATE TABLE access_reference_move (
    loser_id uuid NOT NULL,
    winner_id uuid NOT NULL,
    resource text NOT NULL,
    record_id uuid NOT NULL,
    field text NOT NULL,
    position bigint GENERATED ALWAYS AS IDENTITY,
    before uuid[] NOT NULL,
    after uuid[] NOT NULL,
    PRIMARY KEY (loser_id, resource, record_id, field)
)
--;
CREATE INDEX access_reference_move_winner_idx ON access_reference_move (winner_id)
--;
CREATE INDEX access_grant_scope_idx ON access_grant (scope_id) WHERE scope_kind IN ('self', 'record', 'institution')
""")
    grant("access_reference_move", "SELECT, INSERT, DELETE", "access")
    grant("member_published_institution", "SELECT", "access")


def downgrade() -> None:
    run(f"REVOKE SELECT ON member_published_institution FROM {role('access')}")
    run("DROP INDEX access_grant_scope_idx")
    run("DROP TABLE access_reference_move")
