CREATE AGGREGATE core_audit_chain(beginning bytea, "position" bigint, entry uuid, content bytea) (
    SFUNC = core_audit_follow,
    STYPE = bytea
);
