"""Imports and exports: what was asked for, the stage that files are read into, whose row became which record."""

from migrations.rules import grant, role, run

revision = "core_0005"
down_revision = "core_0004"

SERVICES = ("membership", "centres", "actions", "access")
TABLES = ("import", "import_row", "import_batch", "import_key", "import_identity", "import_effect", "import_duplicate")


def upgrade() -> None:
    run("""
CREATE TABLE core_import (
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
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
    media text NOT NULL CHECK (media IN ('csv', 'ndjson')),
    columns jsonb NOT NULL,
    ignored_columns text[] NOT NULL,
    row_count integer,
    counts jsonb,
    taken_back jsonb
)
--;
COMMENT ON COLUMN core_import.row_count IS 'set once the whole file is staged'
--;
CREATE INDEX core_import_service_idx ON core_import (service, id)
--;
CREATE TABLE core_import_row (
    import uuid NOT NULL REFERENCES core_import (id),
    row integer NOT NULL,
    record uuid NOT NULL,
    identity bytea,
    occurrence integer NOT NULL,
    digest bytea,
    keys text[] NOT NULL,
    document text,
    problem text,
    detail text,
    PRIMARY KEY (import, row)
)
--;
COMMENT ON TABLE core_import_row IS 'the stage: rows that were read and judged; those that failed stay for the list of failures'
--;
CREATE TABLE core_import_batch (
    import uuid NOT NULL REFERENCES core_import (id),
    batch integer NOT NULL,
    created integer NOT NULL,
    updated integer NOT NULL,
    unchanged integer NOT NULL,
    PRIMARY KEY (import, batch)
)
--;
CREATE TABLE core_import_key (
    import uuid NOT NULL REFERENCES core_import (id),
    key text NOT NULL,
    row integer NOT NULL,
    PRIMARY KEY (import, key)
)
--;
COMMENT ON TABLE core_import_key IS 'dry runs: the rows that would have made a record, by what later rows find it by'
--;
CREATE TABLE core_import_identity (
    resource text NOT NULL,
    identity bytea NOT NULL,
    occurrence integer NOT NULL,
    record uuid NOT NULL,
    digest bytea NOT NULL,
    import uuid NOT NULL REFERENCES core_import (id),
    earlier_digest bytea,
    changed_by uuid REFERENCES core_import (id),
    PRIMARY KEY (identity, occurrence, record)
)
--;
COMMENT ON COLUMN core_import_identity.identity IS 'a digest over the resource, the country and what the resource''s rows are known by'
--;
CREATE INDEX core_import_identity_record_idx ON core_import_identity (resource, record)
--;
CREATE INDEX core_import_identity_import_idx ON core_import_identity (import)
--;
CREATE INDEX core_import_identity_changed_idx ON core_import_identity (changed_by) WHERE changed_by IS NOT NULL
--;
CREATE TABLE core_import_effect (
    import uuid NOT NULL REFERENCES core_import (id),
    part text NOT NULL,
    record uuid NOT NULL,
    owner uuid NOT NULL,
    created boolean NOT NULL,
    version integer NOT NULL,
    before jsonb NOT NULL,
    is_kept boolean NOT NULL DEFAULT false,
    PRIMARY KEY (import, part, record)
)
--;
COMMENT ON TABLE core_import_effect IS 'what an import made and changed, for taking it back: the version it left, and the fields before it'
--;
COMMENT ON COLUMN core_import_effect.is_kept IS 'the undoing found it changed since and left it'
--;
CREATE INDEX core_import_effect_owner_idx ON core_import_effect (import, owner)
--;
CREATE TABLE core_import_duplicate (
    resource text NOT NULL,
    record uuid NOT NULL,
    other uuid NOT NULL,
    import uuid NOT NULL REFERENCES core_import (id),
    found_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (resource, record, other)
)
--;
COMMENT ON TABLE core_import_duplicate IS 'records made although another one, out of the importer''s reach, has the same e-mail, ORCID iD or ROR id'
--;
CREATE TABLE core_export (
    id uuid PRIMARY KEY,
    service text NOT NULL,
    resource text NOT NULL,
    format text NOT NULL CHECK (format IN ('csv', 'ndjson')),
    filters jsonb NOT NULL,
    fields text[] NOT NULL,
    safe boolean NOT NULL,
    job uuid NOT NULL,
    created_by text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    row_count integer,
    file_digest text,
    file_size bigint
)
--;
CREATE INDEX core_export_created_idx ON core_export (service, created_at)
""")
    run("CREATE SEQUENCE core_import_ref_seq")
    run("ALTER TABLE core_import ALTER COLUMN ref SET DEFAULT core_ref('IMP', nextval('core_import_ref_seq'))")
    services = ", ".join(role(name) for name in SERVICES)
    run(f"GRANT USAGE ON SEQUENCE core_import_ref_seq TO {services}")
    for table in TABLES:
        grant(f"core_{table}", "SELECT, INSERT, UPDATE, DELETE", *SERVICES)
    grant("core_export", "SELECT, INSERT, UPDATE, DELETE", *SERVICES)


def downgrade() -> None:
    run("DROP TABLE core_export")
    for table in reversed(TABLES):
        run(f"DROP TABLE core_{table}")
    run("DROP SEQUENCE core_import_ref_seq")
