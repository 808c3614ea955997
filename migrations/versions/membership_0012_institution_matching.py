"""Institutions state relations and are found by words one letter off; affiliations keep how they were matched."""

from migrations.rules import admitted, country_scoped, grant, index_beside_writers, run, searching, setting

revision = "membership_0012"
down_revision = "membership_0013"

_CANDIDATES = "member_institution_candidates(integer[], text[], text[], text[], text[], boolean, text, text)"
_KINDS = "CHECK (kind IN ('type', 'domain', 'name', 'short'{}))"
_RELATIONS = ["parent", "child", "predecessor", "successor", "related"]
_EVERYWHERE = (
    "SELECT set_config('escm.visibilities', 'public,network,restricted', true),"
    " set_config('escm.write_everywhere', 'on', true)"
)


def upgrade() -> None:
    _affiliations()
    _relations()
    _words()
    _candidates()
    index_beside_writers(
        "member_affiliation_unmatched_idx",
        "member_affiliation (id) WHERE match_status IS NULL AND institution_id IS NULL",
    )
    index_beside_writers("member_affiliation_open_idx", "member_affiliation (id, country) WHERE match_status = 'open'")


def _affiliations() -> None:
    """The checks are made true by every writer; rows of before have nothing that they look at."""
    run("""
ALTER TABLE member_affiliation ADD COLUMN match_status text, ADD COLUMN match jsonb,
    ADD COLUMN match_candidates jsonb, ADD COLUMN matched_at timestamptz,
    ADD CONSTRAINT member_affiliation_match_status_check
        CHECK (match_status IN ('open', 'unknown', 'linked', 'none')) NOT VALID
--;
ALTER TABLE member_affiliation VALIDATE CONSTRAINT member_affiliation_match_status_check
--;
CREATE TABLE member_affiliation_rematch (
    single boolean PRIMARY KEY CHECK (single),
    institutions_at timestamptz NOT NULL
)
""")
    grant("member_affiliation_rematch", "SELECT, INSERT, UPDATE", "membership")


def _relations() -> None:
    run(f"""
ALTER TABLE member_institution ADD COLUMN relations jsonb NOT NULL DEFAULT '[]'
--;
CREATE TABLE member_institution_relation (
    institution_id uuid NOT NULL REFERENCES member_institution (id),
    kind text NOT NULL CHECK (kind IN ('{"', '".join(_RELATIONS)}')),
    other text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    PRIMARY KEY (institution_id, kind, other)
)
--;
CREATE INDEX member_institution_relation_other_idx ON member_institution_relation (other)
""")
    country_scoped("member_institution_relation", "membership", record="institution_id")


def _words() -> None:
    """A word's forms are itself and what is left of it without one letter, so that two words one letter apart have one
    in common: found by equality, where trigrams lose short ones. The forms follow from the words alone."""
    run(f"""
CREATE TABLE member_institution_form (
    form text NOT NULL,
    word text NOT NULL,
    PRIMARY KEY (form, word)
)
--;
ALTER TABLE member_institution_value DROP CONSTRAINT member_institution_value_kind_check
--;
ALTER TABLE member_institution_value ADD CONSTRAINT member_institution_value_kind_check
    {_KINDS.format(", 'word'")} NOT VALID
--;
ALTER TABLE member_institution_value VALIDATE CONSTRAINT member_institution_value_kind_check
--;
CREATE FUNCTION member_institution_formed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO escm.member_institution_form (form, word)
    SELECT DISTINCT CASE WHEN n = 0 THEN word ELSE overlay(word PLACING '' FROM n FOR 1) END, word
    FROM (SELECT DISTINCT value AS word FROM after WHERE kind = 'word') known
        CROSS JOIN LATERAL generate_series(0, CASE WHEN length(word) < 4 THEN 0 ELSE length(word) END) n
    WHERE NOT EXISTS (SELECT FROM escm.member_institution_form f WHERE f.form = word AND f.word = known.word)
    ON CONFLICT DO NOTHING;
    RETURN NULL;
END
$$
--;
CREATE TRIGGER member_institution_value_formed AFTER INSERT ON member_institution_value
    REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION member_institution_formed()
""")
    grant("member_institution_form", "SELECT, INSERT", "membership")
    grant("member_institution_form", "SELECT", "search")
    run(f"""
{_EVERYWHERE}
--;
INSERT INTO member_institution_value (institution_id, kind, value, country, visibility)
SELECT DISTINCT id, 'word', word, country, visibility
FROM member_institution, unnest(string_to_array(match_key, ' ')) word WHERE word <> ''
ON CONFLICT DO NOTHING
""")


