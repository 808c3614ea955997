"""Changes of centres with what was before, amendments of agreements, reviews of suspensions, and closures."""

from migrations.documents import DocumentKind, document_indexes, publish_documents
from migrations.rules import (
    RECORD,
    country_scoped,
    grant,
    index_beside_writers,
    json_of,
    role,
    run,
)

revision = "0065_centres_changes"
down_revision = "0064_centres_websites"

_SHOWN = "('active', 'renewal_due', 'renewal_review', 'suspended', 'expired', 'closed')"
_CENTRE = """id, ref, version, country, status, visibility, committee_id, host_institution_id, director_id, registration_number,
        designated_on, term_number, term_starts, term_ends, created_at, names,
        (SELECT t.ended_on FROM centre_term t WHERE t.centre_id = c.id AND t.number = c.term_number) AS ended_on"""
_CHANGED_AT = """,
        (SELECT max(n.recorded_at) FROM centre_tenure n WHERE n.centre_id = c.id AND n.changed IN ('names', 'host'))
            AS changed_at"""
_OF_CENTRES = "terms_of_reference work_plan host_letter final_report evaluation application_documents[]"
_CHANGES = DocumentKind("centres.centres", "centre_centre", "change_documents[]")
_NOTED = """
                OR centre.noted_version = centre.version"""
_FORMER = f"""
    UNION ALL
    SELECT director_id, 'former_directors', id, {json_of("centre_id country director_id starts ends")}
    FROM centre_tenure WHERE director_id IS NOT NULL"""
_WEBSITE = """
    SELECT centre_shown_by_itself(centre) || coalesce((
        SELECT jsonb_build_object('website', p.website) FROM centre_profile p
        WHERE p.centre_id = centre.id AND p.website IS NOT NULL), '{}')"""
_SUCCESSOR = """ || coalesce((
        SELECT jsonb_build_object('successor', jsonb_build_object(
            'id', s.id, 'registration_number', s.registration_number))
        FROM centre_centre s
        WHERE s.id = centre.successor_id AND centre.status = 'closed' AND s.visibility = 'public'
            AND s.registration_number IS NOT NULL), '{}')"""


def upgrade() -> None:
    """A tenure is a value that a centre had, from its first day to its last one. `replaced_on` is the day from which
    the next value counts."""
    run("""
ALTER TABLE centre_centre
    ADD COLUMN pending_change jsonb,
    ADD COLUMN change_documents jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN noted_version integer,
    ADD COLUMN review_by date,
    ADD COLUMN closure_cause text CHECK (closure_cause IN ('host_withdrew', 'mutual', 'breach', 'merged')),
    ADD COLUMN successor_id uuid REFERENCES centre_centre (id) CHECK (successor_id <> id)
--;
CREATE INDEX centre_centre_successor_idx ON centre_centre (successor_id) WHERE successor_id IS NOT NULL
--;
CREATE TABLE centre_tenure (
    id uuid PRIMARY KEY,
    centre_id uuid NOT NULL REFERENCES centre_centre (id),
    country text NOT NULL,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    changed text NOT NULL CHECK (changed IN ('names', 'unit', 'director', 'host', 'address')),
    names jsonb,
    unit text,
    director_id uuid,
    host_institution_id uuid,
    address text,
    position jsonb,
    starts date NOT NULL,
    ends date NOT NULL CHECK (ends >= starts),
    replaced_on date NOT NULL,
    document jsonb,
    recorded_at timestamptz NOT NULL
)
--;
CREATE INDEX centre_tenure_centre_idx ON centre_tenure (centre_id, changed, replaced_on)
--;
CREATE INDEX centre_tenure_director_idx ON centre_tenure (director_id) WHERE director_id IS NOT NULL
--;
ALTER TABLE centre_agreement
    ADD COLUMN amends_id uuid REFERENCES centre_agreement (id) CHECK (amends_id <> id),
    ADD COLUMN reminded_on date
--;
CREATE INDEX centre_agreement_amends_idx ON centre_agreement (amends_id) WHERE amends_id IS NOT NULL
""")
    country_scoped("centre_tenure", "centres", record="centre_id")
    run(f"GRANT SELECT (change_documents, registration_number) ON centre_centre TO {role('search')}")
    _register(_SUCCESSOR, _NOTED)
    _centres(_CHANGED_AT)
    _personal(_FORMER)
    _documents(f"{_OF_CENTRES} {_CHANGES.documents}")
    for name, definition in document_indexes((_CHANGES,)):
        index_beside_writers(name, definition)


