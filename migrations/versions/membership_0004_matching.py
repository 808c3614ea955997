"""By what an import finds the record that is there already: e-mail addresses, ORCID iDs, ROR ids."""

from migrations.rules import role, run, searching, setting

revision = "membership_0004"
down_revision = "membership_0003"

_WRITABLE = f"r.country = ANY({setting('write_countries')}) OR r.id::text = ANY({setting('write_records')})"


def upgrade() -> None:
    """Array operators are not leakproof, so under a policy the index would be lost; and a match out of reach has to be
    known to the engine, though it is never told. Both answer whether the context may write the record.
    """
    run(f"""
GRANT SELECT (email_keys, orcid, merged_into, erased_at) ON member_expert TO {role("search")}
--;
GRANT SELECT (id, country, ror, status, merged_into) ON member_institution TO {role("search")}
--;
CREATE FUNCTION member_expert_matches(keys text[]) RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT k.key, r.id, coalesce({_WRITABLE}, false)
    FROM unnest(keys) AS k (key) JOIN member_expert r
        ON r.email_keys @> ARRAY[substr(k.key, 7)]
    WHERE k.key LIKE 'email:%' AND r.merged_into IS NULL AND r.erased_at IS NULL
    UNION ALL
    SELECT 'orcid:' || r.orcid, r.id, coalesce({_WRITABLE}, false)
    FROM member_expert r
    WHERE r.orcid = ANY(ARRAY(SELECT substr(k, 7) FROM unnest(keys) k WHERE k LIKE 'orcid:%'))
        AND r.merged_into IS NULL AND r.erased_at IS NULL
$$
--;
CREATE FUNCTION member_institution_matches(keys text[]) RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT 'ror:' || r.ror, r.id, coalesce({_WRITABLE}, false)
    FROM member_institution r
    WHERE r.ror = ANY(ARRAY(SELECT substr(k, 5) FROM unnest(keys) k WHERE k LIKE 'ror:%'))
        AND r.merged_into IS NULL AND r.status IN ('submitted', 'verified', 'inactive')
$$
""")
    searching("member_expert_matches(text[])", "membership")
    searching("member_institution_matches(text[])", "membership")


def downgrade() -> None:
    run("""
DROP FUNCTION member_institution_matches(text[])
--;
DROP FUNCTION member_expert_matches(text[])
""")
