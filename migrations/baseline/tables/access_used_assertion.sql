CREATE TABLE access_used_assertion (
    digest bytea PRIMARY KEY,
    until timestamptz NOT NULL
);

GRANT SELECT, INSERT, UPDATE, DELETE ON access_used_assertion TO {role:access};