def _register(successor: str, noted: str) -> None:
    """What the register shows of a centre, and which entries have the note of the step that they follow from."""
    run(f"""
CREATE OR REPLACE FUNCTION centre_shown(centre centre_centre) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = escm, pg_temp AS $${_WEBSITE}{successor}
$$
--;
GRANT CREATE ON SCHEMA escm TO {role("search")}
--;
SET LOCAL ROLE {role("search")}
--;
CREATE OR REPLACE FUNCTION centre_register_enter(centre centre_centre, day date, is_gone boolean) RETURNS void
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
                ('designated', 'renewed', 'suspended', 'reinstated', 'expired', 'closed'){noted}
                THEN centre.public_note END);
    END IF;
    PERFORM set_config('escm.visibilities', visibilities, true);
END
$$
--;
SET LOCAL ROLE {role("owner")}
--;
REVOKE CREATE ON SCHEMA escm FROM {role("search")}
""")


def _centres(changed_at: str) -> None:
    run(f"""
CREATE OR REPLACE VIEW centre_published_centre AS SELECT {_CENTRE}{changed_at} FROM centre_centre c
""")


def _documents(of_centres: str) -> None:
    publish_documents(
        "centre",
        (
            DocumentKind("centres.committees", "centre_committee", "decision bylaws"),
            DocumentKind("centres.centres", "centre_centre", of_centres),
            DocumentKind("centres.terms", "centre_term", "terms_of_reference work_plan"),
            DocumentKind("centres.agreements", "centre_agreement", "document"),
            DocumentKind("centres.messages", "centre_message", "attachments[]", "centre_id", whole="centres"),
            DocumentKind("centres.annual_reports", "centre_annual_report", "documents[] answered[]", "centre_id"),
        ),
    )


def _personal(former: str) -> None:
    """What centres stores about experts, for an export of everything about one."""
    reviewer = json_of(f"{RECORD} centre_id centre_names expert_id due conflict_of_interest conflict replaced_by")
    entry = json_of("registration_number country status recorded_on shown")
    review = json_of(f"{RECORD} centre_id reviewer_id scores recommendation conflict_of_interest comment")
    run(f"""
CREATE OR REPLACE VIEW centre_published_personal AS
    SELECT expert_id AS person, 'seats' AS part, id,
        {json_of(f"{RECORD} committee_id expert_id office starts ends")} AS record
    FROM centre_seat WHERE expert_id IS NOT NULL
    UNION ALL
    SELECT reviewer_id, 'reviews', id, {review}
    FROM centre_review
    UNION ALL
    SELECT expert_id, 'reviewers', id, {reviewer}
    FROM centre_reviewer
    UNION ALL
    SELECT director_id, 'directed_centres', NULL, {json_of("id ref status country names director_id")}
    FROM centre_centre WHERE director_id IS NOT NULL
    UNION ALL
    SELECT (shown ->> 'director_id')::uuid, 'register_entries', NULL, {entry}
    FROM centre_register_entry WHERE shown ->> 'director_id' IS NOT NULL
    UNION ALL
    SELECT coordinator_id, 'coordinated_networks', NULL, {json_of("id ref status code titles coordinator_id")}
    FROM centre_network WHERE coordinator_id IS NOT NULL{former}
""")


def downgrade() -> None:
    for name, _ in document_indexes((_CHANGES,)):
        run(f"DROP INDEX {name}")
    _documents(_OF_CENTRES)
    _personal("")
    run("DROP VIEW centre_published_centre")
    _centres("")
    grant("centre_published_centre", "SELECT", "membership", "actions", "access", "centres")
    _register("", "")
    run(f"""
REVOKE SELECT (change_documents, registration_number) ON centre_centre FROM {role("search")}
--;
DROP TABLE centre_tenure
--;
ALTER TABLE centre_agreement DROP COLUMN amends_id, DROP COLUMN reminded_on
--;
ALTER TABLE centre_centre
    DROP COLUMN pending_change,
    DROP COLUMN change_documents,
    DROP COLUMN noted_version,
    DROP COLUMN review_by,
    DROP COLUMN closure_cause,
    DROP COLUMN successor_id
""")
