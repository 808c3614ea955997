"""Meetings of committees with their quorum, the decisions that they take, and the rotation of seats."""

from migrations.documents import (
    DocumentKind,
    close_documents,
    document_indexes,
    open_documents,
    publish_documents,
)
from migrations.rules import (
    country_scoped,
    grant,
    index_beside_writers,
    json_of,
    record_columns,
    reference_numbers,
    role,
    run,
)

revision = "0066_centres_meetings"
down_revision = "0065_centres_changes"

_MINUTES = DocumentKind("centres.committee_meetings", "centre_committee_meeting", "minutes", "committee_id")
_EARLIER = (
    DocumentKind("centres.committees", "centre_committee", "decision bylaws"),
    DocumentKind(
        "centres.centres",
        "centre_centre",
        "terms_of_reference work_plan host_letter final_report evaluation application_documents[] change_documents[]",
    ),
    DocumentKind("centres.terms", "centre_term", "terms_of_reference work_plan"),
    DocumentKind("centres.agreements", "centre_agreement", "document"),
    DocumentKind("centres.messages", "centre_message", "attachments[]", "centre_id", whole="centres"),
    DocumentKind("centres.annual_reports", "centre_annual_report", "documents[] answered[]", "centre_id"),
)
_WORK, _OTHER_WORK = "centre_published_work", "centre_work_without_meetings"
_PERSONAL, _OTHER_PERSONAL = "centre_published_personal", "centre_personal_without_terms"
_DAY = "(starts AT TIME ZONE 'UTC')::date"
_STEPS = """
SELECT 'centres.committee_meetings', t.id, t.ref, t.country,
    CASE t.status WHEN 'planned' THEN 'hold' ELSE 'approve' END,
    CASE t.status WHEN 'planned' THEN t.starts END, NULL, NULL, NULL,
    t.committee_id, CASE t.status WHEN 'planned' THEN (t.starts AT TIME ZONE 'UTC')::date END, NULL,
    coalesce(nullif(t.titles, '{}'), c.names),
    CASE t.status WHEN 'planned' THEN t.present <> '{}' AND NOT EXISTS (
        SELECT FROM centre_seat s WHERE s.id = ANY(t.present) AND s.status = 'ended'
            AND centre_last_day(s.ends) < (t.starts AT TIME ZONE 'UTC')::date)
    ELSE t.minutes IS NOT NULL END,
    CASE t.status WHEN 'held' THEN jsonb_build_array(t.minutes) END, NULL, NULL
FROM centre_committee_meeting t LEFT JOIN centre_committee c ON c.id = t.committee_id
WHERE t.status IN ('planned', 'held')
UNION ALL
SELECT 'centres.decisions', d.id, d.ref, d.country, 'adopt', NULL, NULL, NULL, NULL,
    d.committee_id, NULL, NULL, d.titles,
    t.status IN ('held', 'approved') AND cardinality(t.present) >= t.needed
        AND (d.votes ->> 'for')::integer > (d.votes ->> 'against')::integer, NULL,
    NULL, NULL
FROM centre_decision d JOIN centre_committee_meeting t ON t.id = d.meeting_id
WHERE d.status = 'draft'
UNION ALL
SELECT 'centres.seats', s.id, s.ref, s.country, 'end', (s.rotation_due + time '23:59:59') AT TIME ZONE 'UTC', NULL, NULL,
    NULL, s.id, s.rotation_due - 90, NULL, c.names, true, NULL, NULL, NULL
FROM centre_seat s LEFT JOIN centre_committee c ON c.id = s.committee_id
WHERE s.status = 'appointed' AND s.ends IS NULL AND s.rotation_due IS NOT NULL
UNION ALL
SELECT 'centres.partnerships', p.id, p.ref, p.country, 'accept', NULL, NULL, NULL, NULL,
    coalesce(p.partner_centre_id, p.partner_institution_id), NULL, p.created_by, c.names, true, NULL,
    coalesce(p.partner_country, p.country), p.centre_id
FROM centre_partnership p LEFT JOIN centre_centre c ON c.id = p.centre_id
WHERE p.status = 'proposed'"""


