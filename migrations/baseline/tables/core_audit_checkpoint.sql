CREATE TABLE core_audit_checkpoint (
    "position" bigint NOT NULL,
    hash bytea NOT NULL,
    start bigint NOT NULL,
    at timestamptz NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY ("position")
);

GRANT SELECT ON core_audit_checkpoint TO {role:access};
GRANT SELECT, INSERT, UPDATE ON core_audit_checkpoint TO {role:relay};

COMMENT ON COLUMN core_audit_checkpoint.start IS 'the position after which the chain begins';
