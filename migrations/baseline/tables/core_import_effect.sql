CREATE TABLE core_import_effect (
    import uuid NOT NULL,
    part text NOT NULL,
    record uuid NOT NULL,
    owner uuid NOT NULL,
    created boolean NOT NULL,
    version integer NOT NULL,
    before jsonb NOT NULL DEFAULT '{}',
    is_retained boolean NOT NULL DEFAULT false,
    made_with uuid[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (import, owner, record)
);

GRANT SELECT, INSERT, UPDATE, DELETE ON core_import_effect TO {role:membership}, {role:centres}, {role:actions}, {role:access};

COMMENT ON TABLE core_import_effect IS 'what an import made and changed, for taking it back: the version it left, and the fields before it';
COMMENT ON COLUMN core_import_effect.is_retained IS 'the undoing found it changed since and left it';
COMMENT ON COLUMN core_import_effect.made_with IS 'lesser records of version 1 that were made with it and have no row of their own';
