CREATE TABLE core_audit_link (
    "position" bigint NOT NULL,
    entry uuid NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY ("position")
);

CREATE INDEX core_audit_link_entry_idx ON core_audit_link (entry);

GRANT SELECT ON core_audit_link TO {role:access};
GRANT SELECT, INSERT ON core_audit_link TO {role:relay};
