"""Institutions, their filter values, words and relations, their counts, and the searches that run around row-level
security."""

from migrations.rules import (
    counted,
    country_scoped,
    grant,
    name_search,
    readable_row,
    record_columns,
    reference_numbers,
    run,
    searchable,
    searching,
    setting,
)

revision = "0009_membership_institutions"
down_revision = "0008_membership_experts"

_CANDIDATES = "member_institution_candidates(integer[], text[], text[], text[], text[], boolean, text, text)"
_SEARCHED = "id, status, visibility, country, names, search_key, match_key, ror, domains, locations, merged_into"


def upgrade() -> None:
    _institutions()
    _values()
    _words()
    _relations()
    reference_numbers("member_institution", "INS", "membership")
    country_scoped("member_institution", "membership")
    country_scoped("member_institution_value", "membership", record="institution_id")
    country_scoped("member_institution_relation", "membership", record="institution_id")
    searchable("member_institution", _SEARCHED)
    searchable("member_institution_value", "institution_id, kind, value")
    name_search("member_institution", "membership")
    _identifiers()
    _candidates()
    _merges()
    _counts()
    run("""
CREATE VIEW member_published_institution AS
    SELECT id, ref, version, status, country, visibility, display_name, ror, merged_into
    FROM member_institution
""")
    grant("member_published_institution", "SELECT", "centres", "actions", "access")


def _institutions() -> None:
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
    relations jsonb NOT NULL DEFAULT '[]',
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
CREATE INDEX member_institution_merged_idx ON member_institution (merged_into) WHERE merged_into IS NOT NULL
""")


def _values() -> None:
    run("""
CREATE TABLE member_institution_value (
    institution_id uuid NOT NULL REFERENCES member_institution (id),
    kind text NOT NULL CHECK (kind IN ('type', 'domain', 'name', 'short', 'word')),
    value text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    PRIMARY KEY (institution_id, kind, value)
)
--;
CREATE INDEX member_institution_value_idx ON member_institution_value (kind, value, institution_id)
""")


def _words() -> None:
    """A word's forms are itself and what is left of it without one letter, so that two words one letter apart have one
    in common: found by equality, where trigrams lose short ones. The forms follow from the words alone."""
    run("""
CREATE TABLE member_institution_form (
    form text NOT NULL,
    word text NOT NULL,
    PRIMARY KEY (form, word)
)
--;
CREATE FUNCTION member_institution_formed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO escm.member_institution_form (form, word)
    SELECT DISTINCT CASE WHEN n = 0 THEN word ELSE overlay(word PLACING '' FROM n FOR 1) END, word
    FROM (SELECT DISTINCT value AS word FROM after WHERE kind = 'word') known
        CROSS JOIN LATERAL generate_series(0, CASE WHEN length(word) < 4 THEN 0 ELSE length(word) END) n
    WHERE NOT EXISTS (SELECT FROM escm.member_institution_form f WHERE f.form = word AND f.word = known.word)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER member_institution_value_formed AFTER INSERT ON member_institution_value
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION member_institution_formed()
""")
    grant("member_institution_form", "SELECT, INSERT", "membership")
    grant("member_institution_form", "SELECT", "search")


def _relations() -> None:
    run("""
CREATE TABLE member_institution_relation (
    institution_id uuid NOT NULL REFERENCES member_institution (id),
    kind text NOT NULL CHECK (kind IN ('parent', 'child', 'predecessor', 'successor', 'related')),
    other text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    PRIMARY KEY (institution_id, kind, other)
)
--;
CREATE INDEX member_institution_relation_other_idx ON member_institution_relation (other)
""")


def _identifiers() -> None:
    """Institutions by ROR id, for imports: a match out of reach has to be known to the engine, though it is never told.
    The function answers whether the context may write the record."""
    writable = f"r.country = ANY({setting('write_countries')}) OR r.id::text = ANY({setting('write_records')})"
    run(f"""
CREATE FUNCTION member_institution_matches(keys text[]) RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT 'ror:' || r.ror, r.id, coalesce({writable}, false)
    FROM member_institution r
    WHERE r.ror = ANY(ARRAY(SELECT substr(k, 5) FROM unnest(keys) k WHERE k LIKE 'ror:%'))
        AND r.merged_into IS NULL AND r.status IN ('submitted', 'verified', 'inactive')
$$
""")
    searching("member_institution_matches(text[])", "membership")


def _candidates() -> None:
    """Institutions that texts may mean: for each text 60 by an equal name, domain or short form, and 40 by their
    significant words.

    What is looked up comes as rows: the number of the text, a kind (`name`, `domain`, `short`, `form`), a value and,
    for the forms of a word, the word and the countries that its text names. A word counts the more, the fewer
    institutions it finds, and twice in such a country. With `loose`, words that no institution in the access scope has
    in any form are looked up by trigrams, which costs a hundred times as much. As the name search it reads around
    row-level security and applies the context and the published states itself, so that its bounds count only what the
    caller may know.

    The extension's settings are known to a session only once it has used the extension.
    """
    sees_all = f"'restricted' = ANY({setting('visibilities')})"
    known = f"""{readable_row("i")}
          AND (i.status IN ('verified', 'inactive') OR i.status = 'submitted' AND ({sees_all}
               OR i.country = ANY({setting("countries")}) OR i.id::text = ANY({setting("records")})))
          AND i.merged_into IS NULL AND (only_country IS NULL OR i.country = only_country)"""
    run(f"""
SELECT public.show_trgm('')
--;
CREATE FUNCTION member_institution_candidates(
    asked integer[], kinds text[], looked_up text[], words text[], homes text[], loose boolean, only_country text, context text)
