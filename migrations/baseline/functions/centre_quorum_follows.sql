CREATE OR REPLACE FUNCTION centre_quorum_follows() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'escm', 'pg_temp'
    AS $$
DECLARE
    committee uuid := CASE TG_TABLE_NAME WHEN 'centre_committee' THEN (to_jsonb(NEW) ->> 'id')::uuid
        ELSE (to_jsonb(coalesce(NEW, OLD)) ->> 'committee_id')::uuid END;
BEGIN
    UPDATE centre_committee_meeting SET needed = centre_committee_quorum(committee, (starts AT TIME ZONE 'UTC')::date)
    WHERE committee_id = committee AND status = 'planned' AND needed <> centre_committee_quorum(committee, (starts AT TIME ZONE 'UTC')::date);
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION centre_quorum_follows() FROM PUBLIC;