def upgrade() -> None:
    _meetings()
    _decisions()
    run("""
ALTER TABLE centre_committee
    ADD COLUMN quorum integer CHECK (quorum BETWEEN 1 AND 100),
    ADD COLUMN decision_id uuid REFERENCES centre_decision (id)
--;
CREATE INDEX centre_committee_decision_idx ON centre_committee (decision_id) WHERE decision_id IS NOT NULL
""")
    _quorum()
    _rotation()
    grant("centre_published_committee", "SELECT", "centres")
    _personal()
    run(f"""
ALTER VIEW {_WORK} RENAME TO {_OTHER_WORK}
--;
CREATE VIEW {_WORK} AS SELECT *, NULL::text AS taken_in, NULL::uuid AS own_id FROM {_OTHER_WORK} UNION ALL {_STEPS}
""")
    grant(_WORK, "SELECT", "access", "centres")
    open_documents(_MINUTES)
    publish_documents("centre", (*_EARLIER, _MINUTES))
    for name, definition in document_indexes((_MINUTES,)):
        index_beside_writers(name, definition)


def _meetings() -> None:
    run(f"""
CREATE TABLE centre_committee_meeting ({record_columns("planned|held|approved|cancelled")}
    committee_id uuid NOT NULL REFERENCES centre_committee (id),
    kind text NOT NULL CHECK (kind IN ('online', 'onsite', 'hybrid')),
    starts timestamptz NOT NULL,
    titles jsonb NOT NULL,
    search_key text NOT NULL,
    present uuid[] NOT NULL,
    apologies uuid[] NOT NULL,
    minutes jsonb,
    needed integer NOT NULL CHECK (needed > 0)
)
--;
CREATE INDEX centre_committee_meeting_committee_idx ON centre_committee_meeting (committee_id, starts, id)
--;
CREATE INDEX centre_committee_meeting_country_idx ON centre_committee_meeting (country, status, id)
--;
CREATE INDEX centre_committee_meeting_planned_idx ON centre_committee_meeting (committee_id) WHERE status = 'planned'
""")
    reference_numbers("centre_committee_meeting", "CMM", "centres")
    country_scoped("centre_committee_meeting", "centres", record="committee_id")


def _decisions() -> None:
    run(f"""
CREATE TABLE centre_decision ({record_columns("draft|adopted|rejected|deferred")}
    meeting_id uuid NOT NULL REFERENCES centre_committee_meeting (id),
    committee_id uuid NOT NULL REFERENCES centre_committee (id),
    titles jsonb NOT NULL,
    search_key text NOT NULL,
    text text,
    votes jsonb NOT NULL,
    recused uuid[] NOT NULL,
    about jsonb NOT NULL,
    decided_on date
)
--;
CREATE INDEX centre_decision_meeting_idx ON centre_decision (meeting_id, id)
--;
CREATE INDEX centre_decision_committee_idx ON centre_decision (committee_id, id)
--;
CREATE INDEX centre_decision_country_idx ON centre_decision (country, status, id)
--;
CREATE INDEX centre_decision_about_idx ON centre_decision USING gin (about jsonb_path_ops)
--;
CREATE VIEW centre_published_decision AS
    SELECT id, ref, version, country, status, visibility, meeting_id, committee_id, recused, decided_on,
        (votes ->> 'for')::integer + (votes ->> 'against')::integer + (votes ->> 'abstain')::integer
            + cardinality(recused) AS counted
    FROM centre_decision
""")
    reference_numbers("centre_decision", "CMD", "centres")
    country_scoped("centre_decision", "centres", record="committee_id")
    grant("centre_published_decision", "SELECT", "centres")


