"""Whom a new record may repeat: bounds of a search count what its caller may know of apart from the rest."""

from collections.abc import Iterable

from alembic import op

from migrations.rules import index_beside_writers, role, run, searching, setting

revision = "membership_0018"
down_revision = "access_0022"

_EXPERTS = "member_expert_namesakes(uuid, text[], text, text, text[], text, text[])"
_INSTITUTIONS = "member_institution_namesakes(uuid, text[], text[], text[], text[], text)"
_MATCHES = "member_institution_candidates(integer[], text[], text[], text[], text[], boolean, text, text)"
_EDITS = (
    ("hit AS (\n        SELECT a.n,", "spelled AS MATERIALIZED (\n        SELECT a.n,"),
    (
        "a.home, i.id\n        UNION ALL",
        "a.home, i.id\n    ), hit AS (\n        SELECT * FROM spelled\n        UNION ALL",
    ),
    ("(SELECT a.n, a.word FROM alike a)", "(SELECT s.n, s.word FROM spelled s)"),
)
"""A word is looked up by trigrams where no institution that the caller knows of has it, whoever else has."""


def upgrade() -> None:
    """The functions of before stay for processes of the release before. The extension's settings are known to a session
    only once it has used the extension."""
    run("SELECT public.show_trgm('')")
    _experts()
    _institutions()
    _edit_matches(_EDITS)
    index_beside_writers(
        "member_expert_open_name_key_idx",
        "member_expert (name_key, (sort_name || '')) WHERE visibility <> 'restricted' AND status IN ('active', 'grace')",
    )


def _experts() -> None:
    """Reads few rows of indexes however common a name is. Where more than 40 of the country have the key, only the very
    name counts, and one that more than 20 have is no sign of anything. `patterns` find a name with a wrong letter by
    the trigram index; whoever waits for an answer gives none. Plans are made once; the very name among the open ones is an
    expression, so that the index of all names is no choice for it."""
    named = "SELECT e.id FROM member_expert e WHERE"
    is_open = "e.visibility <> 'restricted' AND e.visibility = ANY(open) AND e.status IN ('active', 'grace')"

    def few(condition: str) -> str:
        return f"(SELECT array_agg(n.id) FROM ({named} {condition} LIMIT 21) n HAVING count(*) < 21)"

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
    known = (
        f"(i.country = ANY({setting('countries')})"
        f" OR i.visibility = ANY({setting('visibilities')}) AND i.status IN ('verified', 'inactive'))"
    )
    run(f"""
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


def _edit_matches(edits: Iterable[tuple[str, str]]) -> None:
    """Replaces parts of the function's text, each of which stands in it once."""
    text = op.get_bind().exec_driver_sql(f"SELECT pg_get_functiondef('{_MATCHES}'::regprocedure)").scalar_one()
    for before, after in edits:
        if text.count(before) != 1:
            raise LookupError(before)
        text = text.replace(before, after)
    run(f"GRANT CREATE ON SCHEMA escm TO {role('search')}\n--;\nSET LOCAL ROLE {role('search')}")
    op.get_bind().exec_driver_sql(text)
    run(f"SET LOCAL ROLE {role('owner')}\n--;\nREVOKE CREATE ON SCHEMA escm FROM {role('search')}")


def downgrade() -> None:
    run("SELECT public.show_trgm('')")
    _edit_matches((after, before) for before, after in _EDITS)
    run(f"""
DROP INDEX member_expert_open_name_key_idx
--;
DROP FUNCTION {_INSTITUTIONS}
--;
DROP FUNCTION {_EXPERTS}
""")
