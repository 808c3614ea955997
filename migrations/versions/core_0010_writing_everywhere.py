"""Who writes everywhere is told from others by one comparison for a statement, not by up to 252 for a row."""

from migrations.rules import run, setting

revision = "core_0010"
down_revision = "core_0009"


def upgrade() -> None:
    _write("(SELECT current_setting('escm.write_everywhere', true)) = 'on' OR ")


def downgrade() -> None:
    _write("")


def _write(shortcut: str) -> None:
    """Gives every writing policy of `country_scoped` its condition anew, for the column that names its record."""
    run(f"""
DO $migration$
DECLARE
    p record;
    condition text;
BEGIN
    FOR p IN
        SELECT tablename, policyname, cmd, substring(coalesce(qual, with_check) FROM '\\((\\w+)\\)::text = ANY') AS record
        FROM pg_policies WHERE schemaname = 'escm' AND cmd <> 'SELECT'
            AND coalesce(qual, with_check) LIKE '%escm.write\\_records%'
    LOOP
        condition := '{shortcut.replace("'", "''")}country = ANY({_quoted("write_countries")}) OR '
            || quote_ident(p.record) || '::text = ANY({_quoted("write_records")})';
        EXECUTE format('ALTER POLICY %I ON %I', p.policyname, p.tablename)
            || CASE WHEN p.cmd <> 'INSERT' THEN ' USING (' || condition || ')' ELSE '' END
            || CASE WHEN p.cmd <> 'DELETE' THEN ' WITH CHECK (' || condition || ')' ELSE '' END;
    END LOOP;
END
$migration$
""")


def _quoted(name: str) -> str:
    return setting(name).replace("'", "''")
