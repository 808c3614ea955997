"""Experts, their affiliations and filter values, their counts, and the searches that run around row-level security."""

from migrations.rules import (
    counted,
    country_scoped,
    grant,
    name_search,
    record_columns,
    reference_numbers,
    role,
    run,
    searchable,
    searching,
    setting,
)

revision = "0008_membership_experts"
down_revision = "0007_access_views"

_STATES = "prospect|invited|applied|info_requested|under_review|rejected|active|grace|lapsed|suspended|resigned|terminated|deceased"
_PUBLIC_ORDERS = {
    "id": "id",
    "name": "sort_name, id",
    "created": "created_at, id",
    "updated": "updated_at, id",
    "country": "country, status, id",
    "country_name": "country, sort_name, id",
}
_SEARCHED = (
    "id, status, visibility, country, names, sort_name, search_key, name_key, email_keys, orcid, merged_into, erased_at"
)


def upgrade() -> None:
    _experts()
    _affiliations()
    _values()
    reference_numbers("member_expert", "EXP", "membership")
    country_scoped("member_expert", "membership")
    country_scoped("member_affiliation", "membership", record="expert_id")
    country_scoped("member_expert_value", "membership", record="expert_id")
    searchable("member_expert", _SEARCHED)
    name_search("member_expert", "membership")
    _identifiers()
    _membership()
    _merge_target()
    _counts()
    _published()


def _experts() -> None:
    """A list of what everybody may see does not walk past the rows that they may not, of which an import brings a
    million: the public register has an index for every order of its list. An import asks for thousands of e-mail
    addresses at once, and each look into a GIN index reads its whole pending list: that one has none."""
    run(f"""
CREATE TABLE member_expert ({record_columns(_STATES)}
    names jsonb NOT NULL,
    display_name text NOT NULL,
    sort_name text NOT NULL,
    search_key text NOT NULL,
    emails jsonb NOT NULL,
    email_keys text[] NOT NULL,
    orcid text,
    languages text[] NOT NULL,
    fields text[] NOT NULL,
    planetary_boundaries text[] NOT NULL,
    ecosystems text[] NOT NULL,
    keywords text[] NOT NULL,
    biography jsonb NOT NULL,
    gender text,
    category text NOT NULL CHECK (category IN ('supporter', 'expert', 'fellow', 'honorary', 'student')),
    previous_status text,
    term_starts date,
    term_ends date,
    account_id uuid,
    profile_confirmed_on date,
    conflict_of_interest_on date,
    clock_since timestamptz,
    clock_target timestamptz,
    merged_into uuid REFERENCES member_expert (id),
    erased_at timestamptz,
    assignee uuid,
    asserted jsonb NOT NULL DEFAULT '{{}}',
    name_key text NOT NULL DEFAULT ''
)
--;
CREATE INDEX member_expert_country_idx ON member_expert (country, status, id)
--;
CREATE INDEX member_expert_country_name_idx ON member_expert (country, sort_name, id)
--;
CREATE INDEX member_expert_name_idx ON member_expert (sort_name, id)
--;
CREATE INDEX member_expert_created_idx ON member_expert (created_at, id)
--;
CREATE INDEX member_expert_updated_idx ON member_expert (updated_at, id)
--;
CREATE INDEX member_expert_orcid_idx ON member_expert (orcid) WHERE orcid IS NOT NULL
--;
CREATE INDEX member_expert_email_idx ON member_expert USING gin (email_keys) WITH (fastupdate = off)
--;
CREATE INDEX member_expert_search_idx ON member_expert USING gin (search_key public.gin_trgm_ops)
--;
CREATE INDEX member_expert_account_idx ON member_expert (account_id) WHERE account_id IS NOT NULL
--;
CREATE INDEX member_expert_merged_idx ON member_expert (merged_into) WHERE merged_into IS NOT NULL
--;
CREATE INDEX member_expert_term_idx ON member_expert (status, term_ends) WHERE status IN ('active', 'grace')
--;
CREATE INDEX member_expert_unassigned_idx ON member_expert (country, id)
    WHERE status IN ('applied', 'under_review') AND assignee IS NULL AND merged_into IS NULL AND erased_at IS NULL
--;
CREATE INDEX member_expert_assignee_idx ON member_expert (assignee, id)
    WHERE status IN ('applied', 'under_review') AND assignee IS NOT NULL AND merged_into IS NULL AND erased_at IS NULL
--;
CREATE INDEX member_expert_name_key_idx ON member_expert (name_key, country, id)
--;
CREATE INDEX member_expert_open_name_key_idx ON member_expert (name_key, (sort_name || ''))
    WHERE visibility <> 'restricted' AND status IN ('active', 'grace')
""")
    for name, order in _PUBLIC_ORDERS.items():
        run(f"""
CREATE INDEX member_expert_public_{name}_idx ON member_expert ({order})
    WHERE visibility = 'public' AND status IN ('active', 'grace') AND merged_into IS NULL AND erased_at IS NULL
""")


