"""Errata of published contributions to the Global Report, issues of editions, and marks of retracted builds."""

from migrations.rules import grant, run, setting

revision = "0126_actions_errata"
down_revision = "0125_access_secret_ends"

_GRANTED = f"""
        'restricted' = ANY({setting("visibilities")}) OR c.country = ANY({setting("countries")})
        OR c.edition_id::text = ANY({setting("records")}) OR c.id::text = ANY({setting("records")})
        OR c.expert_ids::text[] && {setting("records")}"""
_EVERYWHERE = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"


def upgrade() -> None:
    run("""
ALTER TABLE action_edition ADD COLUMN issue integer NOT NULL DEFAULT 0
--;
ALTER TABLE action_build ADD COLUMN issue integer NOT NULL DEFAULT 0, ADD COLUMN retracted boolean NOT NULL DEFAULT false
--;
ALTER TABLE action_build_file ADD COLUMN contribution integer
--;
CREATE TABLE action_erratum (
    id uuid PRIMARY KEY,
    edition_id uuid NOT NULL REFERENCES action_edition (id),
    contribution_id uuid NOT NULL REFERENCES action_contribution (id),
    issue integer NOT NULL,
    version integer NOT NULL,
    replaces integer NOT NULL,
    severity text NOT NULL CHECK (severity IN ('minor', 'major')),
    texts jsonb NOT NULL,
    published_at timestamptz NOT NULL,
    created_by text NOT NULL,
    CONSTRAINT action_erratum_issue_key UNIQUE (edition_id, issue),
    CONSTRAINT action_erratum_version_key UNIQUE (contribution_id, version),
    CONSTRAINT action_erratum_order_check CHECK (version > replaces AND issue > 0)
)
""")
    _errata()
    _builds("""
        AND (e.status <> 'retracted' OR action_build.retracted)""")
    _versions(f"""
        c.status <> 'published' OR c.published_version IN (action_version.number, action_version.translates) OR EXISTS (
            SELECT FROM action_erratum r WHERE r.contribution_id = c.id
                AND r.replaces IN (action_version.number, action_version.translates)
        ) OR {_GRANTED}""")


def _errata() -> None:
    """Errata are read by whoever reads the contribution, entered by its editors, and never changed."""
    writable = f"{_EVERYWHERE} OR edition_id::text = ANY({setting('write_records')})"
    run(f"""
ALTER TABLE action_erratum ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE action_erratum FORCE ROW LEVEL SECURITY
--;
CREATE POLICY action_erratum_read ON action_erratum FOR SELECT
    USING (EXISTS (SELECT FROM action_contribution c WHERE c.id = contribution_id))
--;
CREATE POLICY action_erratum_insert ON action_erratum FOR INSERT WITH CHECK ({writable})
""")
    grant("action_erratum", "SELECT, INSERT", "actions")


def _builds(marked: str) -> None:
    """Final builds of a retracted edition are read by everybody once they say so."""
    run(f"""
DROP POLICY action_build_read ON action_build
--;
CREATE POLICY action_build_read ON action_build FOR SELECT USING (
    'restricted' = ANY({setting("visibilities")}) OR edition_id::text = ANY({setting("records")})
    OR (kind = 'final' AND status = 'complete' AND EXISTS (
        SELECT FROM action_edition e WHERE e.id = action_build.edition_id
        AND e.status IN ('published', 'superseded', 'retracted'){marked}
    ))
)
""")


def _versions(readable: str) -> None:
    run(f"""
DROP POLICY action_version_read ON action_version
--;
CREATE POLICY action_version_read ON action_version FOR SELECT USING (EXISTS (
    SELECT FROM action_contribution c WHERE c.id = action_version.contribution_id AND ({readable}
    )
))
""")


def downgrade() -> None:
    _versions(f"""
        c.status <> 'published' OR c.published_version IN (action_version.number, action_version.translates) OR {_GRANTED}""")
    _builds("")
    run("""
DROP TABLE action_erratum
--;
ALTER TABLE action_build_file DROP COLUMN contribution
--;
ALTER TABLE action_build DROP COLUMN retracted, DROP COLUMN issue
--;
ALTER TABLE action_edition DROP COLUMN issue
""")
