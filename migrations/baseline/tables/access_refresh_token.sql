CREATE TABLE access_refresh_token (
    digest bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES access_session (id) ON DELETE CASCADE,
    until timestamptz NOT NULL,
    used_at timestamptz
);

CREATE INDEX access_refresh_token_session_idx ON access_refresh_token (session_id);
CREATE INDEX access_refresh_token_until_idx ON access_refresh_token (until);

GRANT SELECT, INSERT, UPDATE, DELETE ON access_refresh_token TO {role:access};