def _quorum() -> None:
    """How many have to be present on a day. Planned meetings follow the seats and the committee."""
    owner = role("centres")
    run(f"""
CREATE FUNCTION centre_last_day(partial text) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (escm.centre_first_day(partial) + CASE length(partial)
    WHEN 4 THEN interval '1 year' WHEN 7 THEN interval '1 month' ELSE interval '1 day' END)::date - 1
--;
CREATE FUNCTION centre_committee_quorum(committee uuid, day date) RETURNS integer
LANGUAGE sql STABLE SET search_path = escm, pg_temp AS $$
    SELECT CASE WHEN c.quorum IS NULL THEN filled.seats / 2 + 1
        ELSE greatest(1, (filled.seats * c.quorum + 99) / 100) END
    FROM centre_committee c, LATERAL (
        SELECT count(*)::integer AS seats FROM centre_seat s
        WHERE s.committee_id = c.id AND (s.starts IS NULL OR centre_first_day(s.starts) <= day)
            AND CASE s.status WHEN 'ended' THEN day < centre_first_day(s.ends)
                ELSE s.ends IS NULL OR day <= centre_last_day(s.ends) END
    ) filled
    WHERE c.id = committee
$$
--;
CREATE FUNCTION centre_quorum_follows() RETURNS trigger
LANGUAGE plpgsql SET search_path = escm, pg_temp AS $$
DECLARE
    committee uuid := CASE TG_TABLE_NAME WHEN 'centre_committee' THEN (to_jsonb(NEW) ->> 'id')::uuid
        ELSE (to_jsonb(coalesce(NEW, OLD)) ->> 'committee_id')::uuid END;
BEGIN
    UPDATE centre_committee_meeting SET needed = centre_committee_quorum(committee, {_DAY})
    WHERE committee_id = committee AND status = 'planned' AND needed <> centre_committee_quorum(committee, {_DAY});
    RETURN NULL;
END
$$
--;
CREATE TRIGGER centre_seat_quorum_follows AFTER INSERT OR DELETE OR UPDATE OF status, starts, ends ON centre_seat
    FOR EACH ROW EXECUTE FUNCTION centre_quorum_follows()
--;
CREATE TRIGGER centre_committee_quorum_follows AFTER UPDATE OF quorum ON centre_committee
    FOR EACH ROW EXECUTE FUNCTION centre_quorum_follows()
--;
REVOKE EXECUTE ON FUNCTION centre_committee_quorum(uuid, date), centre_quorum_follows(), centre_last_day(text)
    FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION centre_committee_quorum(uuid, date), centre_last_day(text) TO {owner}
""")


def _rotation() -> None:
    """The terms of people in an office of a committee, and when each is over. A change of a seat or of the rotation
    numbers and dates the seats of the committee again; their versions stay."""
    run(f"""
ALTER TABLE centre_committee ADD COLUMN rotation jsonb
--;
ALTER TABLE centre_seat
    ADD COLUMN reason text,
    ADD COLUMN term integer NOT NULL DEFAULT 1 CHECK (term > 0),
    ADD COLUMN rotation_due date,
    ADD COLUMN reminded_on date
--;
CREATE FUNCTION centre_rotation_due(starts text, years integer) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN extract(year FROM escm.centre_first_day(starts)) + years <= 9999
    THEN (escm.centre_first_day(starts) + make_interval(years => years))::date END
--;
CREATE FUNCTION centre_number_terms(committee uuid) RETURNS void
LANGUAGE sql VOLATILE SET search_path = escm, pg_temp AS $$
    UPDATE centre_seat s SET term = n.term, rotation_due = n.rotation_due
    FROM (SELECT o.id, row_number() OVER (PARTITION BY o.office, o.expert_id, o.search_key
            ORDER BY coalesce(centre_first_day(o.starts), '-infinity'), o.id) AS term,
            centre_rotation_due(o.starts, (c.rotation ->> 'years')::integer) AS rotation_due
        FROM centre_seat o JOIN centre_committee c ON c.id = o.committee_id WHERE o.committee_id = committee) n
    WHERE s.id = n.id AND (s.term <> n.term OR s.rotation_due IS DISTINCT FROM n.rotation_due)
$$
--;
CREATE FUNCTION centre_rotation_follows() RETURNS trigger
LANGUAGE plpgsql SET search_path = escm, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'centre_committee' THEN
        PERFORM centre_number_terms((to_jsonb(NEW) ->> 'id')::uuid);
    ELSE
        PERFORM centre_number_terms((to_jsonb(coalesce(NEW, OLD)) ->> 'committee_id')::uuid);
    END IF;
    RETURN NULL;
END
$$
--;
SET LOCAL escm.visibilities = 'public,network,restricted'
--;
SET LOCAL escm.write_everywhere = 'on'
--;
SELECT centre_number_terms(id) FROM centre_committee
--;
CREATE TRIGGER centre_seat_rotation_follows
    AFTER INSERT OR DELETE OR UPDATE OF expert_id, search_key, office, starts ON centre_seat
    FOR EACH ROW EXECUTE FUNCTION centre_rotation_follows()
--;
CREATE TRIGGER centre_committee_rotation_follows AFTER UPDATE OF rotation ON centre_committee
    FOR EACH ROW EXECUTE FUNCTION centre_rotation_follows()
--;
REVOKE EXECUTE ON FUNCTION centre_rotation_due(text, integer), centre_number_terms(uuid), centre_rotation_follows()
    FROM PUBLIC
--;
GRANT EXECUTE ON FUNCTION centre_rotation_due(text, integer), centre_number_terms(uuid) TO {role("centres")}
""")


