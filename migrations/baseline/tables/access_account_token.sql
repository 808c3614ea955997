CREATE TABLE access_account_token (
    digest bytea PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES access_account (id),
    purpose text NOT NULL CHECK (purpose IN ('password', 'verification')),
    email_key text NOT NULL,
    until timestamptz NOT NULL
);

CREATE INDEX access_account_token_account_idx ON access_account_token (account_id);
CREATE INDEX access_account_token_until_idx ON access_account_token (until);

GRANT SELECT, INSERT, DELETE ON access_account_token TO {role:access};
