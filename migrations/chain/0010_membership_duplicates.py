"""Pairs of records that may be one, how a new record finds those that it may repeat, and merges with what each moved."""

from migrations.rules import (
    country_scoped,
    grant,
    record_columns,
    reference_numbers,
    role,
    run,
    searchable,
    searching,
    setting,
)

revision = "0010_membership_duplicates"
down_revision = "0009_membership_institutions"

_EXPERTS = "member_expert_namesakes(uuid, text[], text, text, text[], text, text[])"
_INSTITUTIONS = "member_institution_namesakes(uuid, text[], text[], text[], text[], text)"
_FOLLOWING = "member_duplicate_follow()"


def upgrade() -> None:
    _pairs()
    _pairs_follow()
    _experts()
    _institutions()
    _merges()


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
    both = "country_a = ANY({0}) AND country_b = ANY({0})"
    written = (
        f"(SELECT current_setting('escm.write_everywhere', true)) = 'on' OR {both.format(setting('write_countries'))}"
    )
    entered = (
        f"{written} OR country_a = ANY({setting('write_countries')}) OR country_b = ANY({setting('write_countries')})"
        f" OR a::text = ANY({setting('write_records')}) OR b::text = ANY({setting('write_records')})"
    )
    run(f"""
ALTER TABLE member_duplicate ENABLE ROW LEVEL SECURITY
--;
ALTER TABLE member_duplicate FORCE ROW LEVEL SECURITY
--;
CREATE POLICY member_duplicate_read ON member_duplicate FOR SELECT
    USING (visibility = ANY({setting("visibilities")}) OR {both.format(setting("countries"))})
--;
CREATE POLICY member_duplicate_insert ON member_duplicate FOR INSERT WITH CHECK ({entered})
--;
CREATE POLICY member_duplicate_update ON member_duplicate FOR UPDATE USING ({written}) WITH CHECK ({written})
--;
CREATE POLICY member_duplicate_delete ON member_duplicate FOR DELETE USING ({written})
""")
    grant("member_duplicate", "SELECT, INSERT, UPDATE, DELETE", "membership")
    grant("member_duplicate_search", "SELECT, INSERT, UPDATE", "membership")


def _pairs_follow() -> None:
    """A record that moves hides its pairs from callers who do not cover its new country, whoever moves it."""
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
    """Whom a new expert may repeat. Bounds count what the caller may know of apart from the rest.

    Reads few rows of indexes however common a name is. Where more than 40 of the country have the key, only the very
    name counts, and one that more than 20 have is no sign of anything. `patterns` find a name with a wrong letter by
    the trigram index; whoever waits for an answer gives none. Plans are made once: making them each time took three
    quarters of the time. The very name among the open ones is an expression, so that the index of all names is no
    choice for it.
    """
    named = "SELECT e.id FROM member_expert e WHERE"
    is_open = "e.visibility <> 'restricted' AND e.visibility = ANY(open) AND e.status IN ('active', 'grace')"

    def few(condition: str) -> str:
        return f"(SELECT array_agg(n.id) FROM ({named} {condition} LIMIT 21) n HAVING count(*) < 21)"

    searchable("member_affiliation", "expert_id, institution_id, raw")
    run(f"""
CREATE FUNCTION member_expert_namesakes(
    own uuid, keys text[], sort text, place text, addresses text[], iri text, patterns text[])
RETURNS json LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = escm, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
DECLARE
    covered text[] := coalesce({setting("countries")}, '{{}}') || place;
    open text[] := {setting("visibilities")};
    found uuid[] := ARRAY({named} e.name_key = ANY(keys) LIMIT 41);
    at_home uuid[];
    is_common boolean := false;
BEGIN
    IF cardinality(found) > 40 THEN
        at_home := ARRAY({named} e.name_key = ANY(keys) AND e.country = place LIMIT 41);
        is_common := cardinality(at_home) > 40;
        IF is_common THEN
            found := '{{}}' || {few("e.sort_name = sort AND e.country = ANY(covered)")}
                || {few(f"e.name_key = ANY(keys) AND e.sort_name || '' = sort AND {is_open}")} || {few("e.sort_name = sort")};
        ELSE
            found := found || at_home || ARRAY({named} e.name_key = ANY(keys) AND e.country = ANY(covered) LIMIT 41)
                || ARRAY({named} e.name_key = ANY(keys) AND {is_open} LIMIT 41);
        END IF;
    END IF;
    IF addresses <> '{{}}' THEN
        found := found || ARRAY({named} e.email_keys && addresses LIMIT 20);
    END IF;
    IF iri IS NOT NULL THEN
        found := found || ARRAY({named} e.orcid = iri LIMIT 20);
    END IF;
    IF patterns IS NOT NULL AND NOT is_common THEN
        found := found || ARRAY(
            SELECT e.id FROM unnest(patterns) AS p (pattern) JOIN member_expert e ON e.search_key LIKE p.pattern LIMIT 40);
    END IF;
    RETURN (
        SELECT json_agg(json_build_object('id', e.id, 'country', e.country, 'visibility', e.visibility,
            'status', e.status, 'names', e.names, 'email_keys', e.email_keys, 'orcid', e.orcid, 'works', ARRAY(
                SELECT coalesce(w.institution_id::text, w.raw) FROM member_affiliation w
                WHERE w.expert_id = e.id LIMIT 20)))
        FROM member_expert e
        WHERE e.id = ANY(array_remove(found, own)) AND e.merged_into IS NULL AND e.erased_at IS NULL
    );
END
$$
""")
    searching(_EXPERTS, "membership")


