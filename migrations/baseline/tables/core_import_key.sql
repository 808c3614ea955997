CREATE TABLE core_import_key (
    import uuid NOT NULL REFERENCES core_import (id),
    key text NOT NULL,
    "row" integer NOT NULL,
    PRIMARY KEY (import, key)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON core_import_key TO {role:membership}, {role:centres}, {role:actions}, {role:access};

COMMENT ON TABLE core_import_key IS 'dry runs: the rows that would have made a record, by what later rows find it by';
