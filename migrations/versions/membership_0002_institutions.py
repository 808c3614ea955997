"""Institutions, their filter values and match keys, and the two searches that run beside row-level security."""

from migrations.rules import (
    admitted,
    country_scoped,
    grant,
    name_search,
    record_columns,
    reference_numbers,
    role,
    run,
    searchable,
    searching,
    setting,
)

revision = "membership_0002"
down_revision = "membership_0001"

_CANDIDATES = "member_institution_candidates(text[], text[], text[], text[], text[], text, text)"


def upgrade() -> None:
    run(f"""
CREATE TABLE member_institution ({record_columns("submitted|verified|linked|out_of_scope|inactive|withdrawn")}
    names jsonb NOT NULL,
    display_name text NOT NULL,
    sort_name text NOT NULL,
    search_key text NOT NULL,
    match_key text NOT NULL,
    ror text,
    types text[] NOT NULL,
    domains text[] NOT NULL,
    links text[] NOT NULL,
    locations jsonb NOT NULL,
    heri boolean NOT NULL,
    previous_status text,
    merged_into uuid REFERENCES member_institution (id),
    CHECK (status <> 'linked' OR merged_into IS NOT NULL)
)
--;
CREATE INDEX member_institution_country_idx ON member_institution (country, status, id)
--;
CREATE INDEX member_institution_country_name_idx ON member_institution (country, sort_name, id)
--;
CREATE INDEX member_institution_name_idx ON member_institution (sort_name, id)
--;
CREATE INDEX member_institution_created_idx ON member_institution (created_at, id)
--;
CREATE INDEX member_institution_updated_idx ON member_institution (updated_at, id)
--;
CREATE UNIQUE INDEX member_institution_ror_key ON member_institution (ror, country)
    WHERE merged_into IS NULL AND status IN ('submitted', 'verified', 'inactive')
--;
CREATE INDEX member_institution_search_idx ON member_institution USING gin (search_key public.gin_trgm_ops)
--;
CREATE INDEX member_institution_match_idx ON member_institution USING gin (match_key public.gin_trgm_ops)
--;
CREATE TABLE member_institution_value (
    institution_id uuid NOT NULL REFERENCES member_institution (id),
    kind text NOT NULL CHECK (kind IN ('type', 'domain', 'name', 'short')),
    value text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    PRIMARY KEY (institution_id, kind, value)
)
--;
CREATE INDEX member_institution_value_idx ON member_institution_value (kind, value, institution_id)
""")
    reference_numbers("member_institution", "INS", "membership")
    country_scoped("member_institution", "membership")
    country_scoped("member_institution_value", "membership", record="institution_id")
    name_search("member_institution", "membership")
    _candidates()
    run("""
CREATE VIEW member_published_institution AS
    SELECT id, ref, version, status, country, visibility, display_name, ror, merged_into
    FROM member_institution
""")
    grant("member_published_institution", "SELECT", "centres", "actions")


def _candidates() -> None:
    """Institutions that a text may mean, at most some 100 by equality and 40 by trigrams of their telling words.

    A word counts the more, the fewer institutions it finds, and twice in a country that the text names. As the name search it reads beside row-level security,
    and applies the context and the published states itself, so that its bounds count only what the caller may know.
    """
    sees_all = f"'restricted' = ANY({setting('visibilities')})"
    known = f"""{admitted("i")}
          AND (i.status IN ('verified', 'inactive') OR i.status = 'submitted' AND ({sees_all}
               OR i.country = ANY({setting("countries")}) OR i.id::text = ANY({setting("records")})))
          AND i.merged_into IS NULL AND (only_country IS NULL OR i.country = only_country)"""
    searchable("member_institution_value", "institution_id, kind, value")
    run(f"""
GRANT SELECT (status, merged_into, match_key) ON member_institution TO {role("search")}
--;
CREATE FUNCTION member_institution_candidates(
    names text[], hosts text[], shorts text[], terms text[], places text[], only_country text, context text)
RETURNS TABLE (id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, public, pg_temp
SET pg_trgm.word_similarity_threshold = 0.5 AS $$
    WITH equal AS (
        SELECT v.institution_id AS id, bool_and(v.kind = 'short') AS is_short FROM member_institution_value v
        WHERE context IS NOT NULL AND (v.kind = 'name' AND v.value = ANY(names)
           OR v.kind = 'domain' AND v.value = ANY(hosts) OR v.kind = 'short' AND v.value = ANY(shorts))
        GROUP BY v.institution_id
    ), hit AS MATERIALIZED (
        SELECT i.id, word.term, i.match_key, CASE WHEN i.country = ANY(places) THEN 2 ELSE 1 END AS home
        FROM unnest(terms) AS word (term) JOIN member_institution i ON i.match_key %> word.term
        WHERE context IS NOT NULL AND {known}
    ), weight AS (
        SELECT term, 1 / ln(2 + count(*)) AS w FROM hit GROUP BY term
    ), near AS (
        SELECT hit.id FROM hit JOIN weight USING (term)
        GROUP BY hit.id ORDER BY sum(weight.w * hit.home) DESC, min(length(hit.match_key)), hit.id LIMIT 200
    )
    (SELECT i.id FROM equal JOIN member_institution i USING (id)
     WHERE {known} ORDER BY equal.is_short, i.id LIMIT 100)
    UNION
    (SELECT hit.id FROM near JOIN hit USING (id) JOIN weight USING (term)
     GROUP BY hit.id ORDER BY sum(weight.w * hit.home * word_similarity(hit.term, hit.match_key)) DESC, hit.id LIMIT 40)
$$
""")
    searching(_CANDIDATES, "membership")


def downgrade() -> None:
    run(f"""
DROP VIEW member_published_institution
--;
DROP FUNCTION {_CANDIDATES}
--;
DROP FUNCTION member_institution_search(text, text)
--;
DROP TABLE member_institution_value
--;
DROP TABLE member_institution
--;
DROP SEQUENCE member_institution_ref_seq
""")
