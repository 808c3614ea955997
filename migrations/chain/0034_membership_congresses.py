"""Congresses and participations. A participation follows the country of its expert, whoever moves the expert."""

from migrations.following import follow_expert, unfollow_expert
from migrations.rules import (
    country_scoped,
    grant,
    record_columns,
    reference_numbers,
    role,
    run,
    searching,
    setting,
)

revision = "0034_membership_congresses"
down_revision = "0033_membership_calls"

_COUNTRY = "country text NOT NULL CHECK (country ~ '^[A-Z]{2}$')"
_LIVING = "status IN ('registered', 'attended')"
_WRITABLE = (
    "(SELECT current_setting('escm.write_everywhere', true)) = 'on'"
    f" OR r.country = ANY({setting('write_countries')}) OR r.expert_id::text = ANY({setting('write_records')})"
)


def upgrade() -> None:
    columns = record_columns("planned|held|cancelled").replace(_COUNTRY, _COUNTRY.replace("NOT NULL ", ""))
    run(f"""
CREATE TABLE member_congress ({columns}
    code text NOT NULL,
    titles jsonb NOT NULL,
    series text,
    starts date NOT NULL,
    ends date,
    mode text NOT NULL CHECK (mode IN ('onsite', 'online', 'hybrid')),
    place text,
    host_institution_id uuid,
    links jsonb NOT NULL,
    published_figures jsonb NOT NULL,
    search_key text NOT NULL,
    CONSTRAINT member_congress_code_key UNIQUE (code)
)
--;
CREATE INDEX member_congress_country_idx ON member_congress (country, status, id)
--;
CREATE INDEX member_congress_host_idx ON member_congress (host_institution_id) WHERE host_institution_id IS NOT NULL
--;
CREATE TABLE member_participation ({record_columns("registered|attended|absent|superseded")}
    congress_id uuid NOT NULL REFERENCES member_congress (id),
    expert_id uuid NOT NULL,
    role text NOT NULL CHECK (role IN ('participant', 'speaker', 'chair', 'organiser', 'student')),
    mode text CHECK (mode IN ('onsite', 'online')),
    superseded_by uuid,
    status_before text
)
--;
CREATE UNIQUE INDEX member_participation_living_key ON member_participation (expert_id, congress_id, role)
    WHERE {_LIVING}
--;
CREATE INDEX member_participation_expert_idx ON member_participation (expert_id, id)
--;
CREATE INDEX member_participation_congress_idx ON member_participation (congress_id, id)
--;
CREATE INDEX member_participation_country_idx ON member_participation (country, status, id)
--;
CREATE INDEX member_participation_superseded_idx ON member_participation (superseded_by)
    WHERE superseded_by IS NOT NULL
""")
    reference_numbers("member_congress", "CON", "membership")
    country_scoped("member_congress", "membership")
    reference_numbers("member_participation", "PAR", "membership")
    country_scoped("member_participation", "membership", record="expert_id")
    follow_expert("member_participation")
    _matches()
    run("""
CREATE VIEW member_published_participation AS
    SELECT id, ref, version, status, country, visibility, congress_id, expert_id, role FROM member_participation
""")
    grant("member_published_participation", "SELECT", "access", "membership")


def _matches() -> None:
    """Living participations by congress, expert and role, for imports: a match out of the caller's reach has to be
    known."""
    run(f"""
GRANT SELECT (id, congress_id, role, status, country) ON member_participation TO {role("search")}
--;
CREATE FUNCTION member_participation_matches(keys text[]) RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT k.key, r.id, coalesce({_WRITABLE}, false)
    FROM (
        SELECT key, split_part(key, ':', 2) AS congress, split_part(key, ':', 3) AS expert, split_part(key, ':', 4) AS role
        FROM unnest(keys) AS k (key) WHERE key LIKE 'participation:%' OFFSET 0
    ) k JOIN member_participation r
        ON r.expert_id = k.expert::uuid AND r.congress_id = k.congress::uuid AND r.role = k.role
    WHERE r.{_LIVING}
$$
""")
    searching("member_participation_matches(text[])", "membership")


def downgrade() -> None:
    unfollow_expert("member_participation")
    run("""
DROP VIEW member_published_participation
--;
DROP FUNCTION member_participation_matches(text[])
--;
DROP TABLE member_participation, member_congress
--;
DROP SEQUENCE member_participation_ref_seq, member_congress_ref_seq
""")
