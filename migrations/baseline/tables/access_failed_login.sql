CREATE TABLE access_failed_login (
    email_digest bytea PRIMARY KEY,
    failed integer NOT NULL,
    locked_until timestamptz NOT NULL,
    last_at timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON access_failed_login TO {role:access};
