CREATE TABLE core_import_batch (
    import uuid NOT NULL REFERENCES core_import (id),
    batch integer NOT NULL,
    created integer NOT NULL,
    updated integer NOT NULL,
    unchanged integer NOT NULL,
    PRIMARY KEY (import, batch)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON core_import_batch TO {role:membership}, {role:centres}, {role:actions}, {role:access};