def _affiliations() -> None:
    """`match_status` is null where the text was not matched to an institution yet. `member_affiliation_rematch` tells up
    to which change of institutions texts without a match were matched again."""
    run("""
CREATE TABLE member_affiliation (
    id uuid PRIMARY KEY,
    expert_id uuid NOT NULL REFERENCES member_expert (id),
    country text NOT NULL,
    visibility text NOT NULL,
    version integer NOT NULL,
    institution_id uuid,
    raw text,
    role text,
    unit text,
    starts text,
    ends text,
    is_primary boolean NOT NULL,
    asserted_by text NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    match_status text CHECK (match_status IN ('open', 'unknown', 'linked', 'none')),
    match jsonb,
    match_candidates jsonb,
    matched_at timestamptz,
    CHECK (institution_id IS NOT NULL OR raw IS NOT NULL)
)
--;
CREATE INDEX member_affiliation_expert_idx ON member_affiliation (expert_id)
--;
CREATE INDEX member_affiliation_institution_idx ON member_affiliation (institution_id) WHERE institution_id IS NOT NULL
--;
CREATE INDEX member_affiliation_unmatched_idx ON member_affiliation (id)
    WHERE match_status IS NULL AND institution_id IS NULL
--;
CREATE INDEX member_affiliation_open_idx ON member_affiliation (id, country) WHERE match_status = 'open'
--;
CREATE TABLE member_affiliation_rematch (
    single boolean PRIMARY KEY CHECK (single),
    institutions_at timestamptz NOT NULL
)
""")
    grant("member_affiliation_rematch", "SELECT, INSERT, UPDATE", "membership")


def _values() -> None:
    run("""
CREATE TABLE member_expert_value (
    expert_id uuid NOT NULL REFERENCES member_expert (id),
    kind text NOT NULL,
    value text NOT NULL,
    country text NOT NULL,
    visibility text NOT NULL,
    PRIMARY KEY (expert_id, kind, value)
)
--;
CREATE INDEX member_expert_value_idx ON member_expert_value (kind, value, expert_id)
""")


def _identifiers() -> None:
    """Experts by e-mail address and ORCID iD. Array operators are not leakproof, so under a policy the index would be
    lost. `member_expert_matches` is for imports: a match out of reach has to be known to the engine, though it is never
    told; it answers whether the context may write the record. `member_expert_with_email` gives ids only, which the
    policy then admits or not."""
    writable = f"r.country = ANY({setting('write_countries')}) OR r.id::text = ANY({setting('write_records')})"
    run(f"""
CREATE FUNCTION member_expert_matches(keys text[]) RETURNS TABLE (key text, record uuid, writable boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT k.key, r.id, coalesce({writable}, false)
    FROM unnest(keys) AS k (key) JOIN member_expert r
        ON r.email_keys @> ARRAY[substr(k.key, 7)]
    WHERE k.key LIKE 'email:%' AND r.merged_into IS NULL AND r.erased_at IS NULL
    UNION ALL
    SELECT 'orcid:' || r.orcid, r.id, coalesce({writable}, false)
    FROM member_expert r
    WHERE r.orcid = ANY(ARRAY(SELECT substr(k, 7) FROM unnest(keys) k WHERE k LIKE 'orcid:%'))
        AND r.merged_into IS NULL AND r.erased_at IS NULL
$$
--;
CREATE FUNCTION member_expert_with_email(address text) RETURNS SETOF uuid
LANGUAGE sql STABLE ROWS 1 SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT id FROM member_expert WHERE email_keys @> ARRAY[address]
$$
""")
    searching("member_expert_matches(text[])", "membership")
    searching("member_expert_with_email(text)", "membership")


