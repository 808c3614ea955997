CREATE TABLE core_import_identity (
    resource text NOT NULL,
    identity bytea NOT NULL,
    occurrence integer NOT NULL,
    record uuid NOT NULL,
    digest bytea NOT NULL,
    import uuid NOT NULL,
    earlier_digest bytea,
    changed_by uuid,
    PRIMARY KEY (identity, occurrence, record)
);

CREATE INDEX core_import_identity_changed_idx ON core_import_identity (changed_by) WHERE (changed_by IS NOT NULL);
CREATE INDEX core_import_identity_import_idx ON core_import_identity (import);
CREATE INDEX core_import_identity_record_idx ON core_import_identity (resource, record);

GRANT SELECT, INSERT, UPDATE, DELETE ON core_import_identity TO {role:membership}, {role:centres}, {role:actions}, {role:access};

COMMENT ON COLUMN core_import_identity.identity IS 'a digest over the resource, the country and what the resource''s rows are known by';
