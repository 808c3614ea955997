CREATE SEQUENCE core_import_ref_seq;

CREATE TABLE core_import (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('IMP', nextval('core_import_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('pending', 'done', 'aborted', 'failed', 'cancelled', 'undoing', 'undone')),
    country text,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    service text NOT NULL,
    resource text NOT NULL,
    job uuid NOT NULL,
    mode text NOT NULL CHECK (mode IN ('commit', 'dry_run')),
    on_error text NOT NULL CHECK (on_error IN ('skip', 'abort')),
    registry boolean NOT NULL,
    source text,
    licence text,
    file_name text NOT NULL,
    file_digest text NOT NULL,
    file_size bigint NOT NULL,
    media text NOT NULL CHECK (media IN ('csv', 'ndjson', 'xlsx')),
    columns jsonb NOT NULL,
    ignored_columns text[] NOT NULL,
    row_count integer,
    counts jsonb,
    taken_back jsonb,
    is_file_removed boolean NOT NULL DEFAULT false
);

CREATE INDEX core_import_service_idx ON core_import (service, id);

GRANT SELECT, INSERT, UPDATE, DELETE ON core_import TO {role:membership}, {role:centres}, {role:actions}, {role:access};
GRANT USAGE ON SEQUENCE core_import_ref_seq TO {role:membership}, {role:centres}, {role:actions}, {role:access};

COMMENT ON COLUMN core_import.row_count IS 'set once the whole file is looked through';
