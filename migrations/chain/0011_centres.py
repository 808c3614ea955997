"""Committees and their seats; centres with their terms, reviews and host agreements; what their guards count."""

from migrations.rules import (
    RECORD,
    counted,
    country_scoped,
    grant,
    json_of,
    record_columns,
    reference_moves,
    reference_numbers,
    role,
    run,
)

revision = "0011_centres"
down_revision = "0010_membership_duplicates"

_COMMITTEE_STATES = "proposed|preparatory|recognition_review|recognised|suspended|dissolved|abandoned"
_CENTRE_STATES = "draft|submitted|under_review|info_requested|awaiting_agreement|declined|active|renewal_due|renewal_review|suspended|expired|closed|withdrawn"
_AGREEMENT_STATES = "drafting|in_negotiation|partly_signed|in_force|expired|terminated"
_RECORDS = {
    "committee": ("COM", "id"),
    "seat": ("SEA", "committee_id"),
    "centre": ("CTR", "id"),
    "term": ("TRM", "centre_id"),
    "review": ("REV", "centre_id"),
    "agreement": ("AGR", "centre_id"),
}
_COUNTING = (
    "centre_committee_standing(uuid)",
    "centre_standing(uuid)",
    "centre_consent(text)",
    "centre_next_serial(text)",
)
_VIEWS = ("committee", "seat", "centre")


def upgrade() -> None:
    _committees()
    _seats()
    _centres()
    for table, (prefix, record) in _RECORDS.items():
        reference_numbers(f"centre_{table}", prefix, "centres")
        country_scoped(f"centre_{table}", "centres", record=record)
    reference_moves("centre", "centres")
    _guards()
    _counts()
    _published()


def _committees() -> None:
    """One living committee a country."""
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
""")


def _seats() -> None:
    """One holder of an office at a time. A date may be a year or a month: `centre_first_day` is its first day."""
    run(f"""
