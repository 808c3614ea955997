"""What the public register of centres showed, and since which day. Triggers append to it; nobody changes it."""

from migrations.rules import RECORD, grant, json_of, role, run, setting

revision = "0058_centres_register"
down_revision = "0057_centres_stages"

_SHOWN = "('active', 'renewal_due', 'renewal_review', 'suspended', 'expired', 'closed')"
_FOLLOWED = (
    "visibility, status, names, host_institution_id, unit, director_id, themes, position, registration_number,"
    " term_number, term_starts, term_ends"
)
_EVERYTHING = "public,network,restricted"
_ENTER = "centre_register_enter(centre_centre, date, boolean)"
_FUNCTIONS = ("centre_shown(centre_centre)", "centre_shown_changes(jsonb, jsonb)", _ENTER)


def upgrade() -> None:
    run("ALTER TABLE centre_centre ADD COLUMN public_note text CHECK (length(public_note) <= 500)")
    _table()
    _functions()
    _enter_present_centres()
    _only_search_appends()
    run(f"""
CREATE TRIGGER centre_centre_registered AFTER INSERT OR DELETE OR UPDATE OF {_FOLLOWED} ON centre_centre
    FOR EACH ROW EXECUTE FUNCTION centre_register_follow()
--;
CREATE VIEW centre_published_register AS
    SELECT registration_number, country, visibility, status, recorded_on, position FROM centre_register_entry
""")
    grant("centre_published_register", "SELECT", "actions")
    _personal("""
    UNION ALL
    SELECT (shown ->> 'director_id')::uuid, 'register_entries', NULL, jsonb_build_object(
        'registration_number', registration_number, 'country', country, 'status', status,
        'recorded_on', recorded_on, 'shown', shown)
    FROM centre_register_entry WHERE shown ->> 'director_id' IS NOT NULL""")


def _table() -> None:
    """`status` and `shown` are null from the day on which the register no longer shows the centre. An entry outlives
    the centre, so that the days of the past stay."""
    run(f"""
CREATE TABLE centre_register_entry (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    centre_id uuid NOT NULL,
    registration_number text NOT NULL,
    country text NOT NULL CHECK (country ~ '^[A-Z]{{2}}$'),
    visibility text NOT NULL CHECK (visibility = 'public'),
    status text CHECK (status IN {_SHOWN}),
    recorded_on date NOT NULL,
    shown jsonb,
    changes jsonb NOT NULL,
    note text,
    CHECK ((status IS NULL) = (shown IS NULL))
)
--;
CREATE INDEX centre_register_entry_day_idx ON centre_register_entry
    (country, registration_number, recorded_on DESC, position DESC)
--;
CREATE INDEX centre_register_entry_changes_idx ON centre_register_entry (recorded_on, position)
    WHERE changes <> '[]'
--;
ALTER TABLE centre_register_entry ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE centre_register_entry FORCE ROW LEVEL SECURITY
--;
CREATE POLICY centre_register_entry_read ON centre_register_entry FOR SELECT
    USING (visibility = ANY({setting("visibilities")}) OR country = ANY({setting("countries")}))
--;
CREATE POLICY centre_register_entry_search ON centre_register_entry FOR SELECT TO {role("search")} USING (true)
--;
CREATE POLICY centre_register_entry_append ON centre_register_entry FOR INSERT TO {role("search")} WITH CHECK (true)
--;
GRANT SELECT, INSERT ON centre_register_entry TO {role("search")}
--;
GRANT SELECT ON member_published_institution TO {role("search")}
""")
    grant("centre_register_entry", "SELECT", "centres")


