"""A row of `action_tag` for each code of the sections of a progress report, and files of reports that people order."""

from migrations.rules import run

revision = "0077_actions_report_ends"
down_revision = "0076_membership_authorships"

_CODES = """
SELECT DISTINCT r.id, 'report', one ->> 'scheme', one ->> 'code', r.status, r.country, r.visibility
FROM {schema}action_report_section s
    JOIN {schema}action_report r ON r.id = s.report_id, jsonb_array_elements(s.codes) one"""

_FORMATS = "'csv', 'ndjson', 'xlsx', 'json'"


def _formats(allowed: str) -> None:
    run(f"""
ALTER TABLE core_export
    DROP CONSTRAINT core_export_format_check,
    ADD CONSTRAINT core_export_format_check CHECK (format IN ({allowed}))
""")


def upgrade() -> None:
    """Whoever changes codes of a report waits for others who do: each sees the codes of all its sections. Tags get the
    report's visibility when its sections do: before, whoever writes a section may hold both the section and the tags."""
    _formats(f"{_FORMATS}, 'pdf'")
    run(f"""
CREATE FUNCTION action_report_section_codes_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    report CONSTANT uuid := coalesce(NEW.report_id, OLD.report_id);
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('codes of report ' || report, 0));
    DELETE FROM escm.action_tag WHERE id = report;
    INSERT INTO escm.action_tag (id, kind, scheme, code, status, country, visibility)
    {_CODES.format(schema="escm.").strip()}
    WHERE r.id = report;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER action_report_section_codes_insert AFTER INSERT ON action_report_section
    FOR EACH ROW WHEN (NEW.codes <> '[]') EXECUTE FUNCTION action_report_section_codes_follow()
--;
CREATE TRIGGER action_report_section_codes_update AFTER UPDATE OF codes, visibility ON action_report_section
    FOR EACH ROW WHEN (NEW.codes <> OLD.codes OR NEW.visibility <> OLD.visibility AND NEW.codes <> '[]')
    EXECUTE FUNCTION action_report_section_codes_follow()
--;
CREATE TRIGGER action_report_section_codes_delete AFTER DELETE ON action_report_section
    FOR EACH ROW WHEN (OLD.codes <> '[]') EXECUTE FUNCTION action_report_section_codes_follow()
--;
CREATE FUNCTION action_report_tags_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE escm.action_tag SET status = NEW.status WHERE id = NEW.id;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER action_report_tags_follow AFTER UPDATE OF status ON action_report
    FOR EACH ROW WHEN (NEW.status <> OLD.status) EXECUTE FUNCTION action_report_tags_follow()
--;
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
INSERT INTO action_tag (id, kind, scheme, code, status, country, visibility)
{_CODES.format(schema="").strip()}
""")


def downgrade() -> None:
    run("""
DROP TRIGGER action_report_tags_follow ON action_report
--;
DROP TRIGGER action_report_section_codes_insert ON action_report_section
--;
DROP TRIGGER action_report_section_codes_update ON action_report_section
--;
DROP TRIGGER action_report_section_codes_delete ON action_report_section
--;
DROP FUNCTION action_report_section_codes_follow(), action_report_tags_follow()
--;
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
DELETE FROM action_tag WHERE kind = 'report'
--;
DELETE FROM core_export WHERE format = 'pdf'
""")
    _formats(_FORMATS)
