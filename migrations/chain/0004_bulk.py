"""Imports and exports: what was asked for, the rows that failed, and which row became which record."""

from migrations.rules import grant, role, run

revision = "0004_bulk"
down_revision = "0003_messaging"

_SERVICES = ("membership", "centres", "actions", "access")
_TABLES = ("import", "import_row", "import_batch", "import_key", "import_identity", "import_effect", "import_duplicate")


def upgrade() -> None:
    """What an import writes for every row has no foreign key to its import: that would be looked up each time, and the
    fence of the row's batch does it once."""
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
    media text NOT NULL CHECK (media IN ('csv', 'ndjson', 'xlsx')),
    columns jsonb NOT NULL,
    ignored_columns text[] NOT NULL,
    row_count integer,
    counts jsonb,
    taken_back jsonb
)
--;
COMMENT ON COLUMN core_import.row_count IS 'set once the whole file is looked through'
--;
CREATE INDEX core_import_service_idx ON core_import (service, id)
--;
CREATE TABLE core_import_row (
    import uuid NOT NULL,
    row integer NOT NULL,
    record uuid,
    document text,
    problem text,
    detail text,
    PRIMARY KEY (import, row)
)
--;
COMMENT ON TABLE core_import_row IS 'rows that failed and, while a dry run goes on, those that led to a record'
--;
CREATE INDEX core_import_row_record_idx ON core_import_row (import, record) WHERE problem IS NULL
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
    import uuid NOT NULL,
    earlier_digest bytea,
    changed_by uuid,
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
    import uuid NOT NULL,
    part text NOT NULL,
    record uuid NOT NULL,
    owner uuid NOT NULL,
    created boolean NOT NULL,
    version integer NOT NULL,
    before jsonb NOT NULL DEFAULT '{}',
    is_kept boolean NOT NULL DEFAULT false,
    made_with uuid[] NOT NULL DEFAULT '{}',
    PRIMARY KEY (import, owner, record)
)
--;
COMMENT ON TABLE core_import_effect IS 'what an import made and changed, for taking it back: the version it left, and the fields before it'
--;
COMMENT ON COLUMN core_import_effect.is_kept IS 'the undoing found it changed since and left it'
--;
COMMENT ON COLUMN core_import_effect.made_with IS 'lesser records of version 1 that were made with it and have no row of their own'
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
CREATE TABLE core_import_sequence (resource text PRIMARY KEY, number bigint NOT NULL)
--;
COMMENT ON TABLE core_import_sequence IS 'the batches that were written, locked by the one that is being written'
--;
CREATE TABLE core_export (
    id uuid PRIMARY KEY,
    service text NOT NULL,
    resource text NOT NULL,
    format text NOT NULL CHECK (format IN ('csv', 'ndjson', 'xlsx', 'json')),
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
--;
CREATE SEQUENCE core_import_ref_seq
--;
ALTER TABLE core_import ALTER COLUMN ref SET DEFAULT core_ref('IMP', nextval('core_import_ref_seq'))
""")
    run(f"GRANT USAGE ON SEQUENCE core_import_ref_seq TO {', '.join(role(name) for name in _SERVICES)}")
    for table in (*_TABLES, "export"):
        grant(f"core_{table}", "SELECT, INSERT, UPDATE, DELETE", *_SERVICES)
    grant("core_import_sequence", "SELECT, INSERT, UPDATE", *_SERVICES)


def downgrade() -> None:
    tables = ", ".join(f"core_{table}" for table in (*_TABLES, "import_sequence", "export"))
    run(f"""
DROP TABLE {tables}
--;
DROP SEQUENCE core_import_ref_seq
""")
