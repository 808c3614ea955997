"""What everybody is told of the gender balance; nothing in it is finer than that."""

from migrations.rules import grant, run

revision = "membership_0016"
down_revision = "membership_0015"


def upgrade() -> None:
    run("""
CREATE TABLE member_gender_balance (
    place text PRIMARY KEY,
    day date NOT NULL,
    whole integer NOT NULL,
    women integer NOT NULL,
    men integer NOT NULL,
    other integer NOT NULL,
    CHECK (women % 5 = 0 AND men % 5 = 0 AND other % 5 = 0)
)
--;
COMMENT ON TABLE member_gender_balance IS 'by country and, under the empty place, of all together'
""")
    grant("member_gender_balance", "SELECT, INSERT, UPDATE", "membership")


def downgrade() -> None:
    run("DROP TABLE member_gender_balance")