def _personal() -> None:
    """The terms of seats in an export of everything about a person."""
    run(f"""
ALTER VIEW {_PERSONAL} RENAME TO {_OTHER_PERSONAL}
--;
CREATE VIEW {_PERSONAL} AS
    SELECT p.person, p.part, p.id, CASE WHEN s.id IS NULL THEN p.record
        ELSE p.record || {json_of("reason term rotation_due")} END AS record
    FROM {_OTHER_PERSONAL} p LEFT JOIN centre_seat s ON p.part = 'seats' AND s.id = p.id
""")
    grant(_PERSONAL, "SELECT", "membership")


def downgrade() -> None:
    for name, _ in document_indexes((_MINUTES,)):
        run(f"DROP INDEX {name}")
    publish_documents("centre", _EARLIER)
    run(f"""
DROP VIEW {_PERSONAL}
--;
ALTER VIEW {_OTHER_PERSONAL} RENAME TO {_PERSONAL}
--;
DROP VIEW {_WORK}
--;
ALTER VIEW {_OTHER_WORK} RENAME TO {_WORK}
""")
    close_documents(_MINUTES)
    run(f"""
REVOKE SELECT ON centre_published_committee FROM {role("centres")}
--;
DROP TRIGGER centre_committee_rotation_follows ON centre_committee
--;
DROP TRIGGER centre_seat_rotation_follows ON centre_seat
--;
DROP FUNCTION centre_rotation_follows()
--;
DROP FUNCTION centre_number_terms(uuid)
--;
DROP FUNCTION centre_rotation_due(text, integer)
--;
ALTER TABLE centre_seat DROP COLUMN reason, DROP COLUMN term, DROP COLUMN rotation_due, DROP COLUMN reminded_on
--;
DROP TRIGGER centre_committee_quorum_follows ON centre_committee
--;
DROP TRIGGER centre_seat_quorum_follows ON centre_seat
--;
DROP FUNCTION centre_quorum_follows()
--;
DROP FUNCTION centre_committee_quorum(uuid, date)
--;
DROP FUNCTION centre_last_day(text)
--;
ALTER TABLE centre_committee DROP COLUMN rotation, DROP COLUMN decision_id, DROP COLUMN quorum
--;
DROP VIEW centre_published_decision
--;
DROP TABLE centre_decision
--;
DROP SEQUENCE centre_decision_ref_seq
--;
DROP TABLE centre_committee_meeting
--;
DROP SEQUENCE centre_committee_meeting_ref_seq
""")
