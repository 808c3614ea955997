CREATE OR REPLACE FUNCTION member_institution_candidates(asked integer[], kinds text[], looked_up text[], words text[], homes text[], loose boolean, only_country text, context text) RETURNS TABLE(asked_by integer, id uuid)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'public', 'pg_temp'
    SET "pg_trgm.word_similarity_threshold" TO '0.5'
    AS $$
    WITH said AS MATERIALIZED (
        SELECT s.n, s.kind, s.value, s.word, s.home
        FROM unnest(asked, kinds, looked_up, words, homes) s (n, kind, value, word, home) WHERE context IS NOT NULL
    ), equal AS (
        SELECT s.n, i.id, bool_and(s.kind = 'short') AS is_short
        FROM said s JOIN member_institution_value v ON v.kind = s.kind AND v.value = s.value
            JOIN member_institution i ON i.id = v.institution_id
        WHERE s.kind IN ('name', 'domain', 'short') AND (i.visibility = ANY(((SELECT string_to_array(nullif(current_setting('escm.visibilities', true), ''), ','))::text[])) OR i.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.countries', true), ''), ','))::text[])) OR i.id::text = ANY(((SELECT string_to_array(nullif(current_setting('escm.records', true), ''), ','))::text[])))
          AND (i.status IN ('verified', 'inactive') OR i.status = 'submitted' AND ('restricted' = ANY(((SELECT string_to_array(nullif(current_setting('escm.visibilities', true), ''), ','))::text[]))
               OR i.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.countries', true), ''), ','))::text[])) OR i.id::text = ANY(((SELECT string_to_array(nullif(current_setting('escm.records', true), ''), ','))::text[]))))
          AND i.merged_into IS NULL AND (only_country IS NULL OR i.country = only_country)
        GROUP BY s.n, i.id
    ), alike AS MATERIALIZED (
        SELECT s.n, s.word, s.home, f.word AS found FROM said s JOIN member_institution_form f ON f.form = s.value
        WHERE s.kind = 'form' GROUP BY s.n, s.word, s.home, f.word
    ), spelled AS MATERIALIZED (
        SELECT a.n, a.word, a.home, i.id, i.country, length(i.match_key) AS long, bool_or(a.word = a.found) AS is_same
        FROM alike a JOIN member_institution_value v ON v.kind = 'word' AND v.value = a.found
            JOIN member_institution i ON i.id = v.institution_id
        WHERE (i.visibility = ANY(((SELECT string_to_array(nullif(current_setting('escm.visibilities', true), ''), ','))::text[])) OR i.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.countries', true), ''), ','))::text[])) OR i.id::text = ANY(((SELECT string_to_array(nullif(current_setting('escm.records', true), ''), ','))::text[])))
          AND (i.status IN ('verified', 'inactive') OR i.status = 'submitted' AND ('restricted' = ANY(((SELECT string_to_array(nullif(current_setting('escm.visibilities', true), ''), ','))::text[]))
               OR i.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.countries', true), ''), ','))::text[])) OR i.id::text = ANY(((SELECT string_to_array(nullif(current_setting('escm.records', true), ''), ','))::text[]))))
          AND i.merged_into IS NULL AND (only_country IS NULL OR i.country = only_country) GROUP BY a.n, a.word, a.home, i.id
    ), hit AS (
        SELECT * FROM spelled
        UNION ALL
        SELECT s.n, s.word, s.home, i.id, i.country, length(i.match_key), false
        FROM said s JOIN member_institution i ON i.match_key %> s.word
        WHERE loose AND s.kind = 'form' AND s.value = s.word
            AND (s.n, s.word) NOT IN (SELECT s.n, s.word FROM spelled s) AND (i.visibility = ANY(((SELECT string_to_array(nullif(current_setting('escm.visibilities', true), ''), ','))::text[])) OR i.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.countries', true), ''), ','))::text[])) OR i.id::text = ANY(((SELECT string_to_array(nullif(current_setting('escm.records', true), ''), ','))::text[])))
          AND (i.status IN ('verified', 'inactive') OR i.status = 'submitted' AND ('restricted' = ANY(((SELECT string_to_array(nullif(current_setting('escm.visibilities', true), ''), ','))::text[]))
               OR i.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.countries', true), ''), ','))::text[])) OR i.id::text = ANY(((SELECT string_to_array(nullif(current_setting('escm.records', true), ''), ','))::text[]))))
          AND i.merged_into IS NULL AND (only_country IS NULL OR i.country = only_country)
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
$$;

REVOKE ALL ON FUNCTION member_institution_candidates(asked integer[], kinds text[], looked_up text[], words text[], homes text[], loose boolean, only_country text, context text) FROM PUBLIC;
GRANT ALL ON FUNCTION member_institution_candidates(integer[], text[], text[], text[], text[], boolean, text, text) TO {role:membership};
ALTER FUNCTION member_institution_candidates(integer[], text[], text[], text[], text[], boolean, text, text) OWNER TO {role:search};