def _membership() -> None:
    """Whether an expert belongs to the network: a grant over one's own record that nobody approved opens nothing of
    others. Every service asks it for the grants of a principal that it does not know yet, so there is no context: the
    function reads around row-level security, and gives a boolean only."""
    run("""
CREATE FUNCTION member_expert_is_member(expert text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM member_expert e
        WHERE e.id = CASE WHEN pg_input_is_valid(expert, 'uuid') THEN expert::uuid END
          AND e.status IN ('active', 'grace', 'lapsed')
    )
$$
""")
    services = ", ".join(role(name) for name in ("membership", "centres", "actions"))
    run(f"GRANT EXECUTE ON FUNCTION member_expert_is_member(text) TO {services}")
    searching("member_expert_is_member(text)", "access")


def _merge_target() -> None:
    """Who asks for a loser learns where its merges lead, though a merge on the way be out of their access scope."""
    run("""
CREATE FUNCTION member_expert_survivor(loser uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = escm, pg_temp AS $$
    WITH RECURSIVE chain AS (
        SELECT r.id, r.merged_into FROM member_expert r WHERE r.id = loser
        UNION SELECT r.id, r.merged_into FROM chain JOIN member_expert r ON r.id = chain.merged_into
    )
    SELECT id FROM chain WHERE merged_into IS NULL
$$
""")
    searching("member_expert_survivor(uuid)", "membership")


def _counts() -> None:
    """Experts by field and by planetary boundary. The gender balance is what everybody may know of it; nothing in it is
    finer than that."""
    changes = {
        "after": "SELECT visibility, status, country, category, {tags} AS tags, 1 AS n"
        " FROM after WHERE merged_into IS NULL AND erased_at IS NULL",
        "before": "SELECT visibility, status, country, category, {tags} AS tags, -1 AS n"
        " FROM before WHERE merged_into IS NULL AND erased_at IS NULL",
    }

    def append(kind: str, tags: str, *sources: str) -> str:
        changed = " UNION ALL ".join(changes[source].format(tags=tags) for source in sources)
        return f"""
        INSERT INTO escm.core_count_delta (kind, visibility, status, country, category, tags, n)
        SELECT '{kind}', visibility, status, country, category, tags, sum(n)
        FROM ({changed}) change
        GROUP BY visibility, status, country, category, tags HAVING sum(n) <> 0;"""

    def append_both(*sources: str) -> str:
        return append("expert", "fields", *sources) + append("expert_boundary", "planetary_boundaries", *sources)

    counted(
        "member_expert",
        f"""
BEGIN
    IF TG_OP = 'INSERT' THEN {append_both("after")}
    ELSIF TG_OP = 'DELETE' THEN {append_both("before")}
    ELSE {append_both("after", "before")}
    END IF;
    RETURN NULL;
END
""",
    )
    run("""
CREATE TABLE member_gender_balance (
    place text PRIMARY KEY,
    day date NOT NULL,
    whole integer NOT NULL,
    women integer NOT NULL,
    men integer NOT NULL,
    other integer NOT NULL,
    CHECK (women % 5 = 0 AND men % 5 = 0 AND other % 5 = 0)
)
--;
COMMENT ON TABLE member_gender_balance IS 'by country and, under the empty place, of all together'
""")
    grant("member_gender_balance", "SELECT, INSERT, UPDATE", "membership")


def _published() -> None:
    """Affiliations are for services that ask whether somebody belongs to an institution."""
    run("""
CREATE VIEW member_published_expert AS
    SELECT id, ref, version, status, country, visibility, display_name, account_id, merged_into, erased_at
    FROM member_expert
--;
CREATE VIEW member_published_affiliation AS
    SELECT id, expert_id, institution_id, country, visibility, starts, ends
    FROM member_affiliation WHERE institution_id IS NOT NULL
""")
    grant("member_published_expert", "SELECT", "centres", "actions", "access")
    grant("member_published_affiliation", "SELECT", "centres")


def downgrade() -> None:
    run("""
DROP VIEW member_published_affiliation, member_published_expert
--;
DROP FUNCTION member_expert_survivor(uuid), member_expert_is_member(text), member_expert_with_email(text),
    member_expert_matches(text[]), member_expert_search(text, text)
--;
DROP TABLE member_gender_balance, member_expert_value, member_affiliation_rematch, member_affiliation, member_expert
--;
DROP FUNCTION member_expert_counted()
--;
DROP SEQUENCE member_expert_ref_seq
""")
