"""Codes of files of evidence: a row of `action_tag` for each code and for the category of a file."""

from migrations.rules import run, setting

revision = "0089_actions_evidence_codes"
down_revision = "0088_actions_period_reminders"

_CODES = """
SELECT {of}.id, 'evidence', 'iati_document_category', {of}.category, {of}.status, {of}.country, {of}.visibility,
    {of}.scope_id
UNION
SELECT {of}.id, 'evidence', one ->> 'scheme', one ->> 'code', {of}.status, {of}.country, {of}.visibility, {of}.scope_id
FROM jsonb_array_elements({of}.codes) one"""
_READABLE = f"scope_id::text = ANY({setting('records')})"
_WRITABLE = f"scope_id::text = ANY({setting('write_records')})"


def upgrade() -> None:
    """Tags of a file have the institution or centre whose officials may use it, as the file does."""
    run(f"""
ALTER TABLE action_evidence ADD COLUMN codes jsonb NOT NULL DEFAULT '[]'
--;
ALTER TABLE action_tag ADD COLUMN scope_id uuid
--;
CREATE POLICY action_tag_scope_read ON action_tag FOR SELECT USING ({_READABLE})
--;
CREATE POLICY action_tag_scope_insert ON action_tag FOR INSERT WITH CHECK ({_WRITABLE})
--;
CREATE POLICY action_tag_scope_delete ON action_tag FOR DELETE USING ({_WRITABLE})
--;
CREATE FUNCTION action_evidence_codes_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM escm.action_tag WHERE id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO escm.action_tag (id, kind, scheme, code, status, country, visibility, scope_id)
        {_CODES.format(of="NEW").strip()};
    END IF;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER action_evidence_codes_follow
    AFTER INSERT OR DELETE OR UPDATE OF codes, category, status, country, visibility, scope_id
    ON action_evidence FOR EACH ROW EXECUTE FUNCTION action_evidence_codes_follow()
--;
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
INSERT INTO action_tag (id, kind, scheme, code, status, country, visibility, scope_id)
SELECT tagged.* FROM action_evidence e, LATERAL ({_CODES.format(of="e").strip()}) tagged
""")


def downgrade() -> None:
    run("""
DROP TRIGGER action_evidence_codes_follow ON action_evidence
--;
DROP FUNCTION action_evidence_codes_follow()
--;
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
DELETE FROM action_tag WHERE kind = 'evidence'
--;
DROP POLICY action_tag_scope_read ON action_tag
--;
DROP POLICY action_tag_scope_insert ON action_tag
--;
DROP POLICY action_tag_scope_delete ON action_tag
--;
ALTER TABLE action_tag DROP COLUMN scope_id
--;
ALTER TABLE action_evidence DROP COLUMN codes
""")
