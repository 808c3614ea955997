CREATE OR REPLACE FUNCTION member_expert_namesakes(own uuid, keys text[], sort text, place text, addresses text[], iri text, patterns text[]) RETURNS json
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'escm', 'pg_temp'
    SET plan_cache_mode TO 'force_generic_plan'
    SET enable_seqscan TO 'off'
    AS $$
DECLARE
    covered text[] := coalesce(((SELECT string_to_array(nullif(current_setting('escm.countries', true), ''), ','))::text[]), '{}') || place;
    open text[] := ((SELECT string_to_array(nullif(current_setting('escm.visibilities', true), ''), ','))::text[]);
    found uuid[] := ARRAY(SELECT e.id FROM member_expert e WHERE e.name_key = ANY(keys) LIMIT 41);
    at_home uuid[];
    is_common boolean := false;
BEGIN
    IF cardinality(found) > 40 THEN
        at_home := ARRAY(SELECT e.id FROM member_expert e WHERE e.name_key = ANY(keys) AND e.country = place LIMIT 41);
        is_common := cardinality(at_home) > 40;
        IF is_common THEN
            found := '{}' || (SELECT array_agg(n.id) FROM (SELECT e.id FROM member_expert e WHERE e.sort_name = sort AND e.country = ANY(covered) LIMIT 21) n HAVING count(*) < 21)
                || (SELECT array_agg(n.id) FROM (SELECT e.id FROM member_expert e WHERE e.name_key = ANY(keys) AND e.sort_name || '' = sort AND e.visibility <> 'restricted' AND e.visibility = ANY(open) AND e.status IN ('active', 'grace') LIMIT 21) n HAVING count(*) < 21) || (SELECT array_agg(n.id) FROM (SELECT e.id FROM member_expert e WHERE e.sort_name = sort LIMIT 21) n HAVING count(*) < 21);
        ELSE
            found := found || at_home || ARRAY(SELECT e.id FROM member_expert e WHERE e.name_key = ANY(keys) AND e.country = ANY(covered) LIMIT 41)
                || ARRAY(SELECT e.id FROM member_expert e WHERE e.name_key = ANY(keys) AND e.visibility <> 'restricted' AND e.visibility = ANY(open) AND e.status IN ('active', 'grace') LIMIT 41);
        END IF;
    END IF;
    IF addresses <> '{}' THEN
        found := found || ARRAY(SELECT e.id FROM member_expert e WHERE e.email_keys && addresses LIMIT 20);
    END IF;
    IF iri IS NOT NULL THEN
        found := found || ARRAY(SELECT e.id FROM member_expert e WHERE e.orcid = iri LIMIT 20);
    END IF;
    IF patterns IS NOT NULL AND NOT is_common THEN
        found := found || ARRAY(
            SELECT e.id FROM unnest(patterns) AS p (pattern) JOIN member_expert e ON e.search_key LIKE p.pattern LIMIT 40);
    END IF;
    RETURN (
        SELECT json_agg(json_build_object('id', e.id, 'country', e.country, 'visibility', e.visibility,
            'status', e.status, 'names', e.names, 'email_keys', e.email_keys, 'orcid', e.orcid, 'works', ARRAY(
                SELECT coalesce(w.institution_id::text, w.raw) FROM member_affiliation w
                WHERE w.expert_id = e.id LIMIT 20)))
        FROM member_expert e
        WHERE e.id = ANY(array_remove(found, own)) AND e.merged_into IS NULL AND e.erased_at IS NULL
    );
END
$$;

REVOKE ALL ON FUNCTION member_expert_namesakes(own uuid, keys text[], sort text, place text, addresses text[], iri text, patterns text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION member_expert_namesakes(uuid, text[], text, text, text[], text, text[]) TO {role:membership};
ALTER FUNCTION member_expert_namesakes(uuid, text[], text, text, text[], text, text[]) OWNER TO {role:search};
