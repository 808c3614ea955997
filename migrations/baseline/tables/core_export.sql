CREATE TABLE core_export (
    id uuid PRIMARY KEY,
    service text NOT NULL,
    resource text NOT NULL,
    format text NOT NULL CHECK (format IN ('csv', 'ndjson', 'xlsx', 'json', 'pdf')),
    filters jsonb NOT NULL,
    fields text[] NOT NULL,
    safe boolean NOT NULL,
    job uuid NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    row_count integer,
    file_digest text,
    file_size bigint
);

CREATE INDEX core_export_created_idx ON core_export (service, created_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON core_export TO {role:membership}, {role:centres}, {role:actions}, {role:access};
