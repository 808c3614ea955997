CREATE TABLE core_mail (
    id uuid PRIMARY KEY,
    service text NOT NULL,
    template text NOT NULL,
    sealed bytea,
    created_at timestamptz NOT NULL,
    sent_at timestamptz
);

CREATE INDEX core_mail_sealed_idx ON core_mail (created_at) WHERE (sealed IS NOT NULL);

GRANT SELECT, INSERT, UPDATE, DELETE ON core_mail TO {role:membership}, {role:centres}, {role:actions}, {role:access};
