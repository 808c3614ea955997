CREATE TABLE core_import_sequence (
    resource text PRIMARY KEY,
    number bigint NOT NULL
);

GRANT SELECT, INSERT, UPDATE ON core_import_sequence TO {role:membership}, {role:centres}, {role:actions}, {role:access};

COMMENT ON TABLE core_import_sequence IS 'the batches that were written, locked by the one that is being written';
