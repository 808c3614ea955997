"""Grants over one expert or institution that followed a merge."""

from migrations.rules import grant, reference_moves, role, run

revision = "access_0008"
down_revision = "actions_0007"


def upgrade() -> None:
    reference_moves("access", "access")
    run(
        "CREATE INDEX access_grant_scope_idx ON access_grant (scope_id)"
        " WHERE scope_kind IN ('self', 'record', 'institution')"
    )
    grant("member_published_institution", "SELECT", "access")


def downgrade() -> None:
    run(f"REVOKE SELECT ON member_published_institution FROM {role('access')}")
    run("DROP INDEX access_grant_scope_idx")
    run("DROP TABLE access_reference_move")
