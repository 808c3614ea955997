"""Committees and their seats: one living committee a country, one holder of an office at a time."""

from migrations.rules import country_scoped, grant, record_columns, reference_numbers, role, run

revision = "centres_0001"
down_revision = "actions_0006"

_COMMITTEE_STATES = "proposed|preparatory|recognition_review|recognised|suspended|dissolved|abandoned"


def upgrade() -> None:
    run(f"""
CREATE TABLE centre_committee ({record_columns(_COMMITTEE_STATES)}
    names jsonb NOT NULL,
    search_key text NOT NULL,
    host_institution_id uuid,
    partner_institution_ids uuid[] NOT NULL,
    decision jsonb,
    bylaws jsonb,
    previous_status text,
    formed_on date,
    recognised_on date,
    ended_on date
)
--;
CREATE UNIQUE INDEX centre_committee_living_key ON centre_committee (country)
    WHERE status NOT IN ('dissolved', 'abandoned')
--;
CREATE INDEX centre_committee_country_idx ON centre_committee (country, status, id)
--;
CREATE INDEX centre_committee_created_idx ON centre_committee (created_at, id)
--;
CREATE INDEX centre_committee_updated_idx ON centre_committee (updated_at, id)
--;
CREATE INDEX centre_committee_host_idx ON centre_committee (host_institution_id)
--;
CREATE INDEX centre_committee_partner_idx ON centre_committee USING gin (partner_institution_ids)
--;
CREATE FUNCTION centre_first_day(partial text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN make_date(substr(partial, 1, 4)::integer, coalesce(nullif(substr(partial, 6, 2), ''), '1')::integer,
    coalesce(nullif(substr(partial, 9, 2), ''), '1')::integer)
""")
    run(f"GRANT EXECUTE ON FUNCTION centre_first_day(text) TO {role('centres')}")
    run("""
CREATE TABLE centre_seat (
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('appointed', 'ended')),
    country text NOT NULL,
    visibility text NOT NULL,
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    committee_id uuid NOT NULL REFERENCES centre_committee (id),
    expert_id uuid,
    person_name text,
    search_key text NOT NULL,
    office text NOT NULL CHECK (office IN ('president', 'vice_president', 'secretary', 'member')),
    starts text,
    ends text,
    held daterange NOT NULL GENERATED ALWAYS AS (daterange(escm.centre_first_day(starts),
        CASE WHEN ends IS NOT NULL THEN greatest(escm.centre_first_day(starts), escm.centre_first_day(ends)) END)) STORED,
    CHECK (num_nonnulls(expert_id, person_name) = 1),
    CHECK (status <> 'ended' OR ends IS NOT NULL),
    CONSTRAINT centre_seat_holder_excl EXCLUDE USING gist (committee_id WITH =, office WITH =, held WITH &&)
        WHERE (office <> 'member')
)
--;
COMMENT ON COLUMN centre_seat.held IS
    'The days on which the office is surely held, up to and without the first day that its end may be: a successor may
    begin on the day, or in the year, that the predecessor ends.'
--;
CREATE INDEX centre_seat_country_idx ON centre_seat (country, status, id)
--;
CREATE INDEX centre_seat_committee_idx ON centre_seat (committee_id)
--;
CREATE INDEX centre_seat_expert_idx ON centre_seat (expert_id) WHERE expert_id IS NOT NULL
--;
CREATE INDEX centre_seat_created_idx ON centre_seat (created_at, id)
--;
CREATE INDEX centre_seat_updated_idx ON centre_seat (updated_at, id)
""")
    reference_numbers("centre_committee", "COM", "centres")
    reference_numbers("centre_seat", "SEA", "centres")
    country_scoped("centre_committee", "centres")
    country_scoped("centre_seat", "centres", record="committee_id")
    run(f"""
CREATE FUNCTION centre_committee_standing(committee uuid)
RETURNS TABLE (presidents integer, secretaries integer, seats integer)
LANGUAGE plpgsql SET search_path = escm, pg_temp AS $$
#variable_conflict use_column
DECLARE
    sight CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    RETURN QUERY SELECT (count(*) FILTER (WHERE office = 'president'))::integer,
        (count(*) FILTER (WHERE office = 'secretary'))::integer, count(*)::integer
    FROM centre_seat
    WHERE committee_id = committee AND status = 'appointed'
        AND (ends IS NULL OR ends >= left((now() AT TIME ZONE 'UTC')::date::text, length(ends)));
    PERFORM set_config('escm.visibilities', sight, true);
END
$$
--;
COMMENT ON FUNCTION centre_committee_standing(uuid) IS
    'What the guards of a committee count: whatever the caller may see, the answer is the same.'
--;
REVOKE EXECUTE ON FUNCTION centre_committee_standing(uuid) FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION centre_committee_standing(uuid) TO {role("centres")}
--;
CREATE VIEW centre_published_committee AS
    SELECT id, ref, version, country, status, visibility, host_institution_id, created_at, formed_on, recognised_on,
        ended_on
    FROM centre_committee
--;
CREATE VIEW centre_published_seat AS
    SELECT id, ref, version, committee_id, country, status, visibility, expert_id, office, starts, ends
    FROM centre_seat
""")
    grant("centre_published_committee", "SELECT", "actions", "access")
    grant("centre_published_seat", "SELECT", "actions", "access")


def downgrade() -> None:
    run("""
DROP VIEW centre_published_seat
--;
DROP VIEW centre_published_committee
--;
DROP FUNCTION centre_committee_standing(uuid)
--;
DROP TABLE centre_seat
--;
DROP TABLE centre_committee
--;
DROP FUNCTION centre_first_day(text)
--;
DROP SEQUENCE centre_seat_ref_seq
--;
DROP SEQUENCE centre_committee_ref_seq
""")
