"""Pairs of records that may be one, how a new record finds those it may repeat, and how far the search has come."""

from migrations.rules import (
    country_scoped,
    grant,
    index_beside_writers,
    reference_numbers,
    role,
    run,
    searchable,
    searching,
    setting,
)

revision = "membership_0013"
down_revision = "access_0008"

_EXPERTS = "member_expert_lookalikes(uuid, text[], text, text, text[], text, text[])"
_INSTITUTIONS = "member_institution_lookalikes(uuid, text[], text[], text[], text[], text)"
_FOLLOWING = "member_duplicate_follow()"


def upgrade() -> None:
    _pairs()
    _experts()
    _institutions()
    index_beside_writers("member_expert_name_key_idx", "member_expert (name_key, country, id)")


def _pairs() -> None:
    """A pair is seen and changed under a context that covers both of its countries. Whoever enters a record leaves the
    pairs that it makes, also with records that they may not see; those they cannot read again."""
    run("""
CREATE TABLE member_duplicate (
    id uuid PRIMARY KEY,
    ref text NOT NULL UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'dismissed', 'merged')),
    country text,
    visibility text NOT NULL CHECK (visibility = 'restricted'),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
    resource text NOT NULL CHECK (resource IN ('experts', 'institutions')),
    a uuid NOT NULL,
    b uuid NOT NULL,
    country_a text NOT NULL,
    country_b text NOT NULL,
    score double precision NOT NULL CHECK (score BETWEEN 0 AND 1),
    reasons text[] NOT NULL,
    found_by text NOT NULL CHECK (found_by IN ('entry', 'job', 'import')),
    basis text NOT NULL,
    dismissed_by text,
    dismissed_at timestamptz,
    dismissal text,
    settled_by uuid,
    instead_of uuid,
    UNIQUE (resource, a, b),
    CHECK (a < b),
    CHECK (country IS NOT DISTINCT FROM CASE WHEN country_a = country_b THEN country_a END)
)
--;
COMMENT ON COLUMN member_duplicate.country IS 'of both records; empty where they lie in two countries'
--;
COMMENT ON COLUMN member_duplicate.basis IS 'a digest of what was compared: a dismissed pair comes back when it differs'
--;
COMMENT ON COLUMN member_duplicate.settled_by IS 'the record that was merged away, where its merge ended the pair'
--;
COMMENT ON COLUMN member_duplicate.instead_of IS 'the pair of a record merged away that this one of its winner stands for'
--;
CREATE INDEX member_duplicate_score_idx ON member_duplicate (resource, status, score, id)
--;
CREATE INDEX member_duplicate_a_idx ON member_duplicate (a)
--;
CREATE INDEX member_duplicate_b_idx ON member_duplicate (b)
--;
CREATE TABLE member_duplicate_search (
    resource text PRIMARY KEY,
    covered_until timestamptz NOT NULL
)
--;
COMMENT ON TABLE member_duplicate_search IS 'until when changes of records were searched for duplicates'
""")
    reference_numbers("member_duplicate", "DUP", "membership")
    country_scoped("member_duplicate", "membership")
    both = "country_a = ANY({0}) AND country_b = ANY({0})"
    written = (
        f"(SELECT current_setting('escm.write_everywhere', true)) = 'on' OR {both.format(setting('write_countries'))}"
    )
    entered = (
        f"{written} OR country_a = ANY({setting('write_countries')}) OR country_b = ANY({setting('write_countries')})"
        f" OR a::text = ANY({setting('write_records')}) OR b::text = ANY({setting('write_records')})"
    )
    run(f"""
ALTER POLICY member_duplicate_read ON member_duplicate
    USING (visibility = ANY({setting("visibilities")}) OR {both.format(setting("countries"))})
--;
ALTER POLICY member_duplicate_insert ON member_duplicate WITH CHECK ({entered})
--;
ALTER POLICY member_duplicate_update ON member_duplicate USING ({written}) WITH CHECK ({written})
--;
ALTER POLICY member_duplicate_delete ON member_duplicate USING ({written})
""")
    grant("member_duplicate_search", "SELECT, INSERT, UPDATE", "membership")
    _follow()


def _follow() -> None:
    """A record that moves takes its pairs out of sight of who does not cover its new country, whoever moves it."""
    run(f"""
CREATE POLICY member_duplicate_follow_read ON member_duplicate FOR SELECT TO {role("search")} USING (true)
--;
CREATE POLICY member_duplicate_follow ON member_duplicate FOR UPDATE TO {role("search")} USING (true) WITH CHECK (true)
--;
GRANT SELECT (a, b, country_a, country_b), UPDATE (country, country_a, country_b) ON member_duplicate
    TO {role("search")}
--;
CREATE FUNCTION {_FOLLOWING} RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = escm, pg_temp AS $$
BEGIN
    UPDATE member_duplicate SET country_a = NEW.country, country = CASE WHEN country_b = NEW.country THEN country_b END
    WHERE a = NEW.id;
    UPDATE member_duplicate SET country_b = NEW.country, country = CASE WHEN country_a = NEW.country THEN country_a END
    WHERE b = NEW.id;
    RETURN NULL;
END
$$
""")
    for kind in ("expert", "institution"):
        run(
            f"CREATE TRIGGER member_{kind}_pairs_follow AFTER UPDATE OF country ON member_{kind} FOR EACH ROW"
            f" WHEN (OLD.country IS DISTINCT FROM NEW.country) EXECUTE FUNCTION {_FOLLOWING}"
        )
    searching(_FOLLOWING, "membership")


