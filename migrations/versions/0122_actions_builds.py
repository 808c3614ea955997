"""Builds of editions of the Global Report with their files, and the publication of an edition."""

from migrations.rules import grant, run, setting

revision = "0122_actions_builds"
down_revision = "0121_access_federation"

_EDITION = ("draft", "call", "writing", "abandoned", "frozen")
_PUBLISHED = ("published", "superseded", "retracted")
_CONTRIBUTION = (
    *("proposed", "draft", "declined", "dropped", "submitted", "in_review", "changes_requested"),
    "cleared",
)


def upgrade() -> None:
    run(f"""
ALTER TABLE action_edition ADD COLUMN published_at timestamptz, ADD COLUMN retraction text,
    DROP CONSTRAINT action_edition_status_check,
    ADD CONSTRAINT action_edition_status_check CHECK (status IN {(*_EDITION, *_PUBLISHED)})
--;
ALTER TABLE action_contribution ADD COLUMN published_version integer,
    DROP CONSTRAINT action_contribution_status_check,
    ADD CONSTRAINT action_contribution_status_check CHECK (status IN {(*_CONTRIBUTION, "published")}),
    ADD CONSTRAINT action_contribution_published_check CHECK ((status = 'published') = (published_version IS NOT NULL))
--;
CREATE TABLE action_build (
    id uuid PRIMARY KEY,
    edition_id uuid NOT NULL REFERENCES action_edition (id),
    number integer NOT NULL,
    kind text NOT NULL CHECK (kind IN ('proof', 'final')),
    status text NOT NULL CHECK (status IN ('building', 'complete', 'failed')),
    languages text[] NOT NULL,
    state text,
    warnings jsonb NOT NULL,
    problem text,
    release text,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    finished_at timestamptz,
    CONSTRAINT action_build_number_key UNIQUE (edition_id, number)
)
--;
CREATE TABLE action_build_file (
    build_id uuid NOT NULL REFERENCES action_build (id) ON DELETE CASCADE,
    name text NOT NULL,
    language text,
    media_type text NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    PRIMARY KEY (build_id, name)
)
--;
CREATE INDEX action_build_file_sha256_idx ON action_build_file (sha256)
""")
    _security()
    _versions()


def _security() -> None:
    """Builds are read by grants over the edition, and final ones by whoever knows of the published edition. Their files
    are those of the builds that the caller reads, and entered by the worker alone."""
    everywhere = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
    writable = f"{everywhere} OR edition_id::text = ANY({setting('write_records')})"
    readable = f"""
    'restricted' = ANY({setting("visibilities")}) OR edition_id::text = ANY({setting("records")})
    OR (kind = 'final' AND status = 'complete' AND EXISTS (
        SELECT FROM action_edition e WHERE e.id = action_build.edition_id AND e.status IN {_PUBLISHED}
    ))"""
    known = "EXISTS (SELECT FROM action_build b WHERE b.id = build_id)"
    for table, read, write in (("action_build", readable, writable), ("action_build_file", known, everywhere)):
        run(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY
--;
CREATE POLICY {table}_read ON {table} FOR SELECT USING ({read})
--;
CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({write})
--;
CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({everywhere}) WITH CHECK ({everywhere})
--;
CREATE POLICY {table}_delete ON {table} FOR DELETE USING ({write})
""")
        grant(table, "SELECT, INSERT, UPDATE, DELETE", "actions")


def _versions() -> None:
    """Of a published contribution everybody reads the version that was published, with its translations; who had access
    before reads all."""
    granted = f"""
        'restricted' = ANY({setting("visibilities")}) OR c.country = ANY({setting("countries")})
        OR c.edition_id::text = ANY({setting("records")}) OR c.id::text = ANY({setting("records")})
        OR c.expert_ids::text[] && {setting("records")}"""
    run(f"""
DROP POLICY action_version_read ON action_version
--;
CREATE POLICY action_version_read ON action_version FOR SELECT USING (EXISTS (
    SELECT FROM action_contribution c WHERE c.id = action_version.contribution_id AND (
        c.status <> 'published' OR c.published_version IN (action_version.number, action_version.translates) OR {granted}
    )
))
""")


def downgrade() -> None:
    run(f"""
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
DROP POLICY action_version_read ON action_version
--;
CREATE POLICY action_version_read ON action_version FOR SELECT
    USING (EXISTS (SELECT FROM action_contribution c WHERE c.id = contribution_id))
--;
DROP TABLE action_build_file, action_build
--;
ALTER TABLE action_contribution DROP CONSTRAINT action_contribution_published_check
--;
UPDATE action_contribution SET status = 'cleared', visibility = 'restricted' WHERE status = 'published'
--;
UPDATE action_figure SET visibility = 'restricted' WHERE visibility <> 'restricted'
--;
ALTER TABLE action_contribution DROP COLUMN published_version, DROP CONSTRAINT action_contribution_status_check,
    ADD CONSTRAINT action_contribution_status_check CHECK (status IN {_CONTRIBUTION})
--;
UPDATE action_edition SET status = 'frozen' WHERE status IN {_PUBLISHED}
--;
ALTER TABLE action_edition DROP COLUMN published_at, DROP COLUMN retraction, DROP CONSTRAINT action_edition_status_check,
    ADD CONSTRAINT action_edition_status_check CHECK (status IN {_EDITION})
""")
