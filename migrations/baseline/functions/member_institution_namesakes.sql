CREATE OR REPLACE FUNCTION member_institution_namesakes(own uuid, titles text[], hosts text[], shorts text[], terms text[], ror_id text) RETURNS json
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'public', 'pg_temp'
    SET "pg_trgm.word_similarity_threshold" TO '0.6'
    AS $$
    WITH hit AS (
        SELECT i.id, row_number() OVER (PARTITION BY v.kind, (i.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.countries', true), ''), ','))::text[])) OR i.visibility = ANY(((SELECT string_to_array(nullif(current_setting('escm.visibilities', true), ''), ','))::text[])) AND i.status IN ('verified', 'inactive')) ORDER BY i.id) AS place
        FROM member_institution_value v JOIN member_institution i ON i.id = v.institution_id
        WHERE v.kind = 'name' AND v.value = ANY(titles) OR v.kind = 'domain' AND v.value = ANY(hosts)
            OR v.kind = 'short' AND v.value = ANY(shorts)
        UNION ALL
        SELECT i.id, row_number() OVER (
            PARTITION BY (i.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.countries', true), ''), ','))::text[])) OR i.visibility = ANY(((SELECT string_to_array(nullif(current_setting('escm.visibilities', true), ''), ','))::text[])) AND i.status IN ('verified', 'inactive')) ORDER BY sum(word_similarity(word.term, i.match_key)) DESC, i.id)
        FROM unnest(terms) AS word (term) JOIN member_institution i ON i.match_key %> word.term GROUP BY i.id
        UNION ALL
        (SELECT i.id, 1 FROM member_institution i WHERE i.ror = ror_id LIMIT 20)
    )
    SELECT json_agg(json_build_object('id', i.id, 'country', i.country, 'visibility', i.visibility,
        'status', i.status, 'names', i.names, 'domains', i.domains, 'locations', i.locations, 'ror', i.ror))
    FROM member_institution i
    WHERE i.id IN (SELECT hit.id FROM hit WHERE hit.place <= 40) AND i.id <> own AND i.merged_into IS NULL
        AND i.status IN ('submitted', 'verified', 'inactive')
$$;

REVOKE ALL ON FUNCTION member_institution_namesakes(own uuid, titles text[], hosts text[], shorts text[], terms text[], ror_id text) FROM PUBLIC;
GRANT ALL ON FUNCTION member_institution_namesakes(uuid, text[], text[], text[], text[], text) TO {role:membership};
ALTER FUNCTION member_institution_namesakes(uuid, text[], text[], text[], text[], text) OWNER TO {role:search};
