"""Classification schemes in editions with their codes and assessments, those that are shipped, and the codes of
actions."""

import csv
import json
from pathlib import Path
from typing import Any

from alembic import op
from sqlalchemy import text

from migrations.rules import country_scoped, grant, record_columns, reference_numbers, run, setting

revision = "0038_actions_schemes"
down_revision = "0037_core_documents"

_HERE = Path(__file__)
_COUNTRY = "country text NOT NULL CHECK (country ~ '^[A-Z]{2}$')"
_HAS_CONTEXT = " OR ".join(f"cardinality({setting(name)}) > 0" for name in ("visibilities", "countries", "records"))
_WRITES = "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
_PARTS = ("action_scheme_code", "action_scheme_state")
_TRANSGRESSED_2024 = (
    "climate-change", "biosphere-integrity", "land-system-change", "freshwater-change", "biogeochemical-flows",
    "novel-entities",
)  # fmt: skip
_WITHIN_2024 = ("ocean-acidification", "atmospheric-aerosol-loading", "stratospheric-ozone-depletion")
_ASSESSMENTS = {
    "2024": ("2024-09-23", _TRANSGRESSED_2024, _WITHIN_2024),
    "2025": ("2025-09-24", (*_TRANSGRESSED_2024, "ocean-acidification"), _WITHIN_2024[1:]),
}


def upgrade() -> None:
    columns = record_columns("draft|current|superseded").replace(_COUNTRY, "country text CHECK (country IS NULL)")
    run(f"""
CREATE TABLE action_scheme ({columns}
    code text NOT NULL,
    edition text NOT NULL,
    titles jsonb NOT NULL,
    source text,
    licence text,
    publisher text,
    code_count integer NOT NULL,
    assessments text[] NOT NULL,
    search_key text NOT NULL,
    CONSTRAINT action_scheme_edition_key UNIQUE (code, edition)
)
--;
CREATE UNIQUE INDEX action_scheme_current_idx ON action_scheme (code) WHERE status = 'current'
--;
CREATE TABLE action_scheme_code (
    scheme_id uuid NOT NULL REFERENCES action_scheme (id),
    code text NOT NULL,
    parent text,
    kind text,
    titles jsonb NOT NULL,
    uri text,
    position integer NOT NULL,
    PRIMARY KEY (scheme_id, code),
    FOREIGN KEY (scheme_id, parent) REFERENCES action_scheme_code (scheme_id, code)
)
--;
CREATE INDEX action_scheme_code_place_idx ON action_scheme_code (scheme_id, position, code)
--;
CREATE TABLE action_scheme_state (
    scheme_id uuid NOT NULL REFERENCES action_scheme (id),
    assessment text NOT NULL,
    published_on date NOT NULL,
    source jsonb NOT NULL,
    states jsonb NOT NULL,
    PRIMARY KEY (scheme_id, assessment)
)
""")
    reference_numbers("action_scheme", "SCH", "actions")
    country_scoped("action_scheme", "actions")
    run(
        f"CREATE POLICY action_scheme_public ON action_scheme FOR SELECT USING (visibility = 'public' AND ({_HAS_CONTEXT}))"
    )
    for table in _PARTS:
        _part(table)
    _tags()
    _shipped()


