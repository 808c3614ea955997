"""What clients call, by day and operation.

Retiring operations are some of them: the table of their calls ends, which is empty as long as no operation retires.
"""

from migrations.rules import grant, role, run

revision = "0117_access_client_calls"
down_revision = "0116_access_pushed_requests"

_SERVICES = ("access", "membership", "centres", "actions")
_COUNTED = """
    client_id uuid NOT NULL REFERENCES access_client (id),
    service text NOT NULL,
    operation text NOT NULL,
    method text NOT NULL,
    path text NOT NULL,
    deprecated_on date,
    sunset date,
    day date NOT NULL,
    calls bigint NOT NULL CHECK (calls > 0),
    failures bigint NOT NULL CHECK (failures BETWEEN 0 AND calls),
    last_at timestamptz NOT NULL
"""
_OLD = """
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
"""


def upgrade() -> None:
    """Every service adds calls, access alone reads them and sums them up: those of clients that its context shows."""
    run(f"""
DROP TABLE access_deprecated_call
--;
CREATE TABLE access_client_call (id uuid PRIMARY KEY, {_COUNTED})
--;
CREATE INDEX access_client_call_client_idx ON access_client_call (client_id, day)
--;
CREATE TABLE access_client_usage ({_COUNTED}, PRIMARY KEY (client_id, day, service, operation))
--;
CREATE INDEX access_client_usage_day_idx ON access_client_usage (day)
""")
    for table in ("access_client_call", "access_client_usage"):
        _protect(table)
        grant(table, "SELECT, INSERT, UPDATE, DELETE", "access")
    grant("access_client_call", "INSERT", *_SERVICES)


def _protect(table: str) -> None:
    run(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY
--;
CREATE POLICY {table}_read ON {table} FOR SELECT USING (client_id IN (SELECT id FROM access_client))
--;
CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK (true)
--;
CREATE POLICY {table}_update ON {table} FOR UPDATE TO {role("access")}
    USING (client_id IN (SELECT id FROM access_client))
--;
CREATE POLICY {table}_delete ON {table} FOR DELETE TO {role("access")}
    USING (client_id IN (SELECT id FROM access_client))
""")


def downgrade() -> None:
    table = "access_deprecated_call"
    run(f"DROP TABLE access_client_usage, access_client_call\n--;{_OLD}")
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
    grant(table, "INSERT", *_SERVICES)
