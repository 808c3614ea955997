CREATE SEQUENCE member_institution_ref_seq;

CREATE TABLE member_institution (
    id uuid PRIMARY KEY,
    ref text NOT NULL DEFAULT core_ref('INS', nextval('member_institution_ref_seq')) UNIQUE,
    version integer NOT NULL,
    status text NOT NULL CHECK (status IN ('submitted', 'verified', 'linked', 'out_of_scope', 'inactive', 'withdrawn')),
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
    match_key text NOT NULL,
    ror text,
    types text[] NOT NULL,
    domains text[] NOT NULL,
    links text[] NOT NULL,
    locations jsonb NOT NULL,
    heri boolean NOT NULL,
    previous_status text,
    merged_into uuid REFERENCES member_institution (id),
    relations jsonb NOT NULL DEFAULT '[]',
    CONSTRAINT member_institution_check CHECK (status <> 'linked' OR merged_into IS NOT NULL)
);

CREATE INDEX member_institution_country_idx ON member_institution (country, status, id);
CREATE INDEX member_institution_country_name_idx ON member_institution (country, sort_name, id);
CREATE INDEX member_institution_created_idx ON member_institution (created_at, id);
CREATE INDEX member_institution_match_idx ON member_institution USING gin (match_key public.gin_trgm_ops);
CREATE INDEX member_institution_merged_idx ON member_institution (merged_into) WHERE (merged_into IS NOT NULL);
CREATE INDEX member_institution_name_idx ON member_institution (sort_name, id);
CREATE UNIQUE INDEX member_institution_ror_key ON member_institution (ror, country) WHERE (merged_into IS NULL AND status IN ('submitted', 'verified', 'inactive'));
CREATE INDEX member_institution_search_idx ON member_institution USING gin (search_key public.gin_trgm_ops);
CREATE INDEX member_institution_updated_idx ON member_institution (updated_at, id);

CREATE TRIGGER member_institution_counted_delete AFTER DELETE ON member_institution REFERENCING OLD TABLE AS before FOR EACH STATEMENT EXECUTE FUNCTION member_institution_counted();
CREATE TRIGGER member_institution_counted_insert AFTER INSERT ON member_institution REFERENCING NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION member_institution_counted();
CREATE TRIGGER member_institution_counted_update AFTER UPDATE ON member_institution REFERENCING OLD TABLE AS before NEW TABLE AS after FOR EACH STATEMENT EXECUTE FUNCTION member_institution_counted();

ALTER TABLE member_institution ENABLE ROW LEVEL SECURITY;
ALTER TABLE member_institution FORCE ROW LEVEL SECURITY;
CREATE POLICY member_institution_delete ON member_institution FOR DELETE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_institution_insert ON member_institution FOR INSERT WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));
CREATE POLICY member_institution_read ON member_institution FOR SELECT USING (visibility = ANY ({setting:visibilities}) OR country = ANY ({setting:countries}) OR id::text = ANY ({setting:records}));
CREATE POLICY member_institution_search ON member_institution FOR SELECT TO {role:search} USING (true);
CREATE POLICY member_institution_update ON member_institution FOR UPDATE USING ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records})) WITH CHECK ((SELECT current_setting('escm.write_everywhere', true)) = 'on' OR country = ANY ({setting:write_countries}) OR id::text = ANY ({setting:write_records}));

GRANT SELECT, INSERT, UPDATE, DELETE ON member_institution TO {role:membership};
GRANT SELECT (id, status, country, visibility, names, search_key, match_key, ror, domains, locations, merged_into) ON member_institution TO {role:search};
GRANT USAGE ON SEQUENCE member_institution_ref_seq TO {role:membership};
