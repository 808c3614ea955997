"""Codes of milestones; the editions of schemes whose assessments and mappings name files of evidence as sources."""

from migrations.documents import DocumentKind, publish_documents
from migrations.rules import index_beside_writers, readable_row, role, run

revision = "0052_actions_codes"
down_revision = "0051_actions_places"

_KINDS = (
    DocumentKind("actions.actions", "action_action", "baseline.source"),
    DocumentKind("actions.milestones", "action_milestone", "evidence[]"),
    DocumentKind("actions.endorsements", "action_endorsement", "document"),
    DocumentKind("actions.focal_points", "action_focal_point", "letter"),
    DocumentKind("actions.correspondence", "action_correspondence", "document"),
    DocumentKind("actions.results", "action_result", "evidence[]"),
)
_SOURCES = {
    "action_scheme": ("id ref country visibility status code", ""),
    "action_scheme_state": ("scheme_id source", "r.id = s.scheme_id"),
    "action_scheme_mapping": ("scheme source", "r.code = s.scheme AND r.status = 'current'"),
}
"""By table: the columns that `escm_search` reads, and the edition of which a source is a reference."""
_NAMED = "source ->> 'evidence_id'"


def upgrade() -> None:
    _codes()
    for table, (columns, _) in _SOURCES.items():
        run(f"CREATE POLICY {table}_documents ON {table} FOR SELECT TO {role('search')} USING (true)")
        run(f"GRANT SELECT ({', '.join(columns.split())}) ON {table} TO {role('search')}")
    publish_documents("action", _KINDS, [_rows(table, on) for table, (_, on) in _SOURCES.items() if on])
    for name, definition in _indexes():
        index_beside_writers(name, definition)


def _codes() -> None:
    """A row of `action_tag` for each code of a milestone."""
    run("""
ALTER TABLE action_milestone ADD COLUMN codes jsonb NOT NULL DEFAULT '[]'
--;
CREATE FUNCTION action_milestone_codes_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM escm.action_tag WHERE id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO escm.action_tag (id, kind, scheme, code, status, country, visibility)
        SELECT DISTINCT NEW.id, 'milestone', one ->> 'scheme', one ->> 'code', NEW.status, NEW.country, NEW.visibility
        FROM jsonb_array_elements(NEW.codes) one;
    END IF;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER action_milestone_codes_follow AFTER INSERT OR DELETE OR UPDATE OF codes, status, country, visibility
    ON action_milestone FOR EACH ROW EXECUTE FUNCTION action_milestone_codes_follow()
""")


def _rows(table: str, on: str) -> str:
    return f"""
SELECT (s.{_NAMED})::uuid AS evidence_id, 'actions.schemes' AS resource, r.id AS record_id, r.ref, r.country,
    r.visibility, r.status, r.id AS scope_id, '/actions/v1/schemes/' || r.id AS link
FROM {table} s JOIN action_scheme r ON {on} WHERE s.{_NAMED} IS NOT NULL AND {readable_row("r")}"""


def _indexes() -> list[tuple[str, str]]:
    return [
        (f"{table}_source_evidence_idx", f"{table} ((({_NAMED})::uuid)) WHERE {_NAMED} IS NOT NULL")
        for table, (_, on) in _SOURCES.items()
        if on
    ]


def downgrade() -> None:
    for name, _ in _indexes():
        run(f"DROP INDEX {name}")
    publish_documents("action", _KINDS)
    for table, (columns, _) in _SOURCES.items():
        run(f"REVOKE SELECT ({', '.join(columns.split())}) ON {table} FROM {role('search')}")
        run(f"DROP POLICY {table}_documents ON {table}")
    run("""
DROP TRIGGER action_milestone_codes_follow ON action_milestone
--;
DROP FUNCTION action_milestone_codes_follow()
--;
DELETE FROM action_tag WHERE kind = 'milestone'
--;
ALTER TABLE action_milestone DROP COLUMN codes
""")
