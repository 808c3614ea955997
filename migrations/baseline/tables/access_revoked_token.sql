CREATE TABLE access_revoked_token (
    token_id text PRIMARY KEY,
    principal_kind text NOT NULL,
    principal_id uuid NOT NULL,
    until timestamptz NOT NULL
);

CREATE INDEX access_revoked_token_principal_idx ON access_revoked_token (principal_kind, principal_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON access_revoked_token TO {role:access};
