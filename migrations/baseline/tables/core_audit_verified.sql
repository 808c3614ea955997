CREATE TABLE core_audit_verified (
    one boolean DEFAULT true PRIMARY KEY CHECK (one),
    newest bigint NOT NULL,
    again bigint NOT NULL,
    at timestamptz
);

GRANT SELECT, UPDATE ON core_audit_verified TO {role:access};

COMMENT ON COLUMN core_audit_verified.again IS 'up to where what is older was verified once more; it begins anew';
