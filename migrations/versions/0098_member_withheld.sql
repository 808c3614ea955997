CREATE OR REPLACE FUNCTION member_withheld(experts text[]) RETURNS TABLE (id uuid, is_decision boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    WITH own AS MATERIALIZED (
        SELECT e AS expert FROM unnest(experts) e WHERE e ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    ), conflicting AS MATERIALIZED (
        SELECT n.id FROM own
        JOIN member_nomination n ON n.conflicts @> jsonb_build_array(jsonb_build_object('expert_id', own.expert))
    ), nominated AS MATERIALIZED (
        SELECT n.id, n.call_id, n.status FROM own JOIN member_nomination n ON n.expert_id = own.expert::uuid
    )
    SELECT c.id, false FROM conflicting c
    UNION ALL
    SELECT n.id, true FROM nominated n JOIN member_call k ON k.id = n.call_id
    WHERE k.status <> 'published'
    UNION ALL
    SELECT s.id, false FROM member_score s
    WHERE s.nomination_id IN (SELECT c.id FROM conflicting c UNION ALL SELECT n.id FROM nominated n)
$$;

REVOKE EXECUTE ON FUNCTION member_withheld(text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION member_withheld(text[]) TO {role:access}, {role:membership};
ALTER FUNCTION member_withheld(text[]) OWNER TO {role:search};