def _functions() -> None:
    """The host has the name that the public may read. `centre_register_enter` appends what differs from the last entry;
    the row of the centre is locked, so that entries of one centre are in order."""
    run(f"""
CREATE FUNCTION centre_shown(centre centre_centre) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = escm, pg_temp AS $$
    SELECT jsonb_build_object(
        'id', centre.id, 'registration_number', centre.registration_number, 'names', centre.names,
        'country', centre.country,
        'host', jsonb_build_object('id', centre.host_institution_id, 'name', (
            SELECT i.display_name FROM member_published_institution i
            WHERE i.id = centre.host_institution_id AND i.visibility = 'public' AND i.merged_into IS NULL
                AND i.status IN ('verified', 'inactive'))),
        'unit', centre.unit, 'director_id', centre.director_id, 'status', centre.status,
        'term', CASE WHEN centre.term_number IS NOT NULL THEN jsonb_build_object(
            'number', centre.term_number, 'starts', centre.term_starts, 'ends', centre.term_ends) END,
        'themes', coalesce(to_jsonb(centre.themes), '[]'), 'position', centre.position)
$$
--;
CREATE FUNCTION centre_shown_changes(was jsonb, became jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = escm, pg_temp AS $$
    SELECT coalesce(jsonb_agg(jsonb_build_object('change', change, 'from', old, 'to', new) ORDER BY place), '[]')
    FROM (
        SELECT 1 AS place, was -> 'status' AS old, became -> 'status' AS new, CASE
            WHEN became ->> 'status' IN ('suspended', 'expired', 'closed')
                THEN CASE WHEN was -> 'status' IS DISTINCT FROM became -> 'status' THEN became ->> 'status' END
            WHEN was IS NULL THEN 'designated'
            WHEN was -> 'term' -> 'number' IS DISTINCT FROM became -> 'term' -> 'number' THEN 'renewed'
            WHEN was ->> 'status' = 'suspended' THEN 'reinstated' END AS change
        UNION ALL SELECT 2, was -> 'names', became -> 'names', 'renamed'
        WHERE was -> 'names' <> became -> 'names'
        UNION ALL SELECT 3, was -> 'host', became -> 'host', 'host_changed'
        WHERE was -> 'host' -> 'id' <> became -> 'host' -> 'id'
        UNION ALL SELECT 4, was -> 'director_id', became -> 'director_id', 'director_changed'
        WHERE was -> 'director_id' <> became -> 'director_id'
        UNION ALL SELECT 5, was -> 'position', became -> 'position', 'moved'
        WHERE jsonb_typeof(was -> 'position') = 'object' AND jsonb_typeof(became -> 'position') = 'object'
            AND was -> 'position' <> became -> 'position'
    ) found
    WHERE became IS NOT NULL AND change IS NOT NULL
$$
--;
CREATE FUNCTION centre_register_enter(centre centre_centre, day date, is_gone boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
    last_day date;
    was jsonb;
    became jsonb;
    found jsonb;
BEGIN
    IF centre.registration_number IS NULL THEN
        RETURN;
    END IF;
    PERFORM set_config('escm.visibilities', 'public', true);
    IF NOT is_gone AND centre.visibility = 'public' AND centre.status IN {_SHOWN} THEN
        became := centre_shown(centre);
    END IF;
    SELECT e.recorded_on, e.shown INTO last_day, was FROM centre_register_entry e
    WHERE e.country = centre.country AND e.registration_number = centre.registration_number
    ORDER BY e.recorded_on DESC, e.position DESC LIMIT 1;
    IF became IS DISTINCT FROM was THEN
        IF was IS NULL THEN
            SELECT e.shown INTO was FROM centre_register_entry e
            WHERE e.country = centre.country AND e.registration_number = centre.registration_number
                AND e.shown IS NOT NULL
            ORDER BY e.recorded_on DESC, e.position DESC LIMIT 1;
        END IF;
        found := centre_shown_changes(was, became);
        INSERT INTO centre_register_entry
            (centre_id, registration_number, country, visibility, status, recorded_on, shown, changes, note)
        VALUES (centre.id, centre.registration_number, centre.country, 'public', became ->> 'status',
            greatest(day, last_day), became, found,
            CASE WHEN found -> 0 ->> 'change' IN
                ('designated', 'renewed', 'suspended', 'reinstated', 'expired', 'closed') THEN centre.public_note END);
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
END
$$
--;
CREATE FUNCTION centre_register_follow() RETURNS trigger LANGUAGE plpgsql SET search_path = escm, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM centre_register_enter(OLD, (now() AT TIME ZONE 'UTC')::date, true);
    ELSE
        PERFORM centre_register_enter(NEW, (NEW.updated_at AT TIME ZONE 'UTC')::date, false);
    END IF;
    RETURN NULL;
END
$$
""")


