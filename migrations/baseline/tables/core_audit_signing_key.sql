CREATE TABLE core_audit_signing_key (
    key_id text PRIMARY KEY,
    public bytea NOT NULL,
    private bytea NOT NULL,
    created_at timestamptz NOT NULL
);

GRANT SELECT, INSERT ON core_audit_signing_key TO {role:relay};
GRANT SELECT (key_id, public) ON core_audit_signing_key TO {role:access};
