"""Experts, affiliations, filter values, and the search that runs beside row-level security."""

from migrations.rules import country_scoped, grant, name_search, record_columns, reference_numbers, run

revision = "membership_0001"
down_revision = "access_0001"

_EXPERT_STATES = "prospect|invited|applied|info_requested|under_review|rejected|active|grace|lapsed|suspended|resigned|terminated|deceased"


def upgrade() -> None:
    run(f"""
CREATE TABLE member_expert ({record_columns(_EXPERT_STATES)}
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
    erased_at timestamptz
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
CREATE INDEX member_expert_email_idx ON member_expert USING gin (email_keys)
--;
CREATE INDEX member_expert_search_idx ON member_expert USING gin (search_key public.gin_trgm_ops)
--;
CREATE INDEX member_expert_account_idx ON member_expert (account_id) WHERE account_id IS NOT NULL
--;
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
    CHECK (institution_id IS NOT NULL OR raw IS NOT NULL)
)
--;
CREATE INDEX member_affiliation_expert_idx ON member_affiliation (expert_id)
--;
CREATE INDEX member_affiliation_institution_idx ON member_affiliation (institution_id) WHERE institution_id IS NOT NULL
--;
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
    reference_numbers("member_expert", "EXP", "membership")
    country_scoped("member_expert", "membership")
    country_scoped("member_affiliation", "membership", record="expert_id")
    country_scoped("member_expert_value", "membership", record="expert_id")
    name_search("member_expert", "membership")
    run("""
CREATE VIEW member_published_expert AS
    SELECT id, ref, version, status, country, visibility, display_name, account_id, merged_into, erased_at
    FROM member_expert
""")
    grant("member_published_expert", "SELECT", "centres", "actions", "access")


def downgrade() -> None:
    run("""
DROP VIEW member_published_expert
--;
DROP FUNCTION member_expert_search(text, text)
--;
DROP TABLE member_expert_value
--;
DROP TABLE member_affiliation
--;
DROP TABLE member_expert
--;
DROP SEQUENCE member_expert_ref_seq
""")