CREATE FUNCTION centre_first_day(partial text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN make_date(substr(partial, 1, 4)::integer, coalesce(nullif(substr(partial, 6, 2), ''), '1')::integer,
    coalesce(nullif(substr(partial, 9, 2), ''), '1')::integer)
--;
GRANT EXECUTE ON FUNCTION centre_first_day(text) TO {role("centres")}
--;
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


def _centres() -> None:
    run(f"""
CREATE TABLE centre_centre ({record_columns(_CENTRE_STATES)}
    names jsonb NOT NULL,
    search_key text NOT NULL,
    host_institution_id uuid NOT NULL,
    unit text,
    committee_id uuid REFERENCES centre_committee (id),
    director_id uuid,
    themes text[] NOT NULL,
    terms_of_reference jsonb,
    work_plan jsonb,
    host_letter jsonb,
    address text,
    position jsonb,
    final_report jsonb,
    evaluation jsonb,
    previous_status text,
    registration_number text UNIQUE,
    registration_serial integer,
    designated_on date,
    term_number integer,
    term_starts date,
    term_ends date,
    clock_since timestamptz,
    clock_target timestamptz,
    UNIQUE (country, registration_serial),
    CHECK (num_nulls(registration_number, registration_serial, designated_on) IN (0, 3)),
    CHECK (num_nulls(term_number, term_starts, term_ends) IN (0, 3)),
    CHECK (term_ends > term_starts)
)
--;
CREATE INDEX centre_centre_country_idx ON centre_centre (country, status, id)
--;
CREATE INDEX centre_centre_created_idx ON centre_centre (created_at, id)
--;
CREATE INDEX centre_centre_updated_idx ON centre_centre (updated_at, id)
--;
CREATE INDEX centre_centre_host_idx ON centre_centre (host_institution_id)
--;
CREATE INDEX centre_centre_committee_idx ON centre_centre (committee_id) WHERE committee_id IS NOT NULL
--;
CREATE INDEX centre_centre_director_idx ON centre_centre (director_id) WHERE director_id IS NOT NULL
--;
CREATE INDEX centre_centre_term_idx ON centre_centre (term_ends) WHERE term_ends IS NOT NULL
--;
CREATE TABLE centre_term ({record_columns("current|ended")}
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    number integer NOT NULL CHECK (number > 0),
    starts date NOT NULL,
    ends date NOT NULL CHECK (ends > starts),
    terms_of_reference jsonb,
    work_plan jsonb,
    decided_on date NOT NULL,
    endorsement_id uuid,
    waiver jsonb,
    consent_lapsed_on date,
    ended_on date,
    UNIQUE (centre_id, number)
)
--;
CREATE UNIQUE INDEX centre_term_current_key ON centre_term (centre_id) WHERE status = 'current'
--;
CREATE INDEX centre_term_country_idx ON centre_term (country, status, id)
--;
CREATE TABLE centre_review ({record_columns("recorded")}
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    reviewer_id uuid NOT NULL,
    scores jsonb NOT NULL,
    recommendation text NOT NULL CHECK (recommendation IN ('designate', 'decline')),
    conflict_of_interest boolean NOT NULL,
    comment text
)
--;
CREATE INDEX centre_review_centre_idx ON centre_review (centre_id, id)
--;
CREATE INDEX centre_review_reviewer_idx ON centre_review (reviewer_id)
--;
CREATE TABLE centre_agreement ({record_columns(_AGREEMENT_STATES)}
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    kind text NOT NULL CHECK (kind IN ('host', 'mou', 'tripartite')),
    parties jsonb NOT NULL,
    search_key text NOT NULL,
    effective date,
    expires date,
    document jsonb
)
--;
CREATE INDEX centre_agreement_centre_idx ON centre_agreement (centre_id)
--;
CREATE INDEX centre_agreement_country_idx ON centre_agreement (country, status, id)
--;
CREATE INDEX centre_agreement_expires_idx ON centre_agreement (expires) WHERE status = 'in_force'
""")


def _guards() -> None:
    """What guards count, and the next number of the register: functions of the service that read every row, so that the
    answer does not depend on what the caller may see. A number waits for that of another transaction, so its query is
    a statement of its own, which sees what was committed meanwhile."""
    _reads_all(
        "centre_committee_standing(committee uuid)",
        "TABLE (presidents integer, secretaries integer, seats integer)",
        """
    RETURN QUERY SELECT (count(*) FILTER (WHERE office = 'president'))::integer,
        (count(*) FILTER (WHERE office = 'secretary'))::integer, count(*)::integer
    FROM centre_seat
    WHERE committee_id = committee AND status = 'appointed'
        AND (ends IS NULL OR ends >= left((now() AT TIME ZONE 'UTC')::date::text, length(ends)));""",
    )
    run("""
COMMENT ON FUNCTION centre_committee_standing(uuid) IS
    'What the guards of a committee count: whatever the caller may see, the answer is the same.'
""")
    _reads_all(
        "centre_standing(centre uuid)",
        "TABLE (favourable integer, agreed boolean)",
        """
    RETURN QUERY SELECT (SELECT count(DISTINCT r.reviewer_id)::integer FROM centre_review r
            WHERE r.centre_id = centre AND r.recommendation = 'designate' AND NOT r.conflict_of_interest),
        EXISTS (SELECT FROM centre_agreement a WHERE a.centre_id = centre AND a.kind = 'host'
            AND a.status = 'in_force' AND (a.expires IS NULL OR a.expires >= (now() AT TIME ZONE 'UTC')::date));""",
    )
    _reads_all(
        "centre_consent(land text)",
        "TABLE (endorsement uuid, level integer)",
        """
    RETURN QUERY SELECT e.id, e.level::integer FROM action_published_endorsement e
    WHERE e.country = land AND e.status = 'verified'
        AND (e.valid_to IS NULL OR e.valid_to >= (now() AT TIME ZONE 'UTC')::date)
    ORDER BY e.level DESC, e.id LIMIT 1;""",
    )
    _reads_all(
        "centre_next_serial(land text)",
        "SETOF integer",
        """
    PERFORM pg_advisory_xact_lock(hashtextextended('centre_next_serial ' || land, 0));
    RETURN QUERY SELECT coalesce(max(c.registration_serial), 0) + 1 FROM centre_centre c WHERE c.country = land;""",
    )
    for signature in _COUNTING:
        run(f"""
REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION {signature} TO {role("centres")}
""")


def _reads_all(signature: str, returns: str, statements: str) -> None:
    run(f"""
CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE plpgsql SET search_path = escm, pg_temp AS $$
#variable_conflict use_column
DECLARE
    visibilities CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);{statements}
    PERFORM set_config('escm.visibilities', visibilities, true);
END
$$
""")


def _counts() -> None:
    counted(
        "centre_centre",
        """
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'centre', visibility, status, country, category, sum(n)
        FROM (SELECT visibility, status, country, '' AS category, 1 AS n FROM after) change
        GROUP BY visibility, status, country, category;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'centre', visibility, status, country, category, sum(n)
        FROM (SELECT visibility, status, country, '' AS category, -1 AS n FROM before) change
        GROUP BY visibility, status, country, category;
    ELSE
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, n)
        SELECT 'centre', visibility, status, country, category, sum(n)
        FROM (SELECT visibility, status, country, '' AS category, 1 AS n FROM after
            UNION ALL SELECT visibility, status, country, '' AS category, -1 AS n FROM before) change
        GROUP BY visibility, status, country, category HAVING sum(n) <> 0;
    END IF;
    RETURN NULL;
END
""",
    )


def _published() -> None:
    """`centre_published_personal` is what centres keep about experts, for an export of everything about one; its `id` is
    that of a record whose history is about the expert."""
    seat = json_of(f"{RECORD} committee_id expert_id office starts ends")
    review = json_of(f"{RECORD} centre_id reviewer_id scores recommendation conflict_of_interest comment")
    run(f"""
CREATE VIEW centre_published_committee AS
    SELECT id, ref, version, country, status, visibility, host_institution_id, created_at, formed_on, recognised_on,
        ended_on
    FROM centre_committee
--;
CREATE VIEW centre_published_seat AS
    SELECT id, ref, version, committee_id, country, status, visibility, expert_id, office, starts, ends
    FROM centre_seat
--;
CREATE VIEW centre_published_centre AS
    SELECT id, ref, version, country, status, visibility, committee_id, host_institution_id, director_id,
        registration_number, designated_on, term_number, term_starts, term_ends, created_at
    FROM centre_centre
--;
CREATE VIEW centre_published_personal AS
    SELECT expert_id AS person, 'seats' AS part, id, {seat} AS record
    FROM centre_seat WHERE expert_id IS NOT NULL
    UNION ALL
    SELECT reviewer_id, 'reviews', id, {review}
    FROM centre_review
    UNION ALL
    SELECT director_id, 'directed_centres', NULL, {json_of("id ref status country names director_id")}
    FROM centre_centre WHERE director_id IS NOT NULL
""")
    for view in _VIEWS:
        grant(f"centre_published_{view}", "SELECT", "membership", "actions", "access")
    grant("centre_published_personal", "SELECT", "membership")


def downgrade() -> None:
    run(f"""
DROP VIEW centre_published_personal, {", ".join(f"centre_published_{view}" for view in _VIEWS)}
--;
DROP FUNCTION {", ".join(_COUNTING)}
--;
DROP TABLE centre_reference_move, centre_agreement, centre_review, centre_term, centre_centre, centre_seat,
    centre_committee
--;
DROP FUNCTION centre_centre_counted(), centre_first_day(text)
--;
DROP SEQUENCE {", ".join(f"centre_{table}_ref_seq" for table in _RECORDS)}
""")
