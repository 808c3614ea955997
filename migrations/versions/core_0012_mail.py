"""Mail that leaves with its effect: what is personal in it is sealed, and taken out once it is sent."""

from migrations.rules import grant, run

revision = "core_0012"
down_revision = "access_0004"


def upgrade() -> None:
    run("""
CREATE TABLE core_mail (
    id uuid PRIMARY KEY,
    service text NOT NULL,
    template text NOT NULL,
    sealed bytea,
    created_at timestamptz NOT NULL,
    sent_at timestamptz
)
--;
CREATE INDEX core_mail_sealed_idx ON core_mail (created_at) WHERE sealed IS NOT NULL
""")
    grant("core_mail", "SELECT, INSERT, UPDATE, DELETE", "membership", "centres", "actions", "access")


def downgrade() -> None:
    run("DROP TABLE core_mail")
