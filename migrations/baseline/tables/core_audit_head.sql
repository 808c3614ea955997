CREATE TABLE core_audit_head (
    one boolean DEFAULT true PRIMARY KEY CHECK (one),
    "position" bigint NOT NULL,
    hash bytea NOT NULL
)
WITH (fillfactor='50');

GRANT SELECT, UPDATE ON core_audit_head TO {role:relay};

COMMENT ON COLUMN core_audit_head."position" IS 'the last position of core_fact whose entry was looked for';
