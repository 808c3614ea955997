"""Reports by centre and year, for imports. The function reads as its caller."""

from migrations.rules import role, run

revision = "0062_centres_imports"
down_revision = "0061_centres_work"


def upgrade() -> None:
    run(f"""
CREATE FUNCTION centre_annual_report_matches(keys text[]) RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SET search_path = escm, pg_temp AS $$
    SELECT k.key, r.id, true
    FROM (SELECT key, split_part(key, ':', 2) AS centre, split_part(key, ':', 3) AS year
        FROM unnest(keys) AS k (key) WHERE key LIKE 'report:%' OFFSET 0) k
    JOIN centre_annual_report r ON r.centre_id = k.centre::uuid AND r.year = k.year::integer
$$
--;
REVOKE EXECUTE ON FUNCTION centre_annual_report_matches(text[]) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION centre_annual_report_matches(text[]) TO {role("centres")}
""")


def downgrade() -> None:
    run("DROP FUNCTION centre_annual_report_matches(text[])")