def _only_search_appends() -> None:
    for function in _FUNCTIONS:
        run(f"""
REVOKE EXECUTE ON FUNCTION {function} FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION {function} TO {role("centres")}, {role("search")}
""")
    run(f"""
GRANT CREATE ON SCHEMA escm TO {role("search")}
--;
ALTER FUNCTION {_ENTER} OWNER TO {role("search")}
--;
REVOKE CREATE ON SCHEMA escm FROM {role("search")}
""")


def _enter_present_centres() -> None:
    """Repeats the audit trail of each centre that was designated before, then enters it as it is. Hosts have their
    present names. The functions still belong to the role that migrates."""
    run(f"""
CREATE POLICY centre_register_entry_first ON centre_register_entry FOR INSERT TO {role("owner")} WITH CHECK (true)
--;
SET LOCAL escm.visibilities = '{_EVERYTHING}'
--;
DO $$
DECLARE
    present centre_centre;
    past centre_centre;
    entry record;
    state jsonb;
BEGIN
    FOR present IN SELECT * FROM centre_centre WHERE registration_number IS NOT NULL ORDER BY id LOOP
        state := '{{}}';
        FOR entry IN SELECT at, to_status, visibility, convert_from(detail, 'UTF8')::jsonb -> 'changes' AS changes
            FROM core_audit WHERE subject = present.id AND detail_key IS NULL ORDER BY version, id
        LOOP
            SELECT state || coalesce(jsonb_object_agg(substr(one ->> 'pointer', 2), one -> 'after'), '{{}}') INTO state
            FROM jsonb_array_elements(entry.changes) one;
            past := jsonb_populate_record(NULL::centre_centre, state || jsonb_build_object('id', present.id,
                'country', present.country, 'status', entry.to_status, 'visibility', entry.visibility));
            PERFORM centre_register_enter(past, (entry.at AT TIME ZONE 'UTC')::date, false);
        END LOOP;
        PERFORM centre_register_enter(present, (now() AT TIME ZONE 'UTC')::date, false);
    END LOOP;
END
$$
--;
DROP POLICY centre_register_entry_first ON centre_register_entry
""")


def _personal(entries: str) -> None:
    """What centres stores about experts, for an export of everything about one."""
    reviewer = json_of(f"{RECORD} centre_id centre_names expert_id due conflict_of_interest conflict replaced_by")
    seat = json_of(f"{RECORD} committee_id expert_id office starts ends")
    review = json_of(f"{RECORD} centre_id reviewer_id scores recommendation conflict_of_interest comment")
    run(f"""
CREATE OR REPLACE VIEW centre_published_personal AS
    SELECT expert_id AS person, 'seats' AS part, id, {seat} AS record
    FROM centre_seat WHERE expert_id IS NOT NULL
    UNION ALL
    SELECT reviewer_id, 'reviews', id, {review}
    FROM centre_review
    UNION ALL
    SELECT expert_id, 'reviewers', id, {reviewer}
    FROM centre_reviewer
    UNION ALL
    SELECT director_id, 'directed_centres', NULL, {json_of("id ref status country names director_id")}
    FROM centre_centre WHERE director_id IS NOT NULL{entries}
""")


def downgrade() -> None:
    _personal("")
    run("""
DROP VIEW centre_published_register
--;
DROP TRIGGER centre_centre_registered ON centre_centre
--;
DROP FUNCTION centre_register_follow()
""")
    for function in _FUNCTIONS[::-1]:
        run(f"DROP FUNCTION {function}")
    run(f"""
DROP TABLE centre_register_entry
--;
REVOKE SELECT ON member_published_institution FROM {role("search")}
--;
ALTER TABLE centre_centre DROP COLUMN public_note
""")
