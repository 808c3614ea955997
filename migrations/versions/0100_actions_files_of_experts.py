"""Files of experts for their own nominations and offers, which belong to no country."""

from migrations.rules import RECORD, grant, json_of, role, run

revision = "0100_actions_files_of_experts"
down_revision = "0099_centres_blind_reviews"

_PERSONAL, _OTHER_PERSONAL = "action_published_personal", "action_personal_without_files"
_FILES = json_of(
    f"{RECORD} title category codes date language licence scope_id replaces_id keep_until file_name size media_type"
    " declared_media_type sha256 replaced_by"
)


def upgrade() -> None:
    run(f"""
ALTER TABLE action_evidence ALTER COLUMN country DROP NOT NULL,
    ADD CONSTRAINT action_evidence_owned CHECK (
        country IS NOT NULL OR (visibility = 'restricted' AND scope_id IS NOT NULL)
    )
--;
ALTER TABLE action_tag ALTER COLUMN country DROP NOT NULL
--;
CREATE INDEX action_evidence_unused_idx ON action_evidence (updated_at, id)
    WHERE country IS NULL AND status IN ('available', 'superseded')
--;
ALTER VIEW {_PERSONAL} RENAME TO {_OTHER_PERSONAL}
--;
CREATE VIEW {_PERSONAL} AS
    SELECT * FROM {_OTHER_PERSONAL}
    UNION ALL
    SELECT scope_id, 'evidence', id, {_FILES} FROM action_evidence WHERE country IS NULL
""")
    grant(_PERSONAL, "SELECT", "membership")
    grant("member_published_nomination", "SELECT", "actions")


def downgrade() -> None:
    run(f"""
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
DELETE FROM action_evidence WHERE country IS NULL
--;
REVOKE SELECT ON member_published_nomination FROM {role("actions")}
--;
DROP VIEW {_PERSONAL}
--;
ALTER VIEW {_OTHER_PERSONAL} RENAME TO {_PERSONAL}
--;
DROP INDEX action_evidence_unused_idx
--;
ALTER TABLE action_tag ALTER COLUMN country SET NOT NULL
--;
ALTER TABLE action_evidence DROP CONSTRAINT action_evidence_owned, ALTER COLUMN country SET NOT NULL
""")
