CREATE OR REPLACE FUNCTION action_completeness(programme uuid, place text) RETURNS jsonb
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
#variable_conflict use_column
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
    found jsonb;
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    SELECT jsonb_object_agg(key, day) INTO found FROM (
        SELECT 'core' AS key, min(designated_on) AS day FROM centre_published_centre
        WHERE country = place AND status IN ('active', 'renewal_due', 'renewal_review')
        UNION ALL
        SELECT pillar, min(actual_start) FROM action_action
        WHERE programme_id = programme AND pillar <> 'core' AND status IN ('in_progress', 'finalising', 'closed')
        GROUP BY pillar
    ) element WHERE day IS NOT NULL;
    PERFORM set_config('escm.visibilities', visibilities, true);
    RETURN coalesce(found, '{}');
END
$$;

REVOKE ALL ON FUNCTION action_completeness(programme uuid, place text) FROM PUBLIC;
GRANT ALL ON FUNCTION action_completeness(uuid, text) TO {role:actions};