def _part(table: str) -> None:
    """Parts of an edition are read by whoever reads the edition."""
    run(f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY
--;
CREATE POLICY {table}_read ON {table} FOR SELECT USING (scheme_id IN (SELECT id FROM action_scheme))
--;
CREATE POLICY {table}_insert ON {table} FOR INSERT WITH CHECK ({_WRITES})
--;
CREATE POLICY {table}_update ON {table} FOR UPDATE USING ({_WRITES}) WITH CHECK ({_WRITES})
""")
    grant(table, "SELECT, INSERT, UPDATE", "actions")


def _tags() -> None:
    """One row for each code of an action, with what decides who may know of the action: operators on JSON are not
    leakproof, so row-level security would keep an index on the action's own tags from being used."""
    run("""
CREATE TABLE action_tag (
    id uuid NOT NULL,
    kind text NOT NULL,
    scheme text NOT NULL,
    code text NOT NULL,
    status text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    PRIMARY KEY (id, scheme, code)
)
--;
CREATE INDEX action_tag_code_idx ON action_tag (scheme, code, kind, id)
--;
CREATE FUNCTION action_tags_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM escm.action_tag WHERE id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO escm.action_tag (id, kind, scheme, code, status, country, visibility)
        SELECT DISTINCT NEW.id, TG_ARGV[0], tag ->> 'scheme', tag ->> 'code', NEW.status, NEW.country, NEW.visibility
        FROM jsonb_array_elements(NEW.tags) tag;
    END IF;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER action_action_tags_follow AFTER INSERT OR DELETE OR UPDATE OF tags, status, country, visibility
    ON action_action FOR EACH ROW EXECUTE FUNCTION action_tags_follow('action')
""")
    country_scoped("action_tag", "actions")
    run("""
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
INSERT INTO action_tag (id, kind, scheme, code, status, country, visibility)
SELECT DISTINCT a.id, 'action', tag ->> 'scheme', tag ->> 'code', a.status, a.country, a.visibility
FROM action_action a, jsonb_array_elements(a.tags) tag
""")


def _shipped() -> None:
    scheme = text("""
INSERT INTO action_scheme (id, version, status, visibility, created_at, created_by, updated_at, updated_by, code,
    edition, titles, source, licence, publisher, code_count, assessments, search_key)
VALUES (CAST(:id AS uuid), 1, 'current', 'public', now(), 'system', now(), 'system', :code, :edition,
    jsonb_build_object('en', CAST(:title AS text)), nullif(:source, ''), nullif(:licence, ''), nullif(:publisher, ''),
    :codes, CAST(:assessments AS text[]), lower(:code || ' ' || :title))
""")
    codes = text("""
INSERT INTO action_scheme_code (scheme_id, code, parent, kind, titles, position)
SELECT CAST(:id AS uuid), r.code, nullif(r.parent, ''), r.kind, jsonb_build_object('en', r.title), r.position
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r (code text, parent text, kind text, title text, position integer)
""")
    rows: dict[str, list[dict[str, Any]]] = {}
    for line in _lines("scheme_codes"):
        of_scheme = rows.setdefault(line.pop("scheme"), [])
        of_scheme.append({**line, "position": len(of_scheme)})
    for number, line in enumerate(_lines("schemes"), start=0x51):
        key, of_scheme = f"019b76da-a800-7000-8000-0000000000{number:02x}", rows[line["code"]]
        assessments = [*_ASSESSMENTS] if line["code"] == "planetary_boundaries" else []
        op.execute(scheme.bindparams(id=key, codes=len(of_scheme), assessments=assessments, **line))
        op.execute(codes.bindparams(id=key, rows=json.dumps(of_scheme)))
        for assessment in assessments:
            _assess(key, assessment)


def _assess(scheme: str, assessment: str) -> None:
    published_on, transgressed, within = _ASSESSMENTS[assessment]
    states = [
        {"code": code, "status": status, "zone": None}
        for status, found in (("transgressed", transgressed), ("within", within))
        for code in found
    ]
    title = f"Planetary Health Check {assessment}"
    source = {"title": title, "date": published_on, "url": "https://www.planetaryhealthcheck.org/"}
    insert = text("""
INSERT INTO action_scheme_state (scheme_id, assessment, published_on, source, states)
VALUES (CAST(:scheme AS uuid), :assessment, CAST(:published_on AS date), CAST(:source AS jsonb), CAST(:states AS jsonb))
""")
    documents = {"source": json.dumps(source), "states": json.dumps(states)}
    op.execute(insert.bindparams(scheme=scheme, assessment=assessment, published_on=published_on, **documents))


def _lines(name: str) -> list[dict[str, str]]:
    with _HERE.with_name(f"0038_{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def downgrade() -> None:
    run(f"""
DROP TRIGGER action_action_tags_follow ON action_action
--;
DROP FUNCTION action_tags_follow()
--;
DROP TABLE action_tag, {", ".join(_PARTS)}, action_scheme
--;
DROP SEQUENCE action_scheme_ref_seq
""")
