CREATE TABLE core_mail_token (
    digest bytea PRIMARY KEY,
    service text NOT NULL,
    purpose text NOT NULL,
    subject_id uuid NOT NULL,
    address_digest bytea NOT NULL,
    until timestamptz NOT NULL,
    used_by uuid
);

CREATE INDEX core_mail_token_subject_idx ON core_mail_token (subject_id);
CREATE INDEX core_mail_token_until_idx ON core_mail_token (service, until);

ALTER TABLE core_mail_token ENABLE ROW LEVEL SECURITY;
CREATE POLICY core_mail_token_centres ON core_mail_token TO {role:centres} USING (purpose = 'review');
CREATE POLICY core_mail_token_membership ON core_mail_token TO {role:membership} USING (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON core_mail_token TO {role:membership};
GRANT SELECT ON core_mail_token TO {role:centres};
GRANT UPDATE (used_by) ON core_mail_token TO {role:centres};
