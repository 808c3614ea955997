"""Centres, their terms, reviews and host agreements; what their guards count, and the numbers of the register."""

from migrations.rules import country_scoped, grant, record_columns, reference_numbers, role, run

revision = "centres_0002"
down_revision = "centres_0001"

_CENTRE_STATES = "draft|submitted|under_review|info_requested|awaiting_agreement|declined|active|renewal_due|renewal_review|suspended|expired|closed|withdrawn"
_AGREEMENT_STATES = "drafting|in_negotiation|partly_signed|in_force|expired|terminated"


def upgrade() -> None:
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
--;
CREATE TABLE centre_reference_move (
    loser_id uuid NOT NULL,
    winner_id uuid NOT NULL,
    resource text NOT NULL,
    record_id uuid NOT NULL,
    field text NOT NULL,
    PRIMARY KEY (loser_id, resource, record_id, field)
)
""")
    for table, prefix in (("centre", "CTR"), ("term", "TRM"), ("review", "REV"), ("agreement", "AGR")):
        reference_numbers(f"centre_{table}", prefix, "centres")
        record = "id" if table == "centre" else "centre_id"
        country_scoped(f"centre_{table}", "centres", record=record)
    grant("centre_reference_move", "SELECT, INSERT, DELETE", "centres")
    _whoever_asks(
        "centre_standing(centre uuid)",
        "TABLE (favourable integer, agreed boolean)",
        """
    SELECT (SELECT count(DISTINCT r.reviewer_id)::integer FROM centre_review r
            WHERE r.centre_id = centre AND r.recommendation = 'designate' AND NOT r.conflict_of_interest),
        EXISTS (SELECT FROM centre_agreement a WHERE a.centre_id = centre AND a.kind = 'host'
            AND a.status = 'in_force' AND (a.expires IS NULL OR a.expires >= (now() AT TIME ZONE 'UTC')::date))
""",
    )
    _whoever_asks(
        "centre_consent(land text)",
        "TABLE (endorsement uuid, level integer)",
        """
    SELECT e.id, e.level::integer FROM action_published_endorsement e
    WHERE e.country = land AND e.status = 'verified'
        AND (e.valid_to IS NULL OR e.valid_to >= (now() AT TIME ZONE 'UTC')::date)
    ORDER BY e.level DESC, e.id LIMIT 1
""",
    )
    _whoever_asks(
        "centre_next_serial(land text)",
        "SETOF integer",
        """
    SELECT coalesce(max(c.registration_serial), 0) + 1 FROM centre_centre c WHERE c.country = land
""",
        before="PERFORM pg_advisory_xact_lock(hashtextextended('centre_next_serial ' || land, 0));",
    )
    run("""
CREATE VIEW centre_published_centre AS
    SELECT id, ref, version, country, status, visibility, committee_id, host_institution_id, director_id,
        registration_number, designated_on, term_number, term_starts, term_ends, created_at
    FROM centre_centre
""")
    grant("centre_published_centre", "SELECT", "actions", "access")


def _whoever_asks(signature: str, returns: str, query: str, *, before: str = "") -> None:
    """A function of the service that sees every row: its answer does not depend on what the caller may see. `before`
    is a statement of its own, so that the query sees what was committed while it waited.
    """
    name, _, arguments = signature.rstrip(")").partition("(")
    typed = f"{name}({arguments.rpartition(' ')[2]})"
    run(f"""
CREATE FUNCTION {signature} RETURNS {returns} LANGUAGE plpgsql SET search_path = escm, pg_temp AS $$
#variable_conflict use_column
DECLARE
    sight CONSTANT text := coalesce(current_setting('escm.visibilities', true), '');
BEGIN
    PERFORM set_config('escm.visibilities', 'public,network,restricted', true);
    {before}
    RETURN QUERY {query.strip()};
    PERFORM set_config('escm.visibilities', sight, true);
END
$$
--;
REVOKE EXECUTE ON FUNCTION {typed} FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION {typed} TO {role("centres")}
""")


def downgrade() -> None:
    run("""
DROP VIEW centre_published_centre
--;
DROP FUNCTION centre_next_serial(text)
--;
DROP FUNCTION centre_consent(text)
--;
DROP FUNCTION centre_standing(uuid)
--;
DROP TABLE centre_reference_move
--;
DROP TABLE centre_agreement
--;
DROP TABLE centre_review
--;
DROP TABLE centre_term
--;
DROP TABLE centre_centre
--;
DROP SEQUENCE centre_agreement_ref_seq
--;
DROP SEQUENCE centre_review_ref_seq
--;
DROP SEQUENCE centre_term_ref_seq
--;
DROP SEQUENCE centre_centre_ref_seq
""")
