CREATE OR REPLACE FUNCTION core_audit_first(instant timestamptz) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT rpad(lpad(to_hex(floor(extract(epoch FROM instant) * 1000)::bigint), 12, '0'), 32, '0')::uuid
$$;