RETURNS TABLE (asked_by integer, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, public, pg_temp
SET pg_trgm.word_similarity_threshold = 0.5 AS $$
    WITH said AS MATERIALIZED (
        SELECT s.n, s.kind, s.value, s.word, s.home
        FROM unnest(asked, kinds, looked_up, words, homes) s (n, kind, value, word, home) WHERE context IS NOT NULL
    ), equal AS (
        SELECT s.n, i.id, bool_and(s.kind = 'short') AS is_short
        FROM said s JOIN member_institution_value v ON v.kind = s.kind AND v.value = s.value
            JOIN member_institution i ON i.id = v.institution_id
        WHERE s.kind IN ('name', 'domain', 'short') AND {known}
        GROUP BY s.n, i.id
    ), alike AS MATERIALIZED (
        SELECT s.n, s.word, s.home, f.word AS found FROM said s JOIN member_institution_form f ON f.form = s.value
        WHERE s.kind = 'form' GROUP BY s.n, s.word, s.home, f.word
    ), spelled AS MATERIALIZED (
        SELECT a.n, a.word, a.home, i.id, i.country, length(i.match_key) AS long, bool_or(a.word = a.found) AS is_same
        FROM alike a JOIN member_institution_value v ON v.kind = 'word' AND v.value = a.found
            JOIN member_institution i ON i.id = v.institution_id
        WHERE {known} GROUP BY a.n, a.word, a.home, i.id
    ), hit AS (
        SELECT * FROM spelled
        UNION ALL
        SELECT s.n, s.word, s.home, i.id, i.country, length(i.match_key), false
        FROM said s JOIN member_institution i ON i.match_key %> s.word
        WHERE loose AND s.kind = 'form' AND s.value = s.word
            AND (s.n, s.word) NOT IN (SELECT s.n, s.word FROM spelled s) AND {known}
    ), weighed AS (
        SELECT h.n, h.id, h.long, CASE WHEN h.is_same THEN 1 ELSE 0.8 END * CASE WHEN h.home LIKE '%' || h.country || '%'
            THEN 2 ELSE 1 END / ln(2 + count(*) OVER (PARTITION BY h.n, h.word)) AS w
        FROM hit h
    ), near AS (
        SELECT w.n, w.id, row_number() OVER (PARTITION BY w.n ORDER BY sum(w.w) DESC, min(w.long), w.id) AS place
        FROM weighed w GROUP BY w.n, w.id
    )
    SELECT near.n, near.id FROM near WHERE near.place <= 40
    UNION
    SELECT e.n, e.id FROM (
        SELECT q.n, q.id, row_number() OVER (PARTITION BY q.n ORDER BY q.is_short, q.id) AS place FROM equal q) e
    WHERE e.place <= 60
$$
""")
    searching(_CANDIDATES, "membership")


def _merges() -> None:
    """`member_institution_survivor`: who asks for a loser learns where its merges lead, though a merge on the way be
    out of their access scope. `member_institution_names`: what others state of an institution that was merged is found
    from the one that it became part of."""
    run("""
CREATE FUNCTION member_institution_survivor(loser uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    WITH RECURSIVE chain AS (
        SELECT r.id, r.merged_into FROM member_institution r WHERE r.id = loser
        UNION SELECT r.id, r.merged_into FROM chain JOIN member_institution r ON r.id = chain.merged_into
    )
    SELECT id FROM chain WHERE merged_into IS NULL
$$
--;
CREATE FUNCTION member_institution_names(survivor uuid) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    WITH RECURSIVE part AS (
        SELECT r.id, r.ror FROM member_institution r WHERE r.id = survivor
        UNION SELECT r.id, r.ror FROM part JOIN member_institution r ON r.merged_into = part.id
    )
    SELECT coalesce(array_agg(name), '{}') FROM part, unnest(ARRAY[part.id::text, part.ror]) name
    WHERE name IS NOT NULL
$$
--;
COMMENT ON FUNCTION member_institution_names(uuid) IS
    'the ids and ROR ids of an institution and of all that were merged into it, in sight or not'
""")
    searching("member_institution_survivor(uuid)", "membership")
    searching("member_institution_names(uuid)", "membership")


def _counts() -> None:
    counted(
        "member_institution",
        """
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'institution', visibility, status, country, category, fields, sum(n)
        FROM (SELECT visibility, status, country, '' AS category, NULL::text[] AS fields, 1 AS n
            FROM after WHERE merged_into IS NULL) change
        GROUP BY visibility, status, country, category, fields;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'institution', visibility, status, country, category, fields, sum(n)
        FROM (SELECT visibility, status, country, '' AS category, NULL::text[] AS fields, -1 AS n
            FROM before WHERE merged_into IS NULL) change
        GROUP BY visibility, status, country, category, fields;
    ELSE
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT 'institution', visibility, status, country, category, fields, sum(n)
        FROM (SELECT visibility, status, country, '' AS category, NULL::text[] AS fields, 1 AS n
            FROM after WHERE merged_into IS NULL
            UNION ALL SELECT visibility, status, country, '' AS category, NULL::text[] AS fields, -1 AS n
            FROM before WHERE merged_into IS NULL) change
        GROUP BY visibility, status, country, category, fields HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END
""",
    )


def downgrade() -> None:
    run(f"""
DROP VIEW member_published_institution
--;
DROP FUNCTION member_institution_names(uuid), member_institution_survivor(uuid), {_CANDIDATES},
    member_institution_matches(text[]), member_institution_search(text, text)
--;
DROP TABLE member_institution_relation, member_institution_form, member_institution_value, member_institution
--;
DROP FUNCTION member_institution_counted(), member_institution_formed()
--;
DROP SEQUENCE member_institution_ref_seq
""")