def _institutions() -> None:
    """Which institutions a new one may repeat. The extension's settings are known to a session only once it has used the
    extension."""
    known = (
        f"(i.country = ANY({setting('countries')})"
        f" OR i.visibility = ANY({setting('visibilities')}) AND i.status IN ('verified', 'inactive'))"
    )
    run(f"""
SELECT public.show_trgm('')
--;
CREATE FUNCTION member_institution_namesakes(
    own uuid, titles text[], hosts text[], shorts text[], terms text[], ror_id text)
RETURNS json LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, public, pg_temp
SET pg_trgm.word_similarity_threshold = 0.6 AS $$
    WITH hit AS (
        SELECT i.id, row_number() OVER (PARTITION BY v.kind, {known} ORDER BY i.id) AS place
        FROM member_institution_value v JOIN member_institution i ON i.id = v.institution_id
        WHERE v.kind = 'name' AND v.value = ANY(titles) OR v.kind = 'domain' AND v.value = ANY(hosts)
            OR v.kind = 'short' AND v.value = ANY(shorts)
        UNION ALL
        SELECT i.id, row_number() OVER (
            PARTITION BY {known} ORDER BY sum(word_similarity(word.term, i.match_key)) DESC, i.id)
        FROM unnest(terms) AS word (term) JOIN member_institution i ON i.match_key %> word.term GROUP BY i.id
        UNION ALL
        (SELECT i.id, 1 FROM member_institution i WHERE i.ror = ror_id LIMIT 20)
    )
    SELECT json_agg(json_build_object('id', i.id, 'country', i.country, 'visibility', i.visibility,
        'status', i.status, 'names', i.names, 'domains', i.domains, 'locations', i.locations, 'ror', i.ror))
    FROM member_institution i
    WHERE i.id IN (SELECT hit.id FROM hit WHERE hit.place <= 40) AND i.id <> own AND i.merged_into IS NULL
        AND i.status IN ('submitted', 'verified', 'inactive')
$$
""")
    searching(_INSTITUTIONS, "membership")


def _merges() -> None:
    """A merge is read and written under a context that covers both countries."""
    run(f"""
CREATE TABLE member_merge ({record_columns("merged|undone")}
    resource text NOT NULL CHECK (resource IN ('experts', 'institutions')),
    winner_id uuid NOT NULL,
    winner_version integer NOT NULL,
    loser_id uuid NOT NULL,
    loser_country text NOT NULL CHECK (loser_country ~ '^[A-Z]{{2}}$'),
    choices jsonb NOT NULL,
    moved jsonb NOT NULL,
    CHECK (winner_id <> loser_id)
)
--;
CREATE UNIQUE INDEX member_merge_loser_key ON member_merge (loser_id) WHERE status = 'merged'
--;
CREATE INDEX member_merge_winner_idx ON member_merge (winner_id, winner_version)
--;
CREATE INDEX member_merge_country_idx ON member_merge (country, status, id)
--;
CREATE INDEX member_merge_created_idx ON member_merge (created_at, id)
--;
CREATE INDEX member_merge_updated_idx ON member_merge (updated_at, id)
--;
CREATE TABLE member_merge_part (
    id uuid PRIMARY KEY,
    merge_id uuid NOT NULL REFERENCES member_merge (id),
    part text NOT NULL CHECK (part IN ('field', 'moved', 'united', 'identity')),
    record_id uuid NOT NULL,
    detail bytea NOT NULL,
    detail_key uuid
)
--;
COMMENT ON TABLE member_merge_part IS
    'what a merge changed, for taking it back; what describes a person is encrypted with a key of that person'
--;
CREATE INDEX member_merge_part_merge_idx ON member_merge_part (merge_id)
""")
    reference_numbers("member_merge", "MRG", "membership")
    country_scoped("member_merge", "membership")
    run(f"""
CREATE POLICY member_merge_loser_read ON member_merge AS RESTRICTIVE FOR SELECT USING (
    visibility = ANY({setting("visibilities")}) OR loser_country = ANY({setting("countries")}))
--;
CREATE POLICY member_merge_loser_insert ON member_merge AS RESTRICTIVE FOR INSERT WITH CHECK (
    (SELECT current_setting('escm.write_everywhere', true)) = 'on'
    OR loser_country = ANY({setting("write_countries")}))
--;
CREATE POLICY member_merge_loser_update ON member_merge AS RESTRICTIVE FOR UPDATE USING (
    (SELECT current_setting('escm.write_everywhere', true)) = 'on'
    OR loser_country = ANY({setting("write_countries")}))
""")
    grant("member_merge_part", "SELECT, INSERT, DELETE", "membership")


def downgrade() -> None:
    run(f"""
DROP TABLE member_merge_part, member_merge
--;
DROP FUNCTION {_INSTITUTIONS}, {_EXPERTS}
--;
DROP POLICY member_affiliation_search ON member_affiliation
--;
REVOKE SELECT (expert_id, institution_id, raw) ON member_affiliation FROM {role("search")}
--;
DROP TRIGGER member_institution_pairs_follow ON member_institution
--;
DROP TRIGGER member_expert_pairs_follow ON member_expert
--;
DROP FUNCTION {_FOLLOWING}
--;
DROP TABLE member_duplicate_search, member_duplicate
--;
DROP SEQUENCE member_duplicate_ref_seq, member_merge_ref_seq
""")
