"""How often the sums of counts were changed: together with what is pending it tells whether an answer still holds."""

from migrations.rules import grant, run

revision = "membership_0009"
down_revision = "membership_0008"


def upgrade() -> None:
    run("""
CREATE TABLE core_count_fold (number bigint PRIMARY KEY)
--;
INSERT INTO core_count_fold VALUES (0)
""")
    grant("core_count_fold", "SELECT, UPDATE", "membership")


def downgrade() -> None:
    run("DROP TABLE core_count_fold")
