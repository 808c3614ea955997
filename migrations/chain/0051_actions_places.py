"""Descriptions and locations of actions; finding actions by their locations and by who takes part."""

from migrations.rules import country_scoped, run

revision = "0051_actions_places"
down_revision = "0050_actions_imports"

_KNOWN = "status text NOT NULL, country text NOT NULL, visibility text NOT NULL"
_LOCATIONS = """
    INSERT INTO escm.action_location (id, position, name, subdivision, lat, lon, status, country, visibility)
    SELECT NEW.id, n, lower(place ->> 'name'), lower(place ->> 'subdivision'), (place ->> 'lat')::float8,
        (place ->> 'lon')::float8, NEW.status, NEW.country, NEW.visibility
    FROM jsonb_array_elements(NEW.locations) WITH ORDINALITY one (place, n);"""
_PARTICIPANTS = """
    INSERT INTO escm.action_participant (id, institution_id, status, country, visibility)
    SELECT DISTINCT NEW.id, (one ->> 'institution_id')::uuid, NEW.status, NEW.country, NEW.visibility
    FROM jsonb_array_elements(NEW.participants) one;"""


def upgrade() -> None:
    run(f"""
ALTER TABLE action_action ADD COLUMN descriptions jsonb NOT NULL DEFAULT '{{}}',
    ADD COLUMN locations jsonb NOT NULL DEFAULT '[]'
--;
CREATE TABLE action_location (
    id uuid NOT NULL,
    position integer NOT NULL,
    name text,
    subdivision text,
    lat double precision,
    lon double precision,
    {_KNOWN},
    PRIMARY KEY (id, position)
)
--;
CREATE INDEX action_location_name_idx ON action_location (name, id)
--;
CREATE INDEX action_location_subdivision_idx ON action_location (subdivision, id)
--;
CREATE INDEX action_location_point_idx ON action_location (lat, lon, id)
--;
CREATE TABLE action_participant (
    id uuid NOT NULL,
    institution_id uuid NOT NULL,
    {_KNOWN},
    PRIMARY KEY (id, institution_id)
)
--;
CREATE INDEX action_participant_institution_idx ON action_participant (institution_id, id)
""")
    for table, source, rows in (
        ("action_location", "locations", _LOCATIONS),
        ("action_participant", "participants", _PARTICIPANTS),
    ):
        _followed(table, source, rows)
        country_scoped(table, "actions")
    run("""
SET LOCAL escm.write_everywhere = 'on'
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
INSERT INTO action_participant (id, institution_id, status, country, visibility)
SELECT DISTINCT a.id, (one ->> 'institution_id')::uuid, a.status, a.country, a.visibility
FROM action_action a, jsonb_array_elements(a.participants) one
""")


def _followed(table: str, source: str, rows: str) -> None:
    """A trigger that keeps one row for each part of an action, with what decides who may know of the action: operators
    on JSON are not leakproof, so row-level security would keep an index on the parts themselves from being used."""
    run(f"""
CREATE FUNCTION {table}s_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM escm.{table} WHERE id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN{rows}
    END IF;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER {table}s_follow AFTER INSERT OR DELETE OR UPDATE OF {source}, status, country, visibility
    ON action_action FOR EACH ROW EXECUTE FUNCTION {table}s_follow()
""")


def downgrade() -> None:
    for table in ("action_location", "action_participant"):
        run(f"""
DROP TRIGGER {table}s_follow ON action_action
--;
DROP FUNCTION {table}s_follow()
--;
DROP TABLE {table}
""")
    run("ALTER TABLE action_action DROP COLUMN descriptions, DROP COLUMN locations")
