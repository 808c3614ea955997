"""Row-level security under accounts, clients, grants, keys and sessions.

Reading asks the context as everywhere, or that it writes everywhere, which every transaction of access that writes
does: who may hand on what is no matter of countries. What is asked for before a caller is known says so with the
context of the system. The views that every service authenticates from are their owner's, who sees every row.
"""

from migrations.rules import role, run, setting

revision = "access_0009"
down_revision = "membership_0016"

_TABLES = ("access_account", "access_client", "access_grant", "access_api_key", "access_session")
_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
_READS = (
    f"visibility = ANY({setting('visibilities')}) OR country = ANY({setting('countries')})"
    f" OR id::text = ANY({setting('records')}) OR {_WRITES}"
)


def upgrade() -> None:
    for table in _TABLES:
        run(f"""
CREATE POLICY {table}_read ON {table} FOR SELECT USING ({_READS})
--;
CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({_WRITES}) WITH CHECK ({_WRITES})
--;
CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({_WRITES})
--;
CREATE POLICY {table}_published ON {table} FOR SELECT TO {role("owner")} USING (true)
--;
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY
""")


def downgrade() -> None:
    for table in _TABLES:
        run(f"""
ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY
--;
ALTER TABLE {table} DISABLE ROW LEVEL SECURITY
""")
        for policy in ("read", "insert", "update", "delete", "published"):
            run(f"DROP POLICY {table}_{policy} ON {table}")
