CREATE OR REPLACE FUNCTION core_audit_follow(state bytea, beginning bytea, "position" bigint, entry uuid, content bytea) RETURNS bytea
    LANGUAGE plpgsql IMMUTABLE
    AS $$
BEGIN
    RETURN sha256(coalesce(state, beginning) || int8send("position") || uuid_send(entry) || content);
END $$;