def _candidates() -> None:
    """Institutions that texts may mean: for each text 60 by an equal name, domain or short form, and 40 by their
    telling words.

    What is looked up comes as rows: the number of the text, a kind (`name`, `domain`, `short`, `form`), a value and,
    for the forms of a word, the word and the countries that its text names. A word counts the more, the fewer institutions it finds, and twice in
    such a country. With `loose`, words that no form leads to are looked up by trigrams, which costs a
    hundred times as much. As the name search it reads beside row-level security and applies the context and the
    published states itself, so that its bounds count only what the caller may know.
    """
    sees_all = f"'restricted' = ANY({setting('visibilities')})"
    known = f"""{admitted("i")}
          AND (i.status IN ('verified', 'inactive') OR i.status = 'submitted' AND ({sees_all}
               OR i.country = ANY({setting("countries")}) OR i.id::text = ANY({setting("records")})))
          AND i.merged_into IS NULL AND (only_country IS NULL OR i.country = only_country)"""
    run(f"""
CREATE FUNCTION member_institution_candidates(
    asked integer[], kinds text[], looked_up text[], words text[], homes text[], loose boolean, only_country text, context text)
RETURNS TABLE (asked_by integer, id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, public, pg_temp
SET pg_trgm.word_similarity_threshold = 0.5 AS $$
    WITH said AS MATERIALIZED (
        SELECT s.n, s.kind, s.value, s.word, s.home
        FROM unnest(asked, kinds, looked_up, words, homes) s (n, kind, value, word, home) WHERE context IS NOT NULL
    ), equal AS (
        SELECT s.n, i.id, bool_and(s.kind = 'short') AS is_short
        FROM said s JOIN member_institution_value v ON v.kind = s.kind AND v.value = s.value
            JOIN member_institution i ON i.id = v.institution_id
        WHERE s.kind IN ('name', 'domain', 'short') AND {known}
        GROUP BY s.n, i.id
    ), alike AS MATERIALIZED (
        SELECT s.n, s.word, s.home, f.word AS found FROM said s JOIN member_institution_form f ON f.form = s.value
        WHERE s.kind = 'form' GROUP BY s.n, s.word, s.home, f.word
    ), hit AS (
        SELECT a.n, a.word, a.home, i.id, i.country, length(i.match_key) AS long, bool_or(a.word = a.found) AS is_same
        FROM alike a JOIN member_institution_value v ON v.kind = 'word' AND v.value = a.found
            JOIN member_institution i ON i.id = v.institution_id
        WHERE {known} GROUP BY a.n, a.word, a.home, i.id
        UNION ALL
        SELECT s.n, s.word, s.home, i.id, i.country, length(i.match_key), false
        FROM said s JOIN member_institution i ON i.match_key %> s.word
        WHERE loose AND s.kind = 'form' AND s.value = s.word
            AND (s.n, s.word) NOT IN (SELECT a.n, a.word FROM alike a) AND {known}
    ), weighed AS (
        SELECT h.n, h.id, h.long, CASE WHEN h.is_same THEN 1 ELSE 0.8 END * CASE WHEN h.home LIKE '%' || h.country || '%'
            THEN 2 ELSE 1 END / ln(2 + count(*) OVER (PARTITION BY h.n, h.word)) AS w
        FROM hit h
    ), near AS (
        SELECT w.n, w.id, row_number() OVER (PARTITION BY w.n ORDER BY sum(w.w) DESC, min(w.long), w.id) AS place
        FROM weighed w GROUP BY w.n, w.id
    )
    SELECT near.n, near.id FROM near WHERE near.place <= 40
    UNION
    SELECT e.n, e.id FROM (
        SELECT q.n, q.id, row_number() OVER (PARTITION BY q.n ORDER BY q.is_short, q.id) AS place FROM equal q) e
    WHERE e.place <= 60
$$
""")
    searching(_CANDIDATES, "membership")


def downgrade() -> None:
    run(f"""
DROP INDEX member_affiliation_open_idx
--;
DROP INDEX member_affiliation_unmatched_idx
--;
DROP FUNCTION {_CANDIDATES}
--;
DROP TRIGGER member_institution_value_formed ON member_institution_value
--;
DROP FUNCTION member_institution_formed()
--;
DROP TABLE member_institution_form
--;
DROP TABLE member_affiliation_rematch
--;
{_EVERYWHERE}
--;
DELETE FROM member_institution_value WHERE kind = 'word'
--;
ALTER TABLE member_institution_value DROP CONSTRAINT member_institution_value_kind_check
--;
ALTER TABLE member_institution_value ADD CONSTRAINT member_institution_value_kind_check {_KINDS.format("")}
--;
DROP TABLE member_institution_relation
--;
ALTER TABLE member_institution DROP COLUMN relations
--;
ALTER TABLE member_affiliation DROP COLUMN match_status, DROP COLUMN match, DROP COLUMN match_candidates,
    DROP COLUMN matched_at
""")
