CREATE OR REPLACE FUNCTION member_institution_search(pattern text, context text) RETURNS TABLE(ids uuid[], more boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'public', 'pg_temp'
    AS $$
    SELECT (array_agg(hit.id))[1:2000], count(*) > 2000
    FROM (
        SELECT e.id FROM member_institution e
        WHERE context IS NOT NULL AND e.search_key LIKE pattern AND (e.visibility = ANY(((SELECT string_to_array(nullif(current_setting('escm.visibilities', true), ''), ','))::text[])) OR e.country = ANY(((SELECT string_to_array(nullif(current_setting('escm.countries', true), ''), ','))::text[])) OR e.id::text = ANY(((SELECT string_to_array(nullif(current_setting('escm.records', true), ''), ','))::text[])))
        LIMIT 2001
    ) hit
$$;

REVOKE ALL ON FUNCTION member_institution_search(pattern text, context text) FROM PUBLIC;
GRANT ALL ON FUNCTION member_institution_search(text, text) TO {role:membership};
ALTER FUNCTION member_institution_search(text, text) OWNER TO {role:search};
