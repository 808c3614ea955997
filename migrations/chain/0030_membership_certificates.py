"""Certificates, what access reads of them, and what membership reads of centres and reviews.

A certificate has a random place in the status lists, so that the place says nothing about who got it when. Half of the
places of a list stay free, so that a free one is found at once. A certificate of an expert follows the expert's country.
"""

from migrations.following import follow_expert, unfollow_expert
from migrations.rules import (
    country_scoped,
    grant,
    readable_row,
    record_columns,
    reference_numbers,
    role,
    run,
    searching,
)

revision = "0030_membership_certificates"
down_revision = "0029_membership_erasure_view"

_KINDS = "support|membership|designation|review|participation|authorship"
_LIVING = "status IN ('issued', 'suspended')"
_LIST_SIZE = 131_072
_USED_OF_LIST = 65_536
_PUBLISHED = "id, ref, version, status, country, visibility"
_CENTRE = """id, ref, version, country, status, visibility, committee_id, host_institution_id, director_id, registration_number, designated_on,
        term_number, term_starts, term_ends, created_at"""


def upgrade() -> None:
    run(f"""
CREATE TABLE member_certificate ({record_columns("issued|suspended|revoked|replaced|expired")}
    kind text NOT NULL CHECK (kind IN ('{"', '".join(_KINDS.split("|"))}')),
    holder_key uuid NOT NULL,
    expert_id uuid,
    institution_id uuid,
    centre_id uuid,
    holder_name text NOT NULL,
    search_key text NOT NULL,
    name_differs boolean NOT NULL,
    subject_resource text,
    subject_id uuid,
    subject_year integer,
    language text NOT NULL,
    paper_number text UNIQUE,
    code text NOT NULL UNIQUE,
    valid_to date,
    template_version text,
    status_index integer NOT NULL UNIQUE,
    suspended_by text,
    revoked_for text,
    replaced_by uuid,
    CHECK (num_nonnulls(expert_id, institution_id, centre_id) = 1
        AND holder_key = coalesce(expert_id, institution_id, centre_id)),
    CHECK (num_nonnulls(subject_id, subject_year) = 1)
)
--;
CREATE UNIQUE INDEX member_certificate_living_idx
    ON member_certificate (holder_key, kind, subject_resource, subject_id, subject_year) NULLS NOT DISTINCT
    WHERE {_LIVING}
--;
CREATE INDEX member_certificate_holder_idx ON member_certificate (holder_key)
--;
CREATE INDEX member_certificate_expert_idx ON member_certificate (expert_id)
--;
CREATE INDEX member_certificate_search_idx ON member_certificate USING gin (search_key public.gin_trgm_ops)
--;
CREATE INDEX member_certificate_subject_idx ON member_certificate (subject_id) WHERE subject_id IS NOT NULL
--;
CREATE INDEX member_certificate_country_idx ON member_certificate (country, status, id)
--;
CREATE INDEX member_certificate_name_differs_idx ON member_certificate (country, id) WHERE name_differs
--;
CREATE INDEX member_certificate_valid_to_idx ON member_certificate (valid_to) WHERE {_LIVING}
""")
    reference_numbers("member_certificate", "CRT", "membership")
    country_scoped("member_certificate", "membership", record="holder_key")
    follow_expert("member_certificate")
    _search()
    _status_places()
    run(f"""
CREATE VIEW member_published_certificate AS
    SELECT {_PUBLISHED}, kind, expert_id, institution_id, centre_id
    FROM member_certificate
--;
CREATE OR REPLACE VIEW centre_published_centre AS SELECT {_CENTRE}, names FROM centre_centre
--;
CREATE OR REPLACE VIEW centre_published_review AS SELECT {_PUBLISHED}, reviewer_id, created_at FROM centre_review
""")
    grant("member_published_certificate", "SELECT", "access")
    grant("member_published_institution", "SELECT", "membership")
    grant("centre_published_review", "SELECT", "membership")


def _search() -> None:
    """Like `name_search`, with the holder as the record of the context."""
    readable = readable_row("c").replace("c.id", "c.holder_key")
    run(f"""
GRANT SELECT (id, visibility, country, holder_key, search_key) ON member_certificate TO {role("search")}
--;
CREATE FUNCTION member_certificate_search(pattern text, context text) RETURNS TABLE (ids uuid[], more boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, public, pg_temp AS $$
    SELECT (array_agg(hit.id))[1:2000], count(*) > 2000
    FROM (
        SELECT c.id FROM member_certificate c
        WHERE context IS NOT NULL AND c.search_key LIKE pattern AND {readable}
        LIMIT 2001
    ) hit
$$
""")
    searching("member_certificate_search(text, text)", "membership")


def _status_places() -> None:
    searcher = role("search")
    run(f"""
CREATE SEQUENCE member_certificate_place_seq MINVALUE 0
--;
GRANT USAGE ON SEQUENCE member_certificate_place_seq TO {searcher}
--;
GRANT SELECT (status_index) ON member_certificate TO {searcher}
--;
CREATE FUNCTION member_certificate_place() RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
DECLARE
    first integer := nextval('member_certificate_place_seq') / {_USED_OF_LIST} * {_LIST_SIZE};
    place integer;
BEGIN
    LOOP
        place := first + floor(random() * {_LIST_SIZE});
        IF pg_try_advisory_xact_lock(hashtext('member_certificate_place'), place)
            AND NOT EXISTS (SELECT FROM member_certificate c WHERE c.status_index = place) THEN
            RETURN place;
        END IF;
    END LOOP;
END
$$
""")
    searching("member_certificate_place()", "membership")
    run("""
ALTER TABLE member_certificate ALTER COLUMN status_index SET DEFAULT member_certificate_place()
""")


def downgrade() -> None:
    unfollow_expert("member_certificate")
    run(f"""
DROP VIEW member_published_certificate, centre_published_centre, centre_published_review
--;
CREATE VIEW centre_published_centre AS SELECT {_CENTRE} FROM centre_centre
--;
CREATE VIEW centre_published_review AS SELECT {_PUBLISHED}, reviewer_id FROM centre_review
--;
REVOKE SELECT ON member_published_institution FROM {role("membership")}
--;
DROP TABLE member_certificate
--;
DROP FUNCTION member_certificate_place(), member_certificate_search(text, text)
--;
DROP SEQUENCE member_certificate_ref_seq, member_certificate_place_seq
""")
    grant("centre_published_centre", "SELECT", "membership", "actions", "access")
    grant("centre_published_review", "SELECT", "access")
