"""Which retiring operations clients call, and which notices about them were given."""

from migrations.rules import grant, role, run

revision = "0110_access_deprecated_calls"
down_revision = "0109_access_webhooks"

_SERVICES = ("access", "membership", "centres", "actions")


def upgrade() -> None:
    """Every service adds calls, access alone reads them: those of clients that its context shows."""
    run("""
CREATE TABLE access_deprecated_call (
    id uuid PRIMARY KEY,
    client_id uuid NOT NULL REFERENCES access_client (id),
    service text NOT NULL,
    operation text NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    deprecated_on date NOT NULL,
    sunset date NOT NULL,
    day date NOT NULL,
    calls bigint NOT NULL CHECK (calls > 0),
    last_at timestamptz NOT NULL
)
--;
CREATE INDEX access_deprecated_call_client_idx ON access_deprecated_call (client_id, day)
--;
CREATE INDEX access_deprecated_call_day_idx ON access_deprecated_call (day)
--;
CREATE TABLE access_deprecation_notice (
    client_id uuid NOT NULL REFERENCES access_client (id),
    operation text NOT NULL,
    days integer NOT NULL CHECK (days >= 0),
    given_at timestamptz NOT NULL,
    PRIMARY KEY (client_id, operation, days)
)
""")
    for table in ("access_deprecated_call", "access_deprecation_notice"):
        run(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY
--;
CREATE POLICY {table}_read ON {table} FOR SELECT USING (client_id IN (SELECT id FROM access_client))
--;
CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK (true)
--;
CREATE POLICY {table}_delete ON {table} FOR DELETE TO {role("access")}
    USING (client_id IN (SELECT id FROM access_client))
""")
        grant(table, "SELECT, INSERT, DELETE", "access")
    grant("access_deprecated_call", "INSERT", *_SERVICES)


def downgrade() -> None:
    run("DROP TABLE access_deprecation_notice, access_deprecated_call")
