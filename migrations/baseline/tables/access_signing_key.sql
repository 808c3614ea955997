CREATE TABLE access_signing_key (
    kid text PRIMARY KEY,
    public jsonb NOT NULL,
    private bytea NOT NULL,
    created_at timestamptz NOT NULL,
    signs_from timestamptz NOT NULL,
    signs_until timestamptz NOT NULL,
    verifies_until timestamptz NOT NULL,
    CONSTRAINT access_signing_key_check CHECK (verifies_until > signs_until)
);

GRANT SELECT, INSERT, DELETE ON access_signing_key TO {role:access};
