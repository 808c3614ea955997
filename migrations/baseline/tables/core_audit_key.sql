CREATE TABLE core_audit_key (
    id uuid PRIMARY KEY,
    subject uuid NOT NULL,
    salt bytea NOT NULL
);

CREATE INDEX core_audit_key_subject_idx ON core_audit_key (subject);

GRANT SELECT, INSERT ON core_audit_key TO {role:centres}, {role:actions};
GRANT SELECT, INSERT, DELETE ON core_audit_key TO {role:membership}, {role:access};