def _experts() -> None:
    """Writers fill the key; for experts of before, the first search over the whole base does.

    The function looks into few rows of indexes however common a name is: where more than 40 of the country have the
    key only the very name counts, and a name that more than 20 have is no sign of anything. `patterns` find a name with
    a wrong letter by the trigram index; whoever waits for an answer gives none. Plans are made once: making them each
    time took three quarters of the time.
    """
    run("ALTER TABLE member_expert ADD COLUMN name_key text NOT NULL DEFAULT ''")
    searchable("member_affiliation", "expert_id, institution_id, raw")
    run(f"""
GRANT SELECT (name_key, sort_name, names, status) ON member_expert TO {role("search")}
--;
CREATE FUNCTION member_expert_lookalikes(
    own uuid, keys text[], sort text, place text, addresses text[], iri text, patterns text[])
RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = escm, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    found uuid[];
    tally bigint;
BEGIN
    found := ARRAY(SELECT e.id FROM member_expert e WHERE e.name_key = ANY(keys) AND e.country = place LIMIT 41);
    tally := cardinality(found);
    IF tally > 40 THEN
        found := ARRAY(SELECT e.id FROM member_expert e WHERE e.sort_name = sort LIMIT 21);
        IF cardinality(found) > 20 THEN
            found := '{{}}';
        END IF;
    ELSE
        found := found || ARRAY(SELECT e.id FROM member_expert e WHERE e.name_key = ANY(keys) LIMIT 41 - tally);
    END IF;
    IF addresses <> '{{}}' THEN
        found := found || ARRAY(SELECT e.id FROM member_expert e WHERE e.email_keys && addresses LIMIT 20);
    END IF;
    IF iri IS NOT NULL THEN
        found := found || ARRAY(SELECT e.id FROM member_expert e WHERE e.orcid = iri LIMIT 20);
    END IF;
    IF tally <= 40 AND patterns IS NOT NULL THEN
        found := found || ARRAY(
            SELECT e.id FROM unnest(patterns) AS p (pattern) JOIN member_expert e ON e.search_key LIKE p.pattern LIMIT 40);
    END IF;
    found := array_remove(found, own);
    IF found = '{{}}' THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT json_build_object('total', (SELECT reltuples FROM pg_class WHERE oid = 'member_expert'::regclass),
            'found', json_agg(json_build_object('id', e.id, 'country', e.country, 'visibility', e.visibility,
                'status', e.status, 'names', e.names, 'email_keys', e.email_keys, 'orcid', e.orcid, 'works', ARRAY(
                    SELECT coalesce(w.institution_id::text, w.raw) FROM member_affiliation w
                    WHERE w.expert_id = e.id LIMIT 20))))
        FROM member_expert e WHERE e.id = ANY(found) AND e.merged_into IS NULL AND e.erased_at IS NULL
        HAVING count(*) > 0
    );
END
$$
""")
    searching(_EXPERTS, "membership")


def _institutions() -> None:
    """The extension's settings are known to a session only once it has used the extension."""
    run("SELECT public.show_trgm('')")
    run(f"""
GRANT SELECT (names, domains, locations, ror, visibility) ON member_institution TO {role("search")}
--;
CREATE FUNCTION member_institution_lookalikes(
    own uuid, titles text[], hosts text[], shorts text[], terms text[], ror_id text)
RETURNS json LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, public, pg_temp
SET pg_trgm.word_similarity_threshold = 0.6 AS $$
    WITH equal AS (
        (SELECT v.institution_id AS id FROM member_institution_value v
         WHERE v.kind = 'name' AND v.value = ANY(titles) LIMIT 40)
        UNION (SELECT v.institution_id FROM member_institution_value v
               WHERE v.kind = 'domain' AND v.value = ANY(hosts) LIMIT 40)
        UNION (SELECT v.institution_id FROM member_institution_value v
               WHERE v.kind = 'short' AND v.value = ANY(shorts) LIMIT 40)
        UNION (SELECT i.id FROM member_institution i WHERE i.ror = ror_id LIMIT 20)
    ), near AS (
        SELECT i.id FROM unnest(terms) AS word (term) JOIN member_institution i ON i.match_key %> word.term
        GROUP BY i.id ORDER BY sum(word_similarity(word.term, i.match_key)) DESC, i.id LIMIT 40
    ), hit AS (
        SELECT id FROM equal UNION SELECT id FROM near
    )
    SELECT json_agg(json_build_object('id', i.id, 'country', i.country, 'visibility', i.visibility,
        'status', i.status, 'names', i.names, 'domains', i.domains, 'locations', i.locations, 'ror', i.ror))
    FROM hit JOIN member_institution i USING (id)
    WHERE i.id <> own AND i.merged_into IS NULL AND i.status IN ('submitted', 'verified', 'inactive')
$$
""")
    searching(_INSTITUTIONS, "membership")


def downgrade() -> None:
    run(f"""
DROP FUNCTION {_INSTITUTIONS}
--;
DROP FUNCTION {_EXPERTS}
--;
DROP POLICY member_affiliation_search ON member_affiliation
--;
REVOKE SELECT (expert_id, institution_id, raw) ON member_affiliation FROM {role("search")}
--;
ALTER TABLE member_expert DROP COLUMN name_key
--;
DROP TRIGGER member_institution_pairs_follow ON member_institution
--;
DROP TRIGGER member_expert_pairs_follow ON member_expert
--;
DROP FUNCTION {_FOLLOWING}
--;
DROP TABLE member_duplicate_search
--;
DROP TABLE member_duplicate
--;
DROP SEQUENCE member_duplicate_ref_seq
""")
