CREATE TABLE core_import_duplicate (
    resource text NOT NULL,
    record uuid NOT NULL,
    other uuid NOT NULL,
    import uuid NOT NULL REFERENCES core_import (id),
    found_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (resource, record, other)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON core_import_duplicate TO {role:membership}, {role:centres}, {role:actions}, {role:access};

COMMENT ON TABLE core_import_duplicate IS 'records made although another one, out of the importer''s reach, has the same e-mail, ORCID iD or ROR id';
