CREATE SEQUENCE member_expert_ref_seq;

CREATE TABLE member_expert (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('EXP', nextval('member_expert_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('prospect', 'invited', 'applied', 'info_requested', 'under_review', 'rejected', 'active', 'grace', 'lapsed', 'suspended', 'resigned', 'terminated', 'deceased')),
    country text NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    visibility text NOT NULL CHECK (visibility IN ('public', 'network', 'restricted')),
    created_at timestamptz NOT NULL,
    created_by text NOT NULL,
    updated_at timestamptz NOT NULL,
    updated_by text NOT NULL,
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
    asserted jsonb NOT NULL DEFAULT '{}',
    name_key text NOT NULL DEFAULT '',
    listing_withdrawn_on date,
    restricted_at timestamptz,
    restricted_for text,
    visibility_before text,
    orcid_authenticated boolean NOT NULL DEFAULT false,
    available_for_support boolean NOT NULL DEFAULT true,
    status_since timestamptz
);

CREATE INDEX member_expert_account_idx ON member_expert (account_id) WHERE (account_id IS NOT NULL);
CREATE INDEX member_expert_assignee_idx ON member_expert (assignee, id) WHERE (status IN ('applied', 'under_review') AND assignee IS NOT NULL AND merged_into IS NULL AND erased_at IS NULL);
CREATE INDEX member_expert_country_idx ON member_expert (country, status, id);
CREATE INDEX member_expert_country_name_idx ON member_expert (country, sort_name, id);
CREATE INDEX member_expert_created_idx ON member_expert (created_at, id);
CREATE INDEX member_expert_email_idx ON member_expert USING gin (email_keys) WITH (fastupdate=off);
CREATE INDEX member_expert_merged_idx ON member_expert (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX member_expert_name_idx ON member_expert (sort_name, id);
CREATE INDEX member_expert_name_key_idx ON member_expert (name_key, country, id);
CREATE INDEX member_expert_open_name_key_idx ON member_expert (name_key, ((sort_name || ''))) WHERE (visibility <> 'restricted' AND status IN ('active', 'grace'));
CREATE INDEX member_expert_orcid_idx ON member_expert (orcid) WHERE (orcid IS NOT NULL);
CREATE INDEX member_expert_public_country_idx ON member_expert (country, status, id) WHERE (visibility = 'public' AND status IN ('active', 'grace') AND merged_into IS NULL AND erased_at IS NULL);
CREATE INDEX member_expert_public_country_name_idx ON member_expert (country, sort_name, id) WHERE (visibility = 'public' AND status IN ('active', 'grace') AND merged_into IS NULL AND erased_at IS NULL);
CREATE INDEX member_expert_public_created_idx ON member_expert (created_at, id) WHERE (visibility = 'public' AND status IN ('active', 'grace') AND merged_into IS NULL AND erased_at IS NULL);
CREATE INDEX member_expert_public_id_idx ON member_expert (id) WHERE (visibility = 'public' AND status IN ('active', 'grace') AND merged_into IS NULL AND erased_at IS NULL);
CREATE INDEX member_expert_public_name_idx ON member_expert (sort_name, id) WHERE (visibility = 'public' AND status IN ('active', 'grace') AND merged_into IS NULL AND erased_at IS NULL);
CREATE INDEX member_expert_public_updated_idx ON member_expert (updated_at, id) WHERE (visibility = 'public' AND status IN ('active', 'grace') AND merged_into IS NULL AND erased_at IS NULL);
CREATE INDEX member_expert_retention_idx ON member_expert (status, (
CASE
    WHEN (status_since IS NULL) THEN created_at
    ELSE status_since
END)) WHERE (status IN ('prospect', 'invited', 'rejected', 'lapsed', 'resigned', 'terminated', 'deceased') AND merged_into IS NULL AND erased_at IS NULL);
CREATE INDEX member_expert_search_idx ON member_expert USING gin (search_key public.gin_trgm_ops);
CREATE INDEX member_expert_step_idx ON member_expert ((
CASE
    WHEN (status IN ('invited', 'info_requested')) THEN account_id
    ELSE assignee
END)) WHERE (status IN ('invited', 'info_requested', 'applied', 'under_review') AND (
CASE
    WHEN (status IN ('invited', 'info_requested')) THEN account_id
    ELSE assignee
END IS NOT NULL));
CREATE INDEX member_expert_term_idx ON member_expert (status, term_ends) WHERE (status IN ('active', 'grace'));
CREATE INDEX member_expert_unassigned_idx ON member_expert (country, id) WHERE (status IN ('applied', 'under_review') AND assignee IS NULL AND merged_into IS NULL AND erased_at IS NULL);
CREATE INDEX member_expert_updated_idx ON member_expert (updated_at, id);
CREATE INDEX member_expert_waiting_idx ON member_expert (country) WHERE (status IN ('invited', 'info_requested', 'applied', 'under_review'));

CREATE TRIGGER member_expert_counted_delete AFTER DELETE ON member_expert REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION member_expert_counted();
CREATE TRIGGER member_expert_counted_insert AFTER INSERT ON member_expert REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION member_expert_counted();
CREATE TRIGGER member_expert_counted_update AFTER UPDATE ON member_expert REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION member_expert_counted();

ALTER TABLE member_expert ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_expert FORCE ROW LEVEL SECURITY;
CREATE POLICY member_expert_delete ON member_expert FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_expert_insert ON member_expert FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_expert_read ON member_expert FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY member_expert_search ON member_expert FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_expert_update ON member_expert FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_expert TO {role:membership};
GRANT SELECT (id, status, country, visibility, names, sort_name, search_key, email_keys, orcid, account_id, merged_into, erased_at, name_key, restricted_at, available_for_support) ON member_expert TO {role:search};
GRANT USAGE ON SEQUENCE member_expert_ref_seq TO {role:membership};
