CREATE TABLE core_import_row (
    import uuid NOT NULL,
    "row" integer NOT NULL,
    record uuid,
    document text,
    problem text,
    detail text,
    PRIMARY KEY (import, "row")
);

CREATE INDEX core_import_row_record_idx ON core_import_row (import, record) WHERE (problem IS NULL);

GRANT SELECT, INSERT, UPDATE, DELETE ON core_import_row TO {role:membership}, {role:centres}, {role:actions}, {role:access};

COMMENT ON TABLE core_import_row IS 'rows that failed and, while a dry run goes on, those that led to a record';
